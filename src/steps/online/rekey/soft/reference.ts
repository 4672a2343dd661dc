// A column that holds keys in a way that no foreign key tells of, and how: each kind is a file beside this one, and answers for itself.

import { partsOf } from '../../../engine-words.ts'
import { awayColumn } from '../../../retire/names.ts'
import { nameFor, short } from '../../words.ts'
import type { Graph, Member, Rekeying } from '../graph.ts'
import type { Way } from './way.ts'

/** A value, as SQL, and where it comes from. */
export interface Spot {
  readonly value: string
  /** What the column's type is while it holds old keys. */
  readonly type: string
  /** Another column of the row. */
  of(column: string): string
}

export interface Reference {
  /** `schema.name` */
  readonly id: string
  readonly column: string
  /** Tables whose keys stand in it. */
  readonly targets: readonly string[]
  /** Places at which something has to stand in some row, or they are misspelt. */
  readonly named: readonly string[]
  /** The columns that say what a value means. */
  readonly beside: readonly string[]
  /** The old column stays for good under this name. */
  readonly keep: string | undefined
  /** What becomes of old keys that no row has, where the new type has no place for them. */
  readonly dangling: 'refuse' | 'null'
  /** What the plan's id is made of. */
  readonly says: Readonly<Record<string, unknown>>
  /** The type with new keys; nothing where it cannot be in a column of this type. */
  becomes(type: string): string | undefined
  /** The value with keys of the other kind. What is no key stays as it is, where the type allows that. */
  rewritten(spot: Spot, way: Way): string
  /** A query of `target`, `place`, `value`: every key in it, of either kind, and what stands where one should. `value` is jsonb here. */
  places(spot: Spot): string
  /** All of the value but the keys: the same before and after. `value` is jsonb here. */
  rest(spot: Spot): string
}

export interface Keeping {
  /** The old column stays for good, under this name: so keys that no row has are not lost. */
  readonly keep?: string
  /** Keys that no row has: refused if nothing is said; `null` leaves the new column empty there. */
  readonly dangling?: 'null'
}

/** `table.column`, `schema.table.column` */
export function columnNamed(path: string): { readonly id: string; readonly column: string } {
  const parts = path.split('.')
  const column = parts.pop() ?? ''
  return { id: parts.length > 1 ? parts.join('.') : `public.${parts.join('.')}`, column }
}

export const shownAt = ({ id, column }: Pick<Reference, 'id' | 'column'>): string => `${short(id)}.${column}`

export const memberOf = ({ id, column, keep }: Reference): Member => ({
  id,
  column,
  fresh: nameFor('godwit', column, 'new'),
  away: keep ?? awayColumn(column),
  isKey: false,
  stays: keep !== undefined,
})

/** The column by which a row is marked whose keys are not known yet. */
export const lateOf = ({ column }: Reference): string => nameFor('godwit', column, 'late')

/** It changes places as the columns of a graph do. */
export const graphOfOne = (ref: Reference): Graph => ({ members: [memberOf(ref)], tables: [ref.id], links: [], torn: [] })

/** What its indexes and checks are called by while they wait. */
export const nameOf = ({ id, column }: Reference): Rekeying => ({
  id: `${partsOf(id).schema}.${partsOf(id).name}_${column}`,
  ids: 'derived',
  keep: undefined,
  also: [],
})

const whole = new Set(['smallint', 'integer', 'bigint'])
const words = /^(text|character varying(\(\d+\))?)$/
export const isWhole = (type: string): boolean => whole.has(type)
export const isText = (type: string): boolean => words.test(type)
