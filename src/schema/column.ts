// Columns as one writes them: a database type, and in T the type of what a row holds there.
// Values never pass through JavaScript when they only move; T keeps the author from mixing kinds, and is what compute() is given.
import type { SqlType } from './type.ts'

declare const brand: unique symbol
/** An exact decimal number, as its text. */
export type Decimal = string & { readonly [brand]: 'decimal' }
/** A wall-clock time without a zone, as ISO text. */
export type LocalTime = string & { readonly [brand]: 'local time' }
/** A point in time, as ISO text in UTC. */
export type Instant = string & { readonly [brand]: 'instant' }
export type DateText = string & { readonly [brand]: 'date' }
export type TimeText = string & { readonly [brand]: 'time' }
export type Uuid = string & { readonly [brand]: 'uuid' }
export type Json = { readonly [brand]: 'json' }
export type Bytes = string & { readonly [brand]: 'bytes' }

/** What is written down of a column, without its TypeScript type. */
export interface ColumnFacts {
  readonly type: SqlType
  readonly nullable: boolean
  readonly isKey: boolean
  /** May be left out of an insert: nullable, defaulted or generated. */
  readonly optional: boolean
  readonly isGenerated: boolean
  readonly identityKind?: 'always' | 'by default'
  /** `schema.table.column` */
  readonly refersTo?: string
}

export interface Column<T = unknown, Optional extends boolean = boolean, Key extends boolean = boolean> extends ColumnFacts {
  readonly optional: Optional
  readonly isKey: Key
  null(): Column<T | null, true, Key>
  key(): Column<T, Optional, true>
  /** The database fills it when nothing is given. */
  default(): Column<T, true, Key>
  identity(kind?: 'always' | 'by default'): Column<T, true, Key>
  /** Computed by the database: it cannot be mapped. */
  generated(): Column<T, true, Key>
  references(column: string): Column<T, Optional, Key>
  readonly $: T
}

class ColumnOf {
  readonly type: SqlType
  readonly nullable: boolean
  readonly isKey: boolean
  readonly optional: boolean
  readonly isGenerated: boolean
  readonly identityKind?: 'always' | 'by default'
  readonly refersTo?: string
  constructor(facts: ColumnFacts) {
    this.type = facts.type
    this.nullable = facts.nullable
    this.isKey = facts.isKey
    this.optional = facts.optional
    this.isGenerated = facts.isGenerated
    if (facts.identityKind) this.identityKind = facts.identityKind
    if (facts.refersTo) this.refersTo = facts.refersTo
    Object.freeze(this)
  }
  null() {
    return new ColumnOf({ ...this, nullable: true, optional: true })
  }
  key() {
    return new ColumnOf({ ...this, isKey: true })
  }
  default() {
    return new ColumnOf({ ...this, optional: true })
  }
  identity(kind: 'always' | 'by default' = 'by default') {
    return new ColumnOf({ ...this, optional: true, identityKind: kind })
  }
  generated() {
    return new ColumnOf({ ...this, optional: true, isGenerated: true })
  }
  references(column: string) {
    return new ColumnOf({ ...this, refersTo: column })
  }
}

const column = <T>(type: SqlType): Column<T, false, false> =>
  new ColumnOf({ type, nullable: false, isKey: false, optional: false, isGenerated: false }) as unknown as Column<T, false, false>

/** A column of one relation as one of another that is made of it: part of no key. */
export const plain = <T>(c: Column<T>): Column<T, false, false> =>
  new ColumnOf({ type: c.type, nullable: c.nullable, isKey: false, optional: c.nullable, isGenerated: false }) as unknown as Column<
    T,
    false,
    false
  >

export const smallint = () => column<number>({ name: 'int2' })
export const int = () => column<number>({ name: 'int4' })
export const bigint = () => column<bigint>({ name: 'int8' })
/** Without a scale a whole number; with none of both any number. */
export function numeric(): Column<Decimal, false, false>
export function numeric(precision: number): Column<bigint, false, false>
export function numeric(precision: number, scale: number): Column<Decimal, false, false>
export function numeric(precision?: number, scale?: number): Column<never, false, false> {
  return column(precision === undefined ? { name: 'numeric' } : { name: 'numeric', precision, scale: scale ?? 0 })
}
export const real = () => column<number>({ name: 'float4' })
export const double = () => column<number>({ name: 'float8' })
// NoInfer: else T would be taken from the context as `any`, and every null check were off, silently
export const text = <T extends string = string>(): Column<NoInfer<T>, false, false> => column({ name: 'text' })
export const varchar = <T extends string = string>(length?: number): Column<NoInfer<T>, false, false> =>
  column(length === undefined ? { name: 'varchar' } : { name: 'varchar', length })
export const char = <T extends string = string>(length = 1): Column<NoInfer<T>, false, false> => column({ name: 'char', length })
export const bool = () => column<boolean>({ name: 'bool' })
export const date = () => column<DateText>({ name: 'date' })
export const time = () => column<TimeText>({ name: 'time' })
export const timestamp = () => column<LocalTime>({ name: 'timestamp' })
export const timestamptz = () => column<Instant>({ name: 'timestamptz' })
export const interval = () => column<string>({ name: 'interval' })
export const uuid = () => column<Uuid>({ name: 'uuid' })
export const json = () => column<Json>({ name: 'json' })
export const jsonb = () => column<Json>({ name: 'jsonb' })
export const bytea = () => column<Bytes>({ name: 'bytea' })
export const enumeration = <const L extends readonly string[]>(name: string, labels: L): Column<L[number], false, false> =>
  column({ name: 'enum', sql: name, labels })
export const array = <C extends ColumnFacts & { readonly $: unknown }>(of: C): Column<readonly C['$'][], false, false> =>
  column({ name: 'array', of: of.type })
/** A type that Godwit carries as it is and does not look into. */
export const other = (sql: string) => column<string>({ name: 'other', sql })
