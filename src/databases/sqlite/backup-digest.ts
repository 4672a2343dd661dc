// What a SQLite file holds, as text that depends on nothing else: every value with its storage class, rows in the order of the table itself.
import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { ident } from './target/tables.ts'

export interface TableDigest {
  readonly id: string
  readonly rows: number
  readonly digest: string
}

/** Digits that read back as the same number; texts and bytes as they lie there. */
export const writtenOf = (column: string): string =>
  `case typeof(${column}) when 'null' then 'n' when 'integer' then 'i' || ${column} when 'real' then 'r' || printf('%!.17g', ${column}) when 'text' then 't' || hex(cast(${column} as blob)) else 'b' || hex(${column}) end`

export const tablesIn = (db: DatabaseSync): string[] =>
  (
    db
      .prepare(
        `select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like 'godwit\\_%' escape '\\' order by name`,
      )
      .all() as { name: string }[]
  ).map((t) => t.name)

export function digestOf(db: DatabaseSync, table: string): TableDigest {
  const columns = (
    db.prepare('select name from pragma_table_xinfo(?) where hidden <> 1 order by cid').all(table) as { name: string }[]
  ).map((c) => c.name)
  const hash = createHash('sha256')
  let rows = 0
  // an index that holds all columns would give another order
  const statement = db.prepare(
    `select ${columns.map((c) => writtenOf(ident(c))).join(` || ' ' || `)} as row from ${ident(table)} not indexed`,
  )
  for (const { row } of statement.iterate() as Iterable<{ row: string }>) {
    hash.update(`${row}\n`)
    rows++
  }
  return { id: `main.${table}`, rows, digest: hash.digest('hex') }
}

/** Everything that was said to make it. */
export const schemaOf = (db: DatabaseSync): string[] =>
  (db.prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name').all() as object[]).map((r) => JSON.stringify(r))
