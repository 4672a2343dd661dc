// The other way: all tables of the graph are written anew in one transaction, while nobody works. Columns stay where they are, so what
// hangs on them stays as well; the old keys go into a column at the end of each table. What comes of it has the same names as after a
// change beside an application, and lives on in the same way.
import type { Hands } from '../../hands.ts'
import { asItWas, type Told } from '../hanging/as-it-was.ts'
import { hangingAgain, hangingAway } from '../hanging/hanging.ts'
import { named, quote } from '../words.ts'
import { memberNumbers } from './carried.ts'
import { catalogueCompared, catalogueNoted } from './catalogue.ts'
import { followOld, unfollow } from './follow.ts'
import { type Graph, type Link, type Member, membersIn, place, type Rekeying } from './graph.ts'
import { keysGone, typeOf } from './keys.ts'
import type { Around } from './kinds/kind.ts'
import type { Rekeyed } from './rekeyed.ts'
import { loosened } from './swap.ts'
import { linkOver, linkWords } from './twins.ts'

export async function writtenAnew(hands: Hands, r: Rekeying, graph: Rekeyed): Promise<string[]> {
  const { key, kind, types } = graph
  const keys = await kind.atOnce(hands)
  const { there } = kind.writtenAnew
  return [
    ...kind.functions.made,
    ...aroundAll(graph, there, [
      ...keys.before,
      `alter table ${named(key.id)} add column ${quote(key.away)} ${types[place(key)]}`,
      ...there.before,
      ...graph.tables.flatMap((id) =>
        tableAnew(graph, id, typeOf(r), (m) => (m.loose ? kind.newKey(m, quote(m.column)) : keys.of(quote(m.column)))),
      ),
      ...keys.after,
      ...there.after,
      ...loosened(graph),
    ]),
    ...kind.functions.sinceThen,
    ...graph.tables.flatMap((id) => followOld(r, graph, id)),
  ]
}

/** Rows that have come since are there with the keys that they were given. */
export const writtenBack = (r: Rekeying, graph: Rekeyed, was: Told | undefined): string[] => {
  const { kind, types } = graph
  const { back } = kind.writtenAnew
  return [
    ...graph.tables.flatMap((id) => unfollow(r, id)),
    ...aroundAll(graph, { ...back, mended: asItWas(was) }, [
      ...back.before,
      ...graph.tables.map(
        (id) =>
          `alter table ${named(id)} ${membersIn(graph, id)
            .map((m) => becomes(m.column, types[place(m)]!, quote(m.away)))
            .join(', ')}`,
      ),
      ...back.after,
      ...graph.members.map((m) => `alter table ${named(m.id)} drop column ${quote(m.away)}`),
    ]),
    ...(kind.rows?.forgotten ?? []),
    ...keysGone(r),
  ]
}

const becomes = (column: string, type: string, from: string): string => `alter column ${quote(column)} type ${type} using ${from}`

/** One writing for both: a new value is told from the row as it was. */
const tableAnew = ({ types, ...graph }: Rekeyed, id: string, type: string, newKey: (m: Member) => string): string[] => {
  const members = membersIn(graph, id)
  const others = members.filter((m) => !m.isKey)
  const table = named(id)
  return [
    ...(others.length ? [`alter table ${table} ${others.map((m) => `add column ${quote(m.away)} ${types[place(m)]}`).join(', ')}`] : []),
    `alter table ${table} ${members
      .flatMap((m) => [becomes(m.away, types[place(m)]!, quote(m.column)), becomes(m.column, type, newKey(m))])
      .join(', ')}`,
  ]
}

/** What stands between the columns is taken down and put up again as it was. */
const aroundAll = (
  graph: Graph,
  { first = [], mended = [], last = [] }: Around & { readonly mended?: readonly string[] },
  statements: readonly string[],
): string[] => [
  ...first,
  catalogueNoted(graph),
  ...hangingAway(memberNumbers(graph), graph.around ?? graph.tables, mended),
  ...graph.links.map((l) => `alter table ${named(l.id)} drop constraint ${quote(l.name)}`),
  ...statements,
  ...graph.links.flatMap((l) => linkAgain(graph, l)),
  hangingAgain,
  catalogueCompared(graph),
  ...last,
]

const linkAgain = (graph: Graph, l: Link): string[] => [
  `alter table ${named(l.id)} add constraint ${quote(l.name)} ${linkOver(graph, l, 'column')}${l.valid ? '' : ' not valid'}`,
  ...linkWords(l),
]
