// The time that a phase may take in one go, and the points at which it is looked at: between two steps, and between two units of rows.
import { timeSpent } from '../errors/gates.ts'
import type { Phase } from '../events/phase.ts'
import { span } from '../steps/times.ts'
import type { Work } from './context.ts'

/** The clock starts with the phase, in each process anew: what was stopped can be gone on with. */
export function timed(work: Work, phase: Phase): Work {
  const budgets = work.plan.steps.filter((s) => s.phase === phase).flatMap((s) => s.budgetMs ?? [])
  if (!budgets.length) return work
  const ms = Math.min(...budgets)
  return { ...work, timeLimit: { ms, from: work.clock.now() } }
}

export const isTimeUp = ({ timeLimit, clock }: Work): boolean => timeLimit !== undefined && clock.now() - timeLimit.from >= timeLimit.ms

export function refuseTimeUp(work: Work, phase: Phase, before: string): void {
  if (!isTimeUp(work)) return
  const { ms, from } = work.timeLimit!
  throw timeSpent({ phase, budget: span(ms), spent: span(work.clock.now() - from), before })
}
