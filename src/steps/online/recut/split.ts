// One column into several.
import type { Table } from '../../../schema/table.ts'
import { awayColumn } from '../../retire/names.ts'
import { idOf } from '../words.ts'
import { type Back, type Fresh, type Old, type Part, recut } from './recut.ts'

export type NewPart = {
  /** As SQL: `text` */
  readonly type: string
  /** Its value, as SQL over the row: `split_part(name, ' ', 1)` */
  readonly up: string
  /** One row for each value. */
  readonly unique?: true
} & ({ readonly notNull?: true; readonly orNull?: never } | { readonly notNull?: never; readonly orNull?: true })

export interface Splitting {
  /** The new columns, by their names. */
  readonly into: Readonly<Record<string, NewPart>>
  /** The old value, as SQL over the row: `first || ' ' || last` */
  readonly back: Back
  /** How long the old column stays before `godwit purge` may drop it; default '7 days'. */
  readonly keep?: string
}

/** A part of a migration: both shapes from expand on, the new one alone from cutover on. */
export const split = (table: Table | string, column: string, { into, back, keep }: Splitting): Part =>
  recut({ id: idOf(table), old: [oldOne(column, back)], fresh: Object.entries(into).map(([name, part]) => freshOne(name, part)) }, keep)

export const oldOne = (name: string, back: Back): Old => ({
  name,
  away: awayColumn(name),
  ...(typeof back === 'string' ? { back, orNull: false } : { back: back.sql, orNull: true }),
})

export const freshOne = (name: string, { type, up, notNull, unique, orNull }: NewPart): Fresh => ({
  name,
  type,
  up,
  notNull: notNull ?? false,
  unique: unique ?? false,
  orNull: orNull ?? false,
})
