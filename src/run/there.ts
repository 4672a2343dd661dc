// Changes of the schema in a target whose rows are worked on elsewhere: carried out there, in its own words.
import type { Database, Session } from '../databases/database.ts'
import { targetUnsupported } from '../errors/target.ts'
import { markStep } from '../ledger/marks.ts'
import { schemaChanging } from '../ledger/runs.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { cutOver, isLate } from './late.ts'
import { seen } from './retired.ts'

export function refuseDryChange(plan: Plan, db: Database): void {
  const step = db.elsewhere && plan.steps.find((s) => s.forward)
  if (step)
    throw targetUnsupported({
      what: step.title,
      why: 'a dry run cannot try a change of the schema there',
      hint: 'Run without --dry-run on a copy of the database.',
    })
}

export async function changeThere(work: Work, step: PlannedStep): Promise<void> {
  await carriedOut(work, step.forward!, async (tx) => {
    await schemaChanging(tx, work.run, step.phase)
    if (isLate(step)) await cutOver(tx, work)
    await markStep(tx, work.run, step.id, 0)
  })
  await seen(work, step.phase)
}

export const changeBackThere = (work: Work, step: PlannedStep): Promise<void> =>
  carriedOut(work, step.back as readonly { readonly sql: string }[], (tx) =>
    tx.query('delete from godwit.mark where run = $1 and step = $2', [work.run, step.id]),
  )

/** The rows first: they are delivered with references looked after, and the statements without. */
async function carriedOut(
  work: Work,
  statements: readonly { readonly sql: string }[],
  noted: (tx: Session) => Promise<unknown>,
): Promise<void> {
  const there = work.db.elsewhere!
  await there.deliver()
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    await noted(tx)
  })
  await there.change(statements.map((s) => s.sql))
}
