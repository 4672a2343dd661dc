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
}

interface Pointing {
  readonly id: string
  readonly columns: readonly string[]
  readonly to: string
  readonly toColumns: readonly string[]
  readonly name: string
}

export function foreignKey(
  table: Table | string,
  columns: readonly string[],
  to: Table | string,
  toColumns: readonly string[],
  { name, onDelete, onUpdate, deferrable }: ForeignKeyOptions = {},
): Step {
  const id = idOf(table)
  const p: Pointing = { id, columns, to: idOf(to), toColumns, name: name ?? nameFor(id.slice(id.indexOf('.') + 1), ...columns, 'fkey') }
  const list = (names: readonly string[]) => names.map(quote).join(', ')
  const definition = [
    `foreign key (${list(columns)}) references ${named(p.to)} (${list(toColumns)})`,
    ...(onDelete ? [`on delete ${onDelete}`] : []),
    ...(onUpdate ? [`on update ${onUpdate}`] : []),
    ...(deferrable ? ['deferrable'] : []),
  ].join(' ')
  return online({
    kind: 'online foreign key',
    title: `${short(id)}.${columns.join(', ')} points at ${short(p.to)}`,
    at: origin(),
    changes: [id],
    params: { ...p, onDelete, onUpdate, deferrable },
    moves: pointingMoves(id, p.name, definition),
    against: (hands) => against(hands, p),
  })
}

/** On a partitioned table it is made of those of the partitions: before Postgres 18 it takes none that is looked at later. */
function pointingMoves(id: string, name: string, definition: string): Move[] {
  const [bound, look] = boundMoves(id, name, definition) as [Move, Move]
  return [
    {
      ...bound,
      do: async (hands) => ((await holds(hands, isPartitioned(id))) ? bindParts(hands, id, name, definition) : bound.do(hands)),
      undo: async (hands) => ((await holds(hands, isPartitioned(id))) ? unbindParts(hands, id, name) : bound.undo!(hands)),
    },
    look,
  ]
}

async function against(hands: Hands, { id, columns, to, toColumns, name }: Pointing): Promise<readonly string[]> {
  const plain = await reasonsOf(
    hands,
    [
      reason(`${relation(id)} is null`, `there is no table ${short(id)}`),
      reason(`${relation(to)} is null`, `there is no table ${short(to)}`),
      reason(constraintThere(id, name), `${short(id)} has a constraint ${name} already`),
    ].join(' union all '),
  )
  if (plain.length) return plain
  const given = columns.map((c) => `f.${quote(c)} is not null`).join(' and ')
  const meets = columns.map((c, i) => `t.${quote(toColumns[i]!)} = f.${quote(c)}`).join(' and ')
  return reasonsOf(
    hands,
    reasonFor(
      `select count(*) as n from ${named(id)} f where ${given} and not exists (select from ${named(to)} t where ${meets})`,
      `row points at nothing in ${short(to)}`,
      `rows point at nothing in ${short(to)}`,
    ),
  )
}
