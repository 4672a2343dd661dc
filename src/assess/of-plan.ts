// The audit as a run asks for it, from the plan that it carries out.
import type { Database } from '../databases/database.ts'
import type { Plan } from '../plan/plan.ts'
import type { Assess } from '../run/surroundings.ts'
import { assessData } from './assess.ts'
import { gradesOf, kept } from './assessment.ts'

export const assessPlan: Assess = async (plan, db, { now, environment, signal }) => {
  const found = await assessData(asMigration(plan), db, now, { environment, signal, budget: plan.manner.budget })
  const { outcome, says } = found.verdict
  const titles = (grade: 'error' | 'warning') => gradesOf(found.findings, grade).map((f) => f.title)
  return { outcome, says, errors: titles('error'), warnings: titles('warning'), kept: kept(found) }
}

/** What of a migration the audit looks at. */
const asMigration = (plan: Plan): Parameters<typeof assessData>[0] => ({
  name: plan.migration,
  mappings: [...plan.shapes.values()].map((s) => s.facts),
  reads: plan.reads,
  steps: plan.steps.map((step) => ({ step })),
})

/** What a program may ask for by itself. */
export const assessFor = (
  plan: Plan,
  db: Database,
  now: number,
  options: Parameters<typeof assessData>[3] = {},
): ReturnType<typeof assessData> => assessData(asMigration(plan), db, now, { budget: plan.manner.budget, ...options })
