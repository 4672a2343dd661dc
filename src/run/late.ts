// Steps from the cutover on: with the first that changes anything, the new shape is the truth.
import type { Session } from '../databases/database.ts'
import { beginCutover, isCutOver } from '../ledger/cutover.ts'
import type { PlannedStep } from '../plan/plan.ts'
import type { Work } from './context.ts'
import { rememberKeys } from './new-writes.ts'

export const isLate = (step: PlannedStep): boolean => step.phase === 'cutover' || step.phase === 'contract'

/** What is there then is remembered: whatever comes later has come through the new shape. */
export async function cutOver(tx: Session, work: Work): Promise<void> {
  if (!(await isCutOver(tx, work.run))) await rememberKeys(tx, work.plan, work.run)
  await beginCutover(tx, work)
}
