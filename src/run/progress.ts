// Counts for those who watch a mapping, and the budget for what may fall out of it.
import type { MappingPlan } from '../dialects/compile.ts'
import { budgetSpent } from '../errors/run.ts'
import { stepOf, type Work } from './context.ts'
import type { UnitResult } from './unit.ts'

/** Counts for those who watch, and the budget. */
export async function progressOf(work: Work, mapping: MappingPlan) {
  const step = stepOf(work, mapping)
  const { rows } = await work.control.query(
    'select read::text as read, quarantined::text as quarantined from godwit.books where run = $1 and mapping = $2 and pass = $3',
    [work.run, mapping.shape.name, work.pass],
  )
  let done = Number(rows[0]?.['read'] ?? 0)
  let quarantined = Number(rows[0]?.['quarantined'] ?? 0)
  const of = Number((await work.control.query(`select count(*)::text as n from ${mapping.shape.source}`)).rows[0]!['n'])
  const budget = budgetOf(work, of)
  work.bus.emit({ type: 'step.progress', step, done, of, quarantined })
  return {
    async add(r: UnitResult): Promise<void> {
      done += r.read
      quarantined += r.quarantined
      work.bus.emit({ type: 'step.progress', step, done, of, quarantined })
      if (quarantined > budget) await overBudget(work, mapping, budget)
    },
  }
}

const budgetOf = (work: Work, rows: number): number =>
  Math.min(work.settings.budget.rows, Math.ceil((rows * work.settings.budget.percent) / 100))

/** Rows that only fell out when they were looked at again were not counted on the way. */
export async function refuseOverBudget(work: Work, mapping: MappingPlan): Promise<void> {
  const { rows } = await work.control.query(`select count(*)::text as n from ${mapping.shape.source}`)
  await overBudget(work, mapping, budgetOf(work, Number(rows[0]!['n'])))
}

async function overBudget(work: Work, mapping: MappingPlan, budget: number): Promise<void> {
  const who = [work.plan.migration, mapping.shape.name]
  const open = Number(
    (
      await work.control.query(
        'select count(*)::text as n from godwit.quarantine where migration = $1 and mapping = $2 and waived_at is null',
        who,
      )
    ).rows[0]!['n'],
  )
  if (open <= budget) return
  const { rows } = await work.control.query(
    `select code, array_to_string(columns, ', ') as columns, count(*)::text as n from godwit.quarantine where migration = $1 and mapping = $2 and waived_at is null group by 1, 2 order by count(*) desc limit 5`,
    who,
  )
  throw budgetSpent({
    mapping: mapping.shape.name,
    quarantined: open,
    budget,
    run: `r${work.run}`,
    causes: rows.map((r) => `${r['n']}  ${r['code']}  ${r['columns']}`),
  })
}
