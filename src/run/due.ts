// The pair or the measure that is due, made by itself: the gate that it belongs to is not gone through, and nothing is cut over or taken back.
import type { Database } from '../databases/database.ts'
import { notAtPairs } from '../errors/shadow.ts'
import { isMarked } from '../ledger/marks.ts'
import type { KnownRun } from '../ledger/runs.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import type { Done, RollBack, Waiting } from '../steps/step.ts'
import type { Work } from './context.ts'
import { handsFor } from './hands/hands.ts'
import { held } from './held.ts'
import { isLate } from './late.ts'
import type { RunOptions } from './run.ts'

export interface MadeDue {
  readonly run: string
  readonly step: string
  readonly title: string
  readonly came: Done | Waiting | RollBack
}

export const makeDue = (plan: Plan, db: Database, options: RunOptions = {}): Promise<MadeDue> => held(plan, db, options, atItsStep)

async function atItsStep(work: Work, there: KnownRun): Promise<MadeDue> {
  const step = await whereItStands(work)
  const run = `r${work.run}`
  // before it was verified there is no new side; after a cutover that was taken back, not any more
  if (!step?.doing?.keeps || !['waiting', 'failed'].includes(there.state)) throw notAtPairs({ run, at: step?.title, state: there.state })
  const { doing } = step
  const came = await doing.do(handsFor(work, step))
  return { run, step: step.id, title: step.title, came }
}

async function whereItStands({ plan, control, run, pass }: Work): Promise<PlannedStep | undefined> {
  if (!(await isMarked(control, run, 'verify', pass))) return undefined
  for (const step of plan.steps.filter(isLate)) if (!(await isMarked(control, run, step.id, 0))) return step
  return undefined
}
