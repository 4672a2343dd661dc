// Rows that several source rows share, once all of these have gone or not.
import type { MappingPlan } from '../dialects/compile.ts'
import { wantedGroups } from '../dialects/groups.ts'
import { postgres } from '../dialects/postgres.ts'
import { isMarked, markStep } from '../ledger/marks.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { sharedRows } from './groups.ts'
import { prepare } from './prepare.ts'
import { markUnit, refuseHanging } from './unit.ts'

/** Rows that were counted into a group beforehand, and then could not go for a reason that only showed on the way. */
const someFellOut = async (work: Work, mapping: MappingPlan): Promise<boolean> =>
  (
    await work.control.query(
      `select 1 as one from godwit.quarantine where migration = $1 and mapping = $2 and (rule = 0 or code = 'COMPUTE_ERROR' or blocked_by is not null) limit 1`,
      [work.plan.migration, mapping.shape.name],
    )
  ).rows.length > 0

/** When all mappings are through, so that nobody points any more at what goes. `walked`: what this process has prepared itself. */
export async function settleAll(work: Work, walked: ReadonlySet<MappingPlan>): Promise<void> {
  for (const { mapping } of work.plan.steps.toReversed()) {
    if (!mapping?.groups.length) continue
    const moved = work.pass > 1 || mapping.secondPass || mapping.sharedTwins.length > 0 || (await someFellOut(work, mapping))
    if (!moved || (await isMarked(work.control, work.run, `settled ${mapping.shape.name}`, work.pass))) continue
    if (!walked.has(mapping)) await prepare(work, mapping)
    await settleGroups(work, mapping, true)
    await markStep(work.control, work.run, `settled ${mapping.shape.name}`, work.pass)
  }
}

export async function settleGroups(work: Work, mapping: MappingPlan, drop: boolean): Promise<void> {
  for (const g of mapping.groups) {
    for (const sql of g.gatherSettled) await work.control.query(sql)
    await sharedRows(g, () =>
      atOnce(work, work.control, async (tx) => {
        await work.fence.check(tx)
        if (g.statements.settle !== undefined) await tx.query(g.statements.settle)
        if (drop) {
          await refuseHanging(tx, g.statements.hanging, g.output.output.at)
          await tx.query(g.statements.drop)
        }
        await markUnit(work, tx, mapping, 'groups')
      }),
    )
    await work.control.query(`drop table if exists ${wantedGroups(mapping.shape, g.output, { sql: postgres })}`)
  }
}
