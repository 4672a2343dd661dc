// A plan gone through, phase by phase, from where its run stands.

import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { rolledBack } from '../errors/steps.ts'
import { type Phase, phases } from '../events/phase.ts'
import type { View } from '../events/view.ts'
import { isCutOver } from '../ledger/cutover.ts'
import { isMarked, markStep } from '../ledger/marks.ts'
import { setState } from '../ledger/runs.ts'
import type { PlannedStep } from '../plan/plan.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { takeCutoverBack } from './cutover.ts'
import { refuseDrift } from './drift.ts'
import { retrying } from './failures.ts'
import { isVerificationOld, refuseUnguarded } from './guard.ts'
import { isLate } from './late.ts'
import { leaveAs, pause, wait } from './leave.ts'
import { keepEvents } from './life.ts'
import { remember } from './native.ts'
import { type Halt, oneStep, onlyLooks } from './one-step.ts'
import { settleAll } from './settle.ts'
import { bringSources } from './sources.ts'
import { refuseTimeUp, timed } from './time-budget.ts'
import { check, checkAgain, verifyStep } from './verify-step.ts'

interface Walk {
  readonly work: Work
  /** The rows of this pass are there and verified: only what comes after them is left. */
  readonly settled: boolean
  readonly walked: Set<MappingPlan>
  /** Whether this process has looked at the rows itself. */
  verified: boolean
}

/** What is done in each phase besides its steps. */
const before: { readonly [P in Phase]?: (w: Walk) => Promise<void> } = {
  expand: async ({ work }) => {
    await baseline(work)
    await bringSources(work)
  },
}
const after: { readonly [P in Phase]?: (w: Walk) => Promise<void> } = {
  backfill: ({ work, walked }) => settleAll(work, walked),
  verify: async (w) => {
    await check(w.work)
    w.verified = true
  },
}

export async function walk(work: Work, settled: boolean): Promise<View> {
  const w: Walk = { work, settled, walked: new Set(), verified: false }
  for (const phase of phases) {
    if (settled && !isLatePhase(phase)) {
      passOver(w, phase)
    } else {
      const halted = await onePhase(w, phase)
      if (halted) return halted
    }
    if (work.to === phase && phase !== 'contract') return pause(work, `stopped after ${phase}, as asked`)
  }
  await setState(work.control, work.run, 'finished')
  work.bus.emit({ type: 'run.finished' })
  await keepEvents(work)
  return work.bus.view
}

const isLatePhase = (phase: Phase): boolean => phase === 'cutover' || phase === 'contract'
const stepsIn = (work: Work, phase: Phase): readonly PlannedStep[] =>
  phase === 'verify' ? [] : work.plan.steps.filter((s) => s.phase === phase)

function passOver({ work }: Walk, phase: Phase): void {
  const ids = phase === 'verify' ? [verifyStep.id] : stepsIn(work, phase).map((s) => s.id)
  for (const step of ids) work.bus.emit({ type: 'step.skipped', step })
}

async function onePhase(w: Walk, phase: Phase): Promise<View | undefined> {
  await before[phase]?.(w)
  const work = timed(w.work, phase)
  for (const step of stepsIn(work, phase)) {
    if (step.budgetMs === undefined) refuseTimeUp(work, phase, step.title)
    if (await isFirstChange(w, step)) await sure(w)
    await refuseUnguarded(work, step)
    const halt = await oneStep(work, step, w.walked)
    if (work.signal.aborted) return pause(work, 'interrupted')
    if (halt && 'incomplete' in halt) refuseTimeUp(work, phase, `the rest of ${step.title}`)
    if (halt) return halted(work, step, halt)
  }
  await after[phase]?.(w)
  return undefined
}

async function halted(work: Work, step: PlannedStep, halt: Halt): Promise<View> {
  if ('waits' in halt) return wait(work, step.id, halt)
  if ('rollBack' in halt) {
    const steps = await takeCutoverBack(work)
    await leaveAs(work, work.control, 'rolled back')
    throw rolledBack({ run: `r${work.run}`, why: halt.rollBack, steps })
  }
  return pause(work, 'the limit is reached; run again without --limit to go on')
}

const isFirstChange = async ({ work }: Walk, step: PlannedStep): Promise<boolean> =>
  isLate(step) && !onlyLooks(step) && !(await isCutOver(work.control, work.run))

/** Verified by this process, and where that is asked for, a short time ago. */
async function sure(w: Walk): Promise<void> {
  if (w.verified && !(await isVerificationOld(w.work))) return
  await checkAgain(w.work)
  w.verified = true
}

/** Before the first write: what is there that is not ours, and the ledger's tables. */
export async function baseline(work: Work): Promise<void> {
  if (await isMarked(work.control, work.run, 'baseline', 0)) return
  await refuseDrift(work.plan, work.db)
  const body = async (tx: Session) => {
    await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
    await work.fence.check(tx)
    for (const s of work.plan.steps) if (s.mapping) for (const sql of s.mapping.ledger) await tx.query(sql)
    await remember(tx, work.plan, work.run)
    await markStep(tx, work.run, 'baseline', 0)
  }
  await retrying(
    'preparing the ledger',
    work.settings.retries,
    work.clock,
    work.signal,
    () => undefined,
    () => atOnce(work, work.control, body),
  )
}
