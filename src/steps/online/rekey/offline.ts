// The other way: all tables of the graph are written anew in one transaction, while nobody works. Columns stay where they are, so what
// hangs on them stays as well; the old keys go into a column at the end of each table. What comes of it has the same names as after a
// change beside an application, and lives on in the same way.
import type { Hands } from '../../hands.ts'
import { hangingAgain, hangingAway } from '../hanging/hanging.ts'
import { literal, named, quote, relation } from '../words.ts'
import { memberNumbers } from './carried.ts'
import { catalogueCompared, catalogueNoted } from './catalogue.ts'
import { followOld, unfollow } from './follow.ts'
import { type Graph, type Link, type Member, membersIn, type Rekeying } from './graph.ts'
import { drawn, keyIn, keysGone, keysMade, oldKeysMade, pairsForgotten, typeOf } from './keys.ts'
import { numbersLetGo, numbersTakenUp } from './numbers.ts'
import { atOnce } from './rows-at-once.ts'
import { linkOver } from './twins.ts'

/** By `schema.table column`: the type that the old key had. */
export type Types = Readonly<Record<string, string>>
const place = ({ id, column }: Member): string => `${id} ${column}`

export async function typesOf(hands: Hands, { members }: Graph): Promise<Types> {
  const rows = await hands.target.ask(
    `select x.place, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a join (values ${members.map((m) => `(${literal(place(m))}, ${relation(m.id)}, ${literal(m.column)})`).join(', ')}) x(place, oid, name) on a.attrelid = x.oid and a.attname = x.name`,
  )
  return Object.fromEntries(rows.map((row) => [row['place']!, row['type']!]))
}

export async function writtenAnew(hands: Hands, r: Rekeying, graph: Graph, types: Types): Promise<string[]> {
  const key = graph.members.find((m) => m.isKey)!
  const keys = await atOnce(hands, r, key)
  return [
    ...keysMade(r),
    ...aroundAll(graph, [
      ...keys.before,
      `alter table ${named(key.id)} add column ${quote(key.away)} ${types[place(key)]}`,
      ...numbersLetGo(key.id, key.column),
      ...graph.tables.flatMap((id) =>
        tableAnew(graph, id, types, (m) => (m.loose ? `${keyIn(r, m)}(${quote(m.column)})` : keys.of(quote(m.column)))),
      ),
      ...keys.after,
      numbersTakenUp(key.id, key.away),
      `alter table ${named(key.id)} alter column ${quote(key.column)} set default ${drawn(r)}`,
    ]),
    oldKeysMade(r, key.column, key.away),
    ...graph.tables.flatMap((id) => followOld(r, graph, id)),
  ]
}

/** Rows that have come since are there with the numbers that they were given. */
export const writtenBack = (r: Rekeying, graph: Graph, types: Types): string[] => {
  const key = graph.members.find((m) => m.isKey)!
  return [
    ...graph.tables.flatMap((id) => unfollow(r, id)),
    ...aroundAll(graph, [
      `alter table ${named(key.id)} alter column ${quote(key.column)} drop default`,
      ...numbersLetGo(key.id, key.away),
      ...graph.tables.map(
        (id) =>
          `alter table ${named(id)} ${membersIn(graph, id)
            .map((m) => becomes(m.column, types[place(m)]!, quote(m.away)))
            .join(', ')}`,
      ),
      numbersTakenUp(key.id, key.column),
      ...graph.members.map((m) => `alter table ${named(m.id)} drop column ${quote(m.away)}`),
    ]),
    ...pairsForgotten(r),
    ...keysGone(r),
  ]
}

const becomes = (column: string, type: string, from: string): string => `alter column ${quote(column)} type ${type} using ${from}`

/** One writing for both: a new value is told from the row as it was. */
const tableAnew = (graph: Graph, id: string, types: Types, newKey: (m: Member) => string): string[] => {
  const members = membersIn(graph, id)
  const others = members.filter((m) => !m.isKey)
  const table = named(id)
  return [
    ...(others.length ? [`alter table ${table} ${others.map((m) => `add column ${quote(m.away)} ${types[place(m)]}`).join(', ')}`] : []),
    `alter table ${table} ${members
      .flatMap((m) => [becomes(m.away, types[place(m)]!, quote(m.column)), becomes(m.column, typeOf, newKey(m))])
      .join(', ')}`,
  ]
}

/** What stands between the columns is taken down and put up again as it was. */
const aroundAll = (graph: Graph, statements: readonly string[]): string[] => [
  catalogueNoted(graph),
  ...hangingAway(memberNumbers(graph), graph.tables),
  ...graph.links.map((l) => `alter table ${named(l.id)} drop constraint ${quote(l.name)}`),
  ...statements,
  ...graph.links.flatMap((l) => linkAgain(graph, l)),
  hangingAgain,
  catalogueCompared(graph),
]

const linkAgain = (graph: Graph, l: Link): string[] => [
  `alter table ${named(l.id)} add constraint ${quote(l.name)} ${linkOver(graph, l, 'column')}${l.valid ? '' : ' not valid'}`,
  ...(l.comment === undefined ? [] : [`comment on constraint ${quote(l.name)} on ${named(l.id)} is ${literal(l.comment)}`]),
]
