// Names that do not say their schema: a step that was made of plain SQL says where they are looked up.
import type { Session } from '../databases/database.ts'
import type { PlannedStep } from '../plan/plan.ts'

/** Goes with the transaction. */
export async function searching(tx: Session, { path }: Pick<PlannedStep, 'path'>): Promise<void> {
  if (path !== undefined) await tx.query(`set local search_path = ${path}`)
}

/** Goes with the session. */
export async function searchingAlone(session: Session, { path }: Pick<PlannedStep, 'path'>): Promise<void> {
  if (path !== undefined) await session.query(`set search_path = ${path}`)
}

/** As every session of ours begins. */
export async function searchingNowhere(tx: Session, { path }: Pick<PlannedStep, 'path'>): Promise<void> {
  if (path !== undefined) await tx.query('set local search_path = pg_catalog, pg_temp')
}
