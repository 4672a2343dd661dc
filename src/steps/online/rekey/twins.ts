// Indexes, keys, checks and statistics over columns that are about to be changed for others: the same over the others, beside everybody, under names
// that change with them. Which are in use and which wait is only a matter of names, so it is the same there and back.
import type { Hands } from '../../hands.ts'
import { type Twin, twinOf } from '../twins/twin.ts'
import { ways } from '../twins/ways.ts'
import { constraintValid, literal, named, nameFor, quote, relation, short } from '../words.ts'
import { type Graph, type Link, type Member, membersIn, type Rekeying } from './graph.ts'

/** What a column waits as: the new one before the change of places, the old one after it. */
export type Waiting = 'fresh' | 'away'

/** After whom those that wait are called. */
type Named = Pick<Rekeying, 'id'>

/** Two changes of keys may go over one index, one after the other: each has names of its own. */
export const aside = ({ id }: Named, name: string): string => nameFor('godwit', short(id).replace('.', '_'), name)

export async function twinsOf(hands: Hands, graph: Graph): Promise<readonly Twin[]> {
  const found: Twin[] = []
  for (const id of graph.tables) found.push(...(await hands.target.ask(over(id, membersIn(graph, id)))).map((row) => twinOf(id, row)))
  return found
}

/** As a relation `c` of one row. */
const over = (id: string, members: readonly Member[]): string => `
  with c as (select array_agg(attnum) as nums from pg_attribute where attrelid = ${relation(id)} and attname = any (array[${members.map((m) => literal(m.column)).join(', ')}]) and not attisdropped)
  ${[...new Set(Object.values(ways).map((way) => way.over))].map((query) => query(id)).join(' union all ')}
  order by 1, 3`

export const twinThere = (r: Named, twin: Twin): string => ways[twin.kind].there(twin, aside(r, twin.name))

const trial = 'pg_temp.godwit_trial'

/** Postgres writes it over the other columns itself: on a table like it without rows, where they are of the other type. */
export async function definedOver(hands: Hands, graph: Graph, twin: Twin, as: Waiting, type: string): Promise<string> {
  const members = membersIn(graph, twin.id)
  const way = ways[twin.kind]
  const [row] = await hands.schema.trial(
    [
      `create temp table godwit_trial (like ${named(twin.id)})`,
      ...members.map((m) => `alter table ${trial} drop column if exists ${quote(m[as])}`),
      way.trial(twin, trial),
      ...members.map((m) => `alter table ${trial} alter column ${quote(m.column)} type ${type} using null`),
      ...members.map((m) => `alter table ${trial} rename column ${quote(m.column)} to ${quote(m[as])}`),
    ],
    way.tried(twin, trial),
  )
  return row!['made']!
}

export async function makeTwin(hands: Hands, r: Named, twin: Twin, made: string): Promise<void> {
  hands.tell(`${twin.kind} ${twin.name}`)
  await ways[twin.kind].make(hands, twin, aside(r, twin.name), made)
}

/** The one that waits takes the name, and what the other one has besides. */
export const twinExchanged = (r: Named, twin: Twin): string[] => [ways[twin.kind].exchanged(twin, aside(r, twin.name)), ...twin.worn]

/** A foreign key between columns that wait, or between those in use. */
export function linkOver(graph: Graph, link: Link, as: Waiting | 'column'): string {
  const other = (id: string) => (c: string) => quote(membersIn(graph, id).find((m) => m.column === c)?.[as] ?? c)
  const list = (id: string, columns: readonly string[]) => columns.map(other(id)).join(', ')
  const emptied = link.emptied.length ? ` (${list(link.id, link.emptied)})` : ''
  return `foreign key (${list(link.id, link.columns)}) references ${named(link.to)} (${list(link.to, link.toColumns)})${link.manner}${emptied}${link.waits}`
}

/** What is said about it. */
export const linkWords = ({ id, name, comment }: Link): string[] =>
  comment === undefined ? [] : [`comment on constraint ${quote(name)} on ${named(id)} is ${literal(comment)}`]

export const linkThere = (r: Named, { id, name, valid }: Link): string =>
  valid
    ? constraintValid(id, aside(r, name))
    : `exists (select from pg_constraint where conrelid = ${relation(id)} and conname = ${literal(aside(r, name))})`

export async function makeLink(hands: Hands, r: Named, graph: Graph, link: Link, as: Waiting): Promise<void> {
  const [table, name] = [named(link.id), quote(aside(r, link.name))]
  hands.tell(`foreign key ${link.name}`)
  await hands.schema.reshape([
    `alter table ${table} drop constraint if exists ${name}`,
    `alter table ${table} add constraint ${name} ${linkOver(graph, link, as)} not valid`,
  ])
  if (link.valid) await hands.schema.validate([`alter table ${table} validate constraint ${name}`])
}
