// Questions of a SQLite file where it stands. Its engine works in this process and cannot be told to give up: who asks must know how much there is.
import type { DatabaseSync } from 'node:sqlite'
import type { Row } from '../database.ts'
import { type Looking, liveTable } from '../looking.ts'
import { readTables } from './target/tables.ts'
import { asText, type Raw } from './text.ts'

export const lookingAt = (db: DatabaseSync, shown: string): Looking => ({
  engine: 'sqlite',
  tables: async () => readTables(db).map((t) => liveTable(t, shown)),
  look: async (sql) => rowsOf(db, sql),
})

export function rowsOf(db: DatabaseSync, sql: string): Row[] {
  const statement = db.prepare(sql)
  statement.setReadBigInts(true)
  const rows = statement.all() as Record<string, Raw>[]
  return rows.map((r) => Object.fromEntries(Object.entries(r).map(([name, value]) => [name, asText(value)])))
}
