// Questions of a Postgres where it stands: each in a transaction that can write nothing, and is given up when its time is over.
import type { Database, Session } from '../database.ts'
import { type Looking, TookTooLong } from '../looking.ts'
import { PostgresFailure } from './failure.ts'

const statementTimeout = '57014'

export const lookingAt = (db: Pick<Database, 'session' | 'schema'>): Looking => ({
  engine: 'postgres',
  tables: async () => [...(await db.schema()).tables.values()],
  look: (sql, patienceMs) => db.session((s) => s.transaction((tx) => within(tx, sql, patienceMs), { readOnly: true })),
})

async function within(tx: Session, sql: string, patienceMs: number) {
  await tx.query(`set local statement_timeout = ${Math.round(patienceMs)}`)
  try {
    return (await tx.query(sql)).rows
  } catch (problem) {
    throw problem instanceof PostgresFailure && problem.sqlstate === statementTimeout ? new TookTooLong(problem.message) : problem
  }
}
