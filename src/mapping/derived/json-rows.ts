// The elements of a list inside a JSON column, as rows: all values as text, as they stand there.
import type { Scribe } from '../../expr/node.ts'
import { origin } from '../../expr/origin.ts'
import { type Column, int, text } from '../../schema/column.ts'
import type { Columns, Table } from '../../schema/table.ts'
import { relationOf } from '../mapping.ts'
import { derive } from './derived.ts'
import { refuseTaken } from './parts.ts'

type KeysOf<T extends Table> = {
  readonly [K in keyof T['columns'] as T['columns'][K] extends Column<any, boolean, true> ? K : never]: T['columns'][K]
}
type Item = { readonly item: Column<number, false, true> }
type Texts<P> = { readonly [K in keyof P]: Column<string | null, true, false> }

export type JsonRows<T extends Table, P> = Table<KeysOf<T> & Item & Texts<P>> & {
  /** The rows that hold such a list, and how long it is. One that says null, something else or nothing holds none. */
  readonly lists: Table<KeysOf<T> & { readonly items: Column<number, false, false> }>
}

interface JsonRowsOptions<T extends Table, P> {
  /** A column of JSON, or of text that may be JSON. */
  readonly column: keyof T['columns'] & string
  /** Where in it the list is. */
  readonly path?: readonly string[]
  /** The names that a value goes by; the first that is there and not null counts. */
  readonly columns: P
}

/** JSON that was written into a JSON text once more is read as what it was. The first element is item 1. */
export function jsonRows<T extends Table, const P extends Readonly<Record<string, string | readonly string[]>>>(
  name: string,
  from: T,
  options: JsonRowsOptions<T, P>,
): JsonRows<T, P> {
  const at = origin()
  const keys = Object.fromEntries(from.key.map((k: string) => [k, from.columns[k]])) as Columns
  refuseTaken(name, from.key, ['item', 'items', ...Object.keys(options.columns)], at)
  const path = options.path ?? []
  const values = Object.entries(options.columns).map(([column, names]) => [column, typeof names === 'string' ? [names] : names] as const)
  const texts = Object.fromEntries(values.map(([column]) => [column, text().null()]))
  const says = [from.id, options.column, path]
  const rows = derive(
    name,
    { ...keys, item: int().key(), ...texts },
    {
      of: [from],
      nodes: [],
      says: ['jsonRows', ...says, values],
      write: (scribe) => elements(scribe, from, options.column, path, values),
    },
  )
  const lists = derive(
    `${name} lists`,
    { ...keys, items: int() },
    {
      of: [from],
      nodes: [],
      says: ['jsonLists', ...says],
      write: (scribe) => lengths(scribe, from, options.column, path),
    },
  )
  return Object.freeze({ ...rows, lists }) as unknown as JsonRows<T, P>
}

/** The source rows that hold a list, each with the list as `list`. */
function held(scribe: Scribe, from: Table, column: string, path: readonly string[]): string {
  const { sql } = scribe
  const json = (value: string) => `case when ${sql.isValid(value, { name: 'jsonb' })} then (${value})::jsonb end`
  const keys = from.key.map((k: string) => `s.${sql.quote(k)}`).join(', ')
  const once = `select ${keys}, ${json(`(s.${sql.quote(column)})::text`)} as v from ${scribe.from(relationOf(from))} s`
  const inner = `s.v #>> '{}'`
  const unwrapped = `select ${keys}, case when jsonb_typeof(s.v) = 'string' then ${json(inner)} else s.v end as v from (${once}) s`
  const steps = `array[${path.map((p) => sql.literal(p)).join(', ')}]::text[]`
  return `select * from (select ${keys}, s.v #> ${steps} as list from (${unwrapped}) s) s where jsonb_typeof(s.list) = 'array'`
}

function elements(
  scribe: Scribe,
  from: Table,
  column: string,
  path: readonly string[],
  values: readonly (readonly [string, readonly string[]])[],
): string {
  const { sql } = scribe
  const texts = values.map(([to, names]) => `coalesce(${names.map((n) => `e.v ->> ${sql.literal(n)}`).join(', ')}) as ${sql.quote(to)}`)
  const keys = from.key.map((k: string) => `s.${sql.quote(k)}`)
  return `select ${[...keys, 'e.i::integer as item', ...texts].join(', ')} from (${held(scribe, from, column, path)}) s cross join lateral jsonb_array_elements(s.list) with ordinality e (v, i)`
}

function lengths(scribe: Scribe, from: Table, column: string, path: readonly string[]): string {
  const keys = from.key.map((k: string) => `s.${scribe.sql.quote(k)}`)
  return `select ${[...keys, 'jsonb_array_length(s.list) as items'].join(', ')} from (${held(scribe, from, column, path)}) s`
}
