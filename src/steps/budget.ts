// How long a phase may take at a stretch: when the time is over, the run stops at its next safe point, to be gone on with.
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import type { Step } from './step.ts'
import { span } from './times.ts'

/** Of the phase that it stands in, wherever it stands there. */
export function budget(time: string): Step {
  const at = origin()
  const budgetMs = milliseconds(time, at)
  if (budgetMs === 0)
    throw cannotPlan({ what: `budget ${time}`, why: 'in no time nothing is done', hint: 'Leave it out, or give it time.', at })
  const says = `stops at the next safe point after ${span(budgetMs)}`
  return {
    kind: 'budget',
    title: `at most ${span(budgetMs)} at a stretch`,
    at,
    params: { budgetMs },
    budgetMs,
    doing: { says: [says], gate: true, do: async () => ({ done: says }) },
  }
}
