// MariaDB's tables, as their copies will be: whole and decimal numbers as such, all else as the text that the server writes.

import type { LiveColumn, LiveSchema, LiveTable } from '../../schema/schema.ts'
import type { SqlType } from '../../schema/type.ts'
import { bareTable } from '../bare.ts'

export type Texts = (string | null)[]
export type Ask = (sql: string, values?: readonly string[]) => Promise<Texts[]>

/** With `declared` each column's comment is its type as it was declared there. */
export async function readSchema(ask: Ask, shown: string, only?: readonly string[], comments?: 'declared'): Promise<LiveSchema> {
  const rows = await ask(
    `select t.table_schema, t.table_name, t.table_type, c.column_name, c.column_type, c.is_nullable, t.table_rows from information_schema.tables t
      join information_schema.columns c on c.table_schema = t.table_schema and c.table_name = t.table_name
      where t.table_schema = database() and t.table_type in ('BASE TABLE', 'VIEW') order by t.table_name, c.ordinal_position`,
  )
  const keys = await ask(
    `select table_name, column_name from information_schema.key_column_usage where table_schema = database() and constraint_name = 'PRIMARY' order by table_name, ordinal_position`,
  )
  const tables = new Map<string, LiveTable>()
  for (const [schema, name, kind, column, type, nullable] of rows) {
    const id = `${schema}.${name}`
    if (only && !only.includes(id)) continue
    const primaryKey = keys.flatMap(([table, of]) => (table === name ? [of!] : []))
    const table = tables.get(id) ?? emptyTable(id, schema!, name!, kind === 'VIEW', primaryKey, shown)
    const columns: LiveColumn[] = [
      ...table.columns,
      { name: column!, type: typeOf(type!), nullable: nullable === 'YES', ...(comments ? { comment: type! } : {}) },
    ]
    tables.set(id, { ...table, columns })
  }
  return { serverVersion: 0, database: shown, user: '', tables }
}

const emptyTable = (id: string, schema: string, name: string, view: boolean, primaryKey: readonly string[], owner: string): LiveTable =>
  bareTable({ id, schema, name, kind: view ? 'view' : 'table', owner, columns: [], primaryKey })

/** Dates may be 0000-00-00, times 838 hours, floats are shown rounded: what Postgres could not take as it is stays text. */
export function typeOf(declared: string): SqlType {
  const type = declared.toLowerCase()
  if (type.includes('zerofill')) return { name: 'text' }
  if (/^bigint\b.*unsigned/.test(type)) return { name: 'numeric', precision: 20, scale: 0 }
  if (/^(tiny|small|medium|big)?int\b/.test(type)) return { name: 'int8' }
  const decimal = /^decimal\((\d+),(\d+)\)/.exec(type)
  if (decimal) return { name: 'numeric', precision: Number(decimal[1]), scale: Number(decimal[2]) }
  return { name: 'text' }
}

/** A column as it is read: bytes in hexadecimal, and a float with all its digits, of which the server shows six. */
export function readAs(column: string, declared: string): string {
  if (/(blob|binary|^bit|geometry|point|polygon|linestring)/i.test(declared)) return `concat('\\x', lower(hex(${column})))`
  return /^float/i.test(declared) ? `cast(${column} as double)` : column
}
