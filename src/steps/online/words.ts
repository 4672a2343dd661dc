// What the moves ask of the catalogue, and the names that they give to what they make for a while.
import { postgres } from '../../dialects/postgres.ts'
import { qualified } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import { partsOf } from '../engine-words.ts'
import { cut } from '../retire/names.ts'

export const { quote, literal } = postgres
export const named = postgres.table

export const idOf = (t: Table | string): string => (typeof t === 'string' ? qualified(t) : t.id)
/** For people: `orders`, `billing.orders`. */
export const short = (id: string): string => id.replace(/^public\./, '')

export const relation = (id: string): string => `to_regclass(${literal(named(id))})`
/** Of an index beside its table. */
export const besides = (id: string, name: string): string => `${quote(partsOf(id).schema)}.${quote(name)}`

const attribute = (id: string, column: string): string =>
  `from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)} and attnum > 0 and not attisdropped`
export const columnThere = (id: string, column: string): string => `exists (select ${attribute(id, column)})`
/** The column by its number, as a row source: `oid`, `num`. */
export const columnNumber = ({ id, column }: { readonly id: string; readonly column: string }): string =>
  `(select attrelid as oid, attnum as num ${attribute(id, column)})`
export const isNotNull = (id: string, column: string): string => `exists (select ${attribute(id, column)} and attnotnull)`
export const hasDefault = (id: string, column: string): string => `exists (select ${attribute(id, column)} and atthasdef)`

export const constraintThere = (id: string, name: string): string =>
  `exists (select from pg_constraint where conrelid = ${relation(id)} and conname = ${literal(name)})`
export const constraintValid = (id: string, name: string): string =>
  `exists (select from pg_constraint where conrelid = ${relation(id)} and conname = ${literal(name)} and convalidated)`
export const indexThere = (id: string, name: string): string => `to_regclass(${literal(besides(id, name))}) is not null`
export const indexValid = (id: string, name: string): string =>
  `exists (select from pg_index where indexrelid = to_regclass(${literal(besides(id, name))}) and indisvalid)`

/** A name as Postgres would make it, and not longer than it takes. */
export const nameFor = (...parts: readonly string[]): string => cut(parts.join('_'), 63)

/** A reason where the question holds. */
export const reason = (when: string, says: string): string => `select ${literal(says)} as reason where ${when}`

/** A reason for so many: `of` is a query with one number, `n`. */
export const reasonFor = (of: string, one: string, more: string): string =>
  `select n || case n when 1 then ${literal(` ${one}`)} else ${literal(` ${more}`)} end as reason from (${of}) x where n > 0`
