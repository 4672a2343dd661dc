// Several columns into one.
import type { Table } from '../../../schema/table.ts'
import { idOf } from '../words.ts'
import { type Back, type Part, recut } from './recut.ts'
import { freshOne, type NewPart, oldOne } from './split.ts'

export interface Merging<Column extends string> {
  readonly into: NewPart & { readonly name: string }
  /** Each old value, as SQL over the row. */
  readonly back: Readonly<Record<Column, Back>>
  /** How long the old columns stay before `godwit purge` may drop them; default '7 days'. */
  readonly keep?: string
}

/** A part of a migration: both shapes from expand on, the new one alone from cutover on. */
export const merge = <Column extends string>(
  table: Table | string,
  columns: readonly [Column, ...Column[]],
  { into, back, keep }: Merging<Column>,
): Part => recut({ id: idOf(table), old: columns.map((c) => oldOne(c, back[c])), fresh: [freshOne(into.name, into)] }, keep)
