// Indexes and keys of a partitioned table: on the whole they are made without rows, on each partition beside everybody, and then the
// partitions' own become parts of the whole. A partition that is made meanwhile gets its part from Postgres.

import { partsOf } from '../engine-words.ts'
import type { Hands } from '../hands.ts'
import { holds } from './move.ts'
import { besides, constraintThere, constraintValid, indexThere, indexValid, literal, named, nameFor, quote, relation } from './words.ts'

export const isPartitioned = (id: string): string => `exists (select from pg_class where oid = ${relation(id)} and relkind = 'p')`

/** From the whole to its leaves, so that what a part is to hang on is there before it. */
interface Part {
  readonly id: string
  readonly above: string | undefined
  readonly leaf: boolean
}

const partsOfTable = async (hands: Hands, id: string): Promise<readonly Part[]> => {
  const called = (oid: string) => `(select relnamespace::regnamespace::text || '.' || relname from pg_class where oid = ${oid})`
  const rows = await hands.target.ask(
    `select ${called('relid')} as id, case when level > 0 then ${called('parentrelid')} end as above, isleaf::text as leaf from pg_partition_tree(${relation(id)}) order by level, relid`,
  )
  return rows.map((r) => ({ id: r['id']!, above: r['above'] ?? undefined, leaf: r['leaf'] === 'true' }))
}

/** Of the whole it is the name that was asked for. */
const nameOn = (part: Part, name: string): string => (part.above === undefined ? name : nameFor(partsOf(part.id).name, name))

export interface Building {
  /** `create index … on … (…)`, with the words between. */
  readonly sql: (words: string, name: string, on: string) => string
  /** For a constraint: what it says, and when it is looked at. */
  readonly bound?: { readonly definition: string; readonly manner: string }
}

export async function buildOnParts(hands: Hands, id: string, name: string, building: Building): Promise<void> {
  for (const part of await partsOfTable(hands, id)) {
    if (part.leaf) await buildOnLeaf(hands, part, nameOn(part, name), building)
    else await madeWithoutRows(hands, part, nameOn(part, name), building)
  }
  for (const part of (await partsOfTable(hands, id)).toReversed()) await hang(hands, id, part, name)
}

async function madeWithoutRows(hands: Hands, { id }: Part, name: string, { sql, bound }: Building): Promise<void> {
  if (await holds(hands, indexThere(id, name))) return
  const made = bound
    ? `alter table only ${named(id)} add constraint ${quote(name)} ${bound.definition}`
    : sql('', name, `only ${named(id)}`)
  await hands.schema.reshape([made])
}

async function buildOnLeaf(hands: Hands, { id }: Part, name: string, { sql, bound }: Building): Promise<void> {
  if (!(await holds(hands, indexValid(id, name))))
    await hands.schema.alone([`drop index concurrently if exists ${besides(id, name)}`, sql('concurrently', name, named(id))])
  if (bound && !(await holds(hands, constraintThere(id, name))))
    await hands.schema.reshape([`alter table ${named(id)} add constraint ${quote(name)} unique using index ${quote(name)}${bound.manner}`])
}

async function hang(hands: Hands, id: string, part: Part, name: string): Promise<void> {
  if (part.above === undefined) return
  const own = nameOn(part, name)
  const above = part.above === id ? name : nameFor(partsOf(part.above).name, name)
  const hangs = `exists (select from pg_inherits where inhrelid = to_regclass(${literal(besides(part.id, own))}))`
  // a partition that came meanwhile has its part already, by a name that Postgres has given it
  if (!(await holds(hands, indexThere(part.id, own))) || (await holds(hands, hangs))) return
  await hands.schema.reshape([`alter index ${besides(part.above, above)} attach partition ${besides(part.id, own)}`])
}

/** What hangs on the whole goes with it; what was not hung on yet goes by itself. */
export async function dropFromParts(hands: Hands, id: string, name: string): Promise<void> {
  const parts = await partsOfTable(hands, id)
  await hands.schema.reshape([
    `alter table if exists ${named(id)} drop constraint if exists ${quote(name)}`,
    `drop index if exists ${besides(id, name)}`,
  ])
  for (const part of parts.filter((p) => p.above !== undefined)) {
    const own = nameOn(part, name)
    if (part.leaf && !(await holds(hands, constraintThere(part.id, own))))
      await hands.schema.alone([`drop index concurrently if exists ${besides(part.id, own)}`])
    else
      await hands.schema.reshape([
        `alter table if exists ${named(part.id)} drop constraint if exists ${quote(own)}`,
        `drop index if exists ${besides(part.id, own)}`,
      ])
  }
}

export const partReasons = (id: string, name: string): string =>
  `select 'partition ' || c.oid::regclass || ' is in another database' as reason from pg_partition_tree(${relation(id)}) t join pg_class c on c.oid = t.relid where c.relkind = 'f'
    union all select 'there is something called ' || i.relname || ' already' from pg_partition_tree(${relation(id)}) t join pg_class c on c.oid = t.relid join pg_class i on i.relnamespace = c.relnamespace
      where t.level > 0 and i.relname = left(c.relname || ${literal(`_${name}`)}, 63)`

/** A foreign key of the whole takes those of the partitions for its own, and looks at no rows again. */
export async function bindParts(hands: Hands, id: string, name: string, definition: string): Promise<void> {
  const add = (on: string, manner: string) => `alter table ${named(on)} add constraint ${quote(name)} ${definition}${manner}`
  for (const part of (await partsOfTable(hands, id)).filter((p) => p.leaf)) {
    if (!(await holds(hands, constraintThere(part.id, name)))) await hands.schema.reshape([add(part.id, ' not valid')])
    if (!(await holds(hands, constraintValid(part.id, name))))
      await hands.schema.validate([`alter table ${named(part.id)} validate constraint ${quote(name)}`])
  }
  await hands.schema.reshape([add(id, '')])
}

export async function unbindParts(hands: Hands, id: string, name: string): Promise<void> {
  const drop = (on: string) => `alter table if exists ${named(on)} drop constraint if exists ${quote(name)}`
  await hands.schema.reshape([drop(id)])
  for (const part of (await partsOfTable(hands, id)).filter((p) => p.leaf))
    if (await holds(hands, constraintThere(part.id, name))) await hands.schema.reshape([drop(part.id)])
}
