// Indexes, keys and checks over columns that are about to be changed for others: the same over the others, beside everybody, under names
// that change with them. Which are in use and which wait is only a matter of names, so it is the same there and back.
import type { Hands, Row } from '../../hands.ts'
import { holds } from '../move.ts'
import { besides, constraintValid, indexValid, literal, named, nameFor, quote, relation, short } from '../words.ts'
import { type Graph, type Link, type Member, membersIn, type Rekeying } from './graph.ts'

export type TwinKind = 'primary key' | 'unique' | 'exclusion' | 'index' | 'check'
export interface Twin {
  readonly id: string
  readonly kind: TwinKind
  readonly name: string
  readonly isUnique: boolean
  /** What comes after its name, as it is now. */
  readonly tail: string
  /** ` deferrable`, or nothing */
  readonly manner: string
}
/** What a column waits as: the new one before the change of places, the old one after it. */
export type Waiting = 'fresh' | 'away'

/** Two changes of keys may go over one index, one after the other: each has names of its own. */
export const aside = ({ id }: Rekeying, name: string): string => nameFor('godwit', short(id).replace('.', '_'), name)

export async function twinsOf(hands: Hands, graph: Graph): Promise<readonly Twin[]> {
  const found: Twin[] = []
  for (const id of graph.tables) found.push(...(await hands.target.ask(over(id, membersIn(graph, id)))).map((row) => twinOf(id, row)))
  return found
}

const twinOf = (id: string, r: Row): Twin => ({
  id,
  kind: r['kind'] as TwinKind,
  name: r['name']!,
  isUnique: r['is_unique'] === 'true',
  tail: r['tail']!,
  manner: r['manner']!,
})

/** An index over expressions looks at columns that its list does not name: the catalogue knows them as what it depends on. */
const over = (id: string, members: readonly Member[]): string => `
  with c as (select array_agg(attnum) as nums from pg_attribute where attrelid = ${relation(id)} and attname = any (array[${members.map((m) => literal(m.column)).join(', ')}]) and not attisdropped)
  select case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'x' then 'exclusion' else 'index' end as kind, i.indexrelid::regclass::text as shown, x.relname as name, i.indisunique::text as is_unique,
      substring(pg_get_indexdef(i.indexrelid) from ' (USING .*)$') as tail,
      case when k.condeferred then ' deferrable initially deferred' when k.condeferrable then ' deferrable' else '' end as manner
    from c, pg_index i join pg_class x on x.oid = i.indexrelid left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
    where i.indrelid = ${relation(id)} and (string_to_array(i.indkey::text, ' ')::int2[] && c.nums
      or exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid = any (c.nums)))
  union all
  select 'check', conname, conname, 'false', replace(pg_get_constraintdef(oid), ' NOT VALID', ''), '' from c, pg_constraint where conrelid = ${relation(id)} and contype = 'c' and conkey && c.nums
  order by 1, 2`

export const twinThere = (r: Rekeying, { id, kind, name }: Twin): string =>
  kind === 'unique' || kind === 'check' ? constraintValid(id, aside(r, name)) : indexValid(id, aside(r, name))

const trial = 'pg_temp.godwit_trial'

/** Postgres writes it over the other columns itself: on a table like it without rows, where they are of the other type. */
export async function definedOver(hands: Hands, graph: Graph, twin: Twin, as: Waiting, type: string): Promise<string> {
  const members = membersIn(graph, twin.id)
  const isCheck = twin.kind === 'check'
  const [row] = await hands.schema.trial(
    [
      `create temp table godwit_trial (like ${named(twin.id)})`,
      ...members.map((m) => `alter table ${trial} drop column if exists ${quote(m[as])}`),
      isCheck ? `alter table ${trial} add constraint g ${twin.tail}` : `create ${uniquely(twin)}index g on ${trial} ${twin.tail}`,
      ...members.map((m) => `alter table ${trial} alter column ${quote(m.column)} type ${type} using null`),
      ...members.map((m) => `alter table ${trial} rename column ${quote(m.column)} to ${quote(m[as])}`),
    ],
    isCheck
      ? `select pg_get_constraintdef(oid) as made from pg_constraint where conrelid = '${trial}'::regclass and conname = 'g'`
      : `select substring(pg_get_indexdef('pg_temp.g'::regclass) from ' (USING .*)$') as made`,
  )
  return row!['made']!
}

const uniquely = ({ isUnique }: Twin): string => (isUnique ? 'unique ' : '')

export async function makeTwin(hands: Hands, r: Rekeying, twin: Twin, made: string): Promise<void> {
  const [table, name] = [named(twin.id), quote(aside(r, twin.name))]
  hands.tell(`${twin.kind} ${twin.name}`)
  if (twin.kind === 'check') {
    await hands.schema.reshape([
      `alter table ${table} drop constraint if exists ${name}`,
      `alter table ${table} add constraint ${name} ${made} not valid`,
    ])
    await hands.schema.validate([`alter table ${table} validate constraint ${name}`])
    return
  }
  if (!(await holds(hands, indexValid(twin.id, aside(r, twin.name)))))
    await hands.schema.alone([
      `drop index concurrently if exists ${besides(twin.id, aside(r, twin.name))}`,
      `create ${uniquely(twin)}index concurrently ${name} on ${table} ${made}`,
    ])
  if (twin.kind === 'unique')
    await hands.schema.reshape([`alter table ${table} add constraint ${name} unique using index ${name}${twin.manner}`])
}

/** A foreign key between columns that wait, or between those in use. */
export function linkOver(graph: Graph, link: Link, as: Waiting | 'column'): string {
  const other = (id: string) => (c: string) => quote(membersIn(graph, id).find((m) => m.column === c)?.[as] ?? c)
  const list = (id: string, columns: readonly string[]) => columns.map(other(id)).join(', ')
  const emptied = link.emptied.length ? ` (${list(link.id, link.emptied)})` : ''
  return `foreign key (${list(link.id, link.columns)}) references ${named(link.to)} (${list(link.to, link.toColumns)})${link.manner}${emptied}${link.waits}`
}

export const linkThere = (r: Rekeying, { id, name, valid }: Link): string =>
  valid
    ? constraintValid(id, aside(r, name))
    : `exists (select from pg_constraint where conrelid = ${relation(id)} and conname = ${literal(aside(r, name))})`

export async function makeLink(hands: Hands, r: Rekeying, graph: Graph, link: Link, as: Waiting): Promise<void> {
  const [table, name] = [named(link.id), quote(aside(r, link.name))]
  hands.tell(`foreign key ${link.name}`)
  await hands.schema.reshape([
    `alter table ${table} drop constraint if exists ${name}`,
    `alter table ${table} add constraint ${name} ${linkOver(graph, link, as)} not valid`,
  ])
  if (link.valid) await hands.schema.validate([`alter table ${table} validate constraint ${name}`])
}
