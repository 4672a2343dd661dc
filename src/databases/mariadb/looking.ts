// Questions of a MariaDB where it stands: the server ends a statement whose time is over.
import type { Row } from '../database.ts'
import { type Looking, liveTable, TookTooLong } from '../looking.ts'
import type { Ask } from './schema.ts'
import { readTables } from './target/tables.ts'

/** ER_STATEMENT_TIMEOUT */
const statementTimeout = 1969

export const lookingAt = (ask: Ask, byName: (sql: string) => Promise<readonly Row[]>, shown: string): Looking => ({
  engine: 'mariadb',
  tables: async () => (await readTables(ask)).tables.map((t) => liveTable(t, shown)),
  look: (sql, patienceMs) => within(byName, sql, patienceMs),
})

/** What the server is told to end after so many milliseconds. */
export async function within<R>(byName: (sql: string) => Promise<R>, sql: string, patienceMs: number): Promise<R> {
  try {
    return await byName(`set statement max_statement_time = ${Math.max(patienceMs, 1) / 1000} for ${sql}`)
  } catch (problem) {
    throw (problem as { errno?: number }).errno === statementTimeout ? new TookTooLong((problem as Error).message) : problem
  }
}
