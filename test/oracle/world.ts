// What the oracle is told: tables with their rows and their rules.
import type { SqlType } from '../../src/schema/type.ts'
import type { Casing } from './text.ts'
import type { Cell } from './value.ts'

/** By column. A Map, because a column may be called anything. */
export type Row = ReadonlyMap<string, Cell>

export interface ColumnRule {
  readonly type: SqlType
  readonly nullable: boolean
  /** What stands there when nothing is given. `chosen`: a value of the database's or the tool's choice. */
  readonly default?: Cell | 'chosen'
  readonly casing?: Casing
}

export interface ForeignKey {
  readonly columns: readonly string[]
  readonly to: string
  readonly toColumns: readonly string[]
}

export interface Table {
  readonly id: string
  readonly columns: ReadonlyMap<string, ColumnRule>
  readonly key: readonly string[]
  readonly rows: readonly Row[]
  /** The primary key among them. */
  readonly uniques: readonly (readonly string[])[]
  /** Null lets a row pass, as in SQL. */
  readonly checks: readonly { readonly name: string; holds(row: Row): boolean | null }[]
  readonly foreignKeys: readonly ForeignKey[]
}

export interface World {
  readonly tables: ReadonlyMap<string, Table>
  /** Of columns that do not say otherwise, and of literals. */
  readonly casing: Casing
}

export function tableOf(world: World, id: string): Table {
  const table = world.tables.get(id)
  if (!table) throw new Error(`no table ${id} in the oracle's world`)
  return table
}
