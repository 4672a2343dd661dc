// A cutover taken back: its steps and those of contract, last first. The rows stay where they are.
import type { Database } from '../databases/database.ts'
import { undoRefused } from '../errors/run.ts'
import { undoNeedsCutover } from '../errors/steps.ts'
import { endCutover, isCutOver } from '../ledger/cutover.ts'
import { setState } from '../ledger/runs.ts'
import type { Plan } from '../plan/plan.ts'
import { atOnce } from './at-once.ts'
import { irreversible, takeStepBack } from './back.ts'
import type { Work } from './context.ts'
import { held } from './held.ts'
import { isLate } from './late.ts'
import { keepEvents } from './life.ts'
import type { RunOptions } from './run.ts'

/** Gives what was taken back, in the order in which it was. */
export async function takeCutoverBack(work: Work): Promise<string[]> {
  const taken: string[] = []
  for (const step of work.plan.steps.toReversed()) {
    if (!isLate(step)) continue
    if (!(await takeStepBack(work, step))) continue
    work.bus.emit({ type: 'step.undone', step: step.id })
    taken.push(step.title)
  }
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    await endCutover(tx, work.run)
  })
  await work.db.elsewhere?.deliver()
  return taken
}

export interface CutoverUndone {
  readonly run: string
  /** Titles of the steps that were taken back, in the order in which they were. */
  readonly steps: readonly string[]
}

/** Only the cutover: the old way is the truth again, and the rows that were migrated stay for the next time. */
export const undoCutover = (plan: Plan, db: Database, options: RunOptions = {}): Promise<CutoverUndone> =>
  held(plan, db, options, async (work) => {
    const run = `r${work.run}`
    if (!(await isCutOver(work.control, work.run))) throw undoNeedsCutover({ run })
    const reasons = await irreversible(work, plan.steps.filter(isLate))
    if (reasons.length)
      throw undoRefused({ reasons, hint: 'What such a step did stays done; undo what can be undone by hand, in the order of the plan.' })
    announce(work)
    const steps = await takeCutoverBack(work)
    await setState(work.control, work.run, 'paused')
    work.bus.emit({ type: 'run.paused', note: 'the cutover was taken back' })
    await keepEvents(work)
    return { run, steps }
  })

const announce = ({ bus, run, plan, pass }: Work): void =>
  bus.emit({
    type: 'run.started',
    run: `r${run}`,
    migration: plan.migration,
    plan: plan.id,
    pass,
    resumed: true,
    steps: plan.steps
      .toReversed()
      .filter((s) => isLate(s) && (s.back || s.doing?.undo))
      .map((s) => ({ id: s.id, phase: s.phase, title: `take back ${s.title}` })),
  })
