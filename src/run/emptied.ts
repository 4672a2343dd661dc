// Tables that a step has emptied. TRUNCATE counts no rows, and what it takes nobody can bring back, so it is asked before and after.
import type { Session } from '../databases/database.ts'
import { postgres } from '../dialects/postgres.ts'
import type { Plan } from '../plan/plan.ts'
import { whereIs } from '../schema/schema.ts'

/** Of the tables that the plan reads or writes, those that hold a row. */
export async function tablesWithRows(tx: Session, plan: Plan): Promise<Set<string>> {
  const ids = await there(
    tx,
    [...plan.reads, ...plan.writes].filter((id) => !whereIs(id)),
  )
  if (!ids.length) return new Set()
  const asked = ids.map((id) => `select ${postgres.literal(id)} as id where exists (select from ${postgres.table(id)})`)
  const { rows } = await tx.query(asked.join(' union all '))
  return new Set(rows.map((r) => r['id']!))
}

/** The first that held rows before and holds none now; one that is there no more was dropped, and that is another matter. */
export async function emptied(tx: Session, plan: Plan, before: ReadonlySet<string>): Promise<string | undefined> {
  const now = await tablesWithRows(tx, plan)
  return (await there(tx, [...before])).find((id) => !now.has(id))
}

async function there(tx: Session, ids: readonly string[]): Promise<string[]> {
  if (!ids.length) return []
  const asked = ids.map(
    (id) => `select ${postgres.literal(id)} as id where to_regclass(${postgres.literal(postgres.table(id))}) is not null`,
  )
  const { rows } = await tx.query(asked.join(' union all '))
  return rows.map((r) => r['id']!)
}
