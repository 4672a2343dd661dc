// A foreign key: for new rows at once, for those that are there once they have been looked at, beside everybody.
import { origin } from '../../expr/origin.ts'
import type { ForeignKeyAction } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import type { Hands } from '../hands.ts'
import type { Step } from '../step.ts'
import { boundMoves } from './bound.ts'
import { holds, type Move, online, reasonsOf } from './move.ts'
import { bindParts, isPartitioned, unbindParts } from './partitions.ts'
import { constraintThere, idOf, named, nameFor, quote, reason, reasonFor, relation, short } from './words.ts'

export interface ForeignKeyOptions {
  /** What Postgres would call it, if left out. */
  readonly name?: string
  readonly onDelete?: ForeignKeyAction
  readonly onUpdate?: ForeignKeyAction
  readonly deferrable?: boolean
  /** Looked at when a transaction ends, unless it says otherwise. */
  readonly deferred?: boolean
  /** For new rows only: those that are there are looked at some other time. */
  readonly notYet?: boolean
}

interface Pointing {
  readonly id: string
  readonly columns: readonly string[]
  readonly to: string
  readonly toColumns: readonly string[]
  readonly name: string
  readonly notYet: boolean
}

/** Without `toColumns` it points at the primary key. */
export function foreignKey(
  table: Table | string,
  columns: readonly string[],
  to: Table | string,
  toColumns: readonly string[],
  { name, onDelete, onUpdate, deferrable, deferred, notYet = false }: ForeignKeyOptions = {},
): Step {
  const id = idOf(table)
  const p: Pointing = {
    id,
    columns,
    to: idOf(to),
    toColumns,
    name: name ?? nameFor(id.slice(id.indexOf('.') + 1), ...columns, 'fkey'),
    notYet,
  }
  const list = (names: readonly string[]) => names.map(quote).join(', ')
  const definition = [
    `foreign key (${list(columns)}) references ${named(p.to)}${toColumns.length ? ` (${list(toColumns)})` : ''}`,
    ...(onDelete ? [`on delete ${onDelete}`] : []),
    ...(onUpdate ? [`on update ${onUpdate}`] : []),
    ...(deferrable ? ['deferrable'] : []),
    ...(deferred ? ['initially deferred'] : []),
  ].join(' ')
  return online({
    kind: 'online foreign key',
    title: `${short(id)}.${columns.join(', ')} points at ${short(p.to)}`,
    at: origin(),
    changes: [id],
    params: { ...p, onDelete, onUpdate, deferrable, deferred },
    moves: pointingMoves(p, definition),
    elsewhere: (words) =>
      words.foreignKey(id, columns, p.to, toColumns, p.name, { onDelete, onUpdate, deferrable, deferred } as ForeignKeyOptions),
    against: (hands) => against(hands, p),
  })
}

/** On a partitioned table it is made of those of the partitions: before Postgres 18 it takes none that is looked at later. */
function pointingMoves({ id, name, notYet }: Pointing, definition: string): Move[] {
  const [bound, ...look] = boundMoves(id, name, definition, notYet) as [Move, ...Move[]]
  return [
    {
      ...bound,
      do: async (hands) => ((await holds(hands, isPartitioned(id))) ? bindParts(hands, id, name, definition) : bound.do(hands)),
      undo: async (hands) => ((await holds(hands, isPartitioned(id))) ? unbindParts(hands, id, name) : bound.undo!(hands)),
    },
    ...look,
  ]
}

async function against(hands: Hands, { id, columns, to, toColumns, name, notYet }: Pointing): Promise<readonly string[]> {
  const plain = await reasonsOf(
    hands,
    [
      reason(`${relation(id)} is null`, `there is no table ${short(id)}`),
      reason(`${relation(to)} is null`, `there is no table ${short(to)}`),
      reason(constraintThere(id, name), `${short(id)} has a constraint ${name} already`),
      reason(`${!toColumns.length} and ${relation(to)} is not null and not exists (${keyOf(to)})`, `${short(to)} has no primary key`),
    ].join(' union all '),
  )
  if (plain.length || notYet) return plain
  const at = toColumns.length ? toColumns : (await hands.target.ask(keyOf(to))).map((r) => r['name']!)
  const given = columns.map((c) => `f.${quote(c)} is not null`).join(' and ')
  const meets = columns.map((c, i) => `t.${quote(at[i]!)} = f.${quote(c)}`).join(' and ')
  return reasonsOf(
    hands,
    reasonFor(
      `select count(*) as n from ${named(id)} f where ${given} and not exists (select from ${named(to)} t where ${meets})`,
      `row points at nothing in ${short(to)}`,
      `rows point at nothing in ${short(to)}`,
    ),
  )
}

const keyOf = (id: string): string =>
  `select attname as name from pg_index join unnest(indkey) with ordinality k(num, place) on true join pg_attribute on attrelid = indrelid and attnum = num where indrelid = ${relation(id)} and indisprimary order by place`
