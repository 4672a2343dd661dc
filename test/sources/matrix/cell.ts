// One cell of the matrix: a column in another database, its rows, and what becomes of each.
import * as g from '../../../src/index.ts'
import type { Value, Way } from '../../support/dirt.ts'

/** A column of the source as it is declared there and as the mapping declares it, and its rows: the SQL of a value, and what becomes of it. */
export interface Cell extends Way {
  readonly there: string
  readonly from: g.Column<any, any, any>
  readonly rows: readonly (readonly [string, Value])[]
}
export type Cells = Readonly<Record<string, Cell>>

export interface There {
  readonly url: string
  /** What stands before the name of its tables. */
  readonly schema: string
  sql(text: string): Promise<void>
  drop(): Promise<void>
}

export interface Engine {
  readonly name: string
  /** None of it is here: its cells are skipped. */
  readonly absent?: boolean
  readonly open: () => Promise<There>
  readonly text: string
  readonly literal: (text: string) => string
  readonly whole: string
  /** What a whole number without a primary key arrives as, here as a column and in the target. */
  readonly loose: { readonly key: g.Column<any, any, any>; readonly into: g.Column<any, any, any>; readonly sql: string }
  readonly cells: Cells
  readonly refused?: Refusals
  /** What a text there cannot hold. */
  readonly without?: string
}

/** What the plan or the run refuses, by the name of what it is about. */
interface Refusal extends Omit<Cell, 'rows'> {
  readonly code: string
  readonly about: string
}
export type Refusals = Readonly<Record<string, Refusal>>

/** As it is, from a type to one of Postgres. */
export const same = (there: string, from: g.Column<any, any, any>, sql: string, to: g.Column<any, any, any>): Omit<Cell, 'rows'> => ({
  there,
  from: from.null(),
  sql,
  into: to.null(),
  map: (v) => v,
})
export const kept = (...values: string[]): [string, string][] => values.map((v) => [`'${v}'`, v])

export const text = g.text()
export const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`
