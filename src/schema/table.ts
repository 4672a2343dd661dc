// Tables as one writes them, or as `godwit pull` does; and the types of a row and of what an insert needs.
import type { Column, ColumnFacts, Decimal } from './column.ts'
import { derivedMark, elsewhere, qualified } from './schema.ts'

export type Columns = Readonly<Record<string, Column<any>>>

export interface Table<C extends Columns = any> {
  /** `schema.name` */
  readonly id: string
  readonly columns: C
  readonly key: readonly string[]
  /** A query rather than a table: its text. */
  readonly query?: string
  /** Made of others: it writes itself as a query, once it is known how these are named. */
  readonly derived?: { readonly of: readonly Read[] }
  /** What `with` added. */
  readonly added: readonly string[]
  /** This table as it will be, with more columns. */
  with<const D extends Columns>(more: D): Table<C & D>
}

/** What can be read: a table, a query, or what is made of others. */
export interface Read {
  readonly id: string
  readonly query?: string
  readonly derived?: { readonly of: readonly Read[] }
  readonly columns: Readonly<Record<string, unknown>>
  readonly key: readonly string[]
}

/** One of the database's own, rather than a query or what is made of others. */
export const isTable = (t: Pick<Read, 'query' | 'derived'>): boolean => t.query === undefined && t.derived === undefined

/** The tables that a relation is made of in the end; of a table, itself. A query's are known to those who wrote it. */
export function tablesUnder(t: Read): readonly Read[] {
  if (t.derived) return [...new Set(t.derived.of.flatMap(tablesUnder))]
  return isTable(t) ? [t] : []
}

export type TypeOf<C> = C extends Column<any> ? C['$'] : never
/** The type of a table's key, where it is one column. */
export type KeyOf<T extends Table> = {
  [K in keyof T['columns']]: T['columns'][K] extends Column<any, boolean, true> ? TypeOf<T['columns'][K]> : never
}[keyof T['columns']]

/** What may be put where a T is wanted: a whole number also into a wider one. */
export type Fits<T> = T extends bigint ? bigint | number : T extends Decimal ? Decimal | bigint | number : T

type Needed<C extends Columns> = { [K in keyof C]: C[K] extends Column<any, true> ? never : K }[keyof C]

/** Per column what is given for it, where Given<T> is what stands for a T. */
export interface GivenKind {
  readonly type: unknown
  readonly given: unknown
}
export type Give<G extends GivenKind, T> = (G & { readonly type: T })['given']
export type ValuesFor<C extends Columns, G extends GivenKind> = { readonly [K in Needed<C>]: Give<G, TypeOf<C[K]>> } & {
  readonly [K in Exclude<keyof C, Needed<C>>]?: Give<G, TypeOf<C[K]>>
}

export function table<const C extends Columns>(name: string, columns: C, added: readonly string[] = []): Table<C> {
  return relation(qualified(name), columns, added)
}

/** Another database, by its name in the configuration (`sources`): its tables can be mapped from and looked into, never written. */
export const database = (name: string): { table<const C extends Columns>(name: string, columns: C): Table<C> } => ({
  table: (table, columns) => relation(elsewhere(name, qualified(table)), columns, []),
})

/** Rows made of other rows. */
export const derivedTable = <C extends Columns>(name: string, columns: C, derived: { readonly of: readonly Read[] }): Table<C> =>
  relation(`${derivedMark}${name}`, columns, [], { derived })

type Made = Pick<Table, 'query' | 'derived'>

export function relation<const C extends Columns>(id: string, columns: C, added: readonly string[], made: Made = {}): Table<C> {
  return Object.freeze({
    id,
    columns,
    added,
    key: Object.keys(columns).filter((k) => (columns[k] as ColumnFacts).isKey),
    ...made,
    with: (more: Columns) => relation(id, { ...columns, ...more }, Object.keys(more), made),
  }) as unknown as Table<C>
}
