// From when on the new shape is the truth: rows are not brought over any more, and a way back takes the cutover back first.
import type { Session } from '../databases/database.ts'
import type { Fence } from './lock.ts'
import { isMarked, markStep } from './marks.ts'

const mark = 'cut over'

export const isCutOver = (session: Session, run: number): Promise<boolean> => isMarked(session, run, mark, 0)

export async function cutOverAt(session: Session, run: number): Promise<number | undefined> {
  const { rows } = await session.query(`select detail ->> 'at' as at from godwit.mark where run = $1 and step = $2 and pass = 0`, [
    run,
    mark,
  ])
  return rows[0]?.['at'] ? Number(rows[0]['at']) : undefined
}

/** Before the first thing that is done, or together with it. */
export async function beginCutover(
  tx: Session,
  work: { readonly fence: Fence; readonly run: number; readonly plan: { readonly id: string }; readonly clock: { now(): number } },
): Promise<void> {
  await work.fence.check(tx)
  if (!(await isCutOver(tx, work.run))) await markStep(tx, work.run, mark, 0, { plan: work.plan.id, at: work.clock.now() })
}

/** All of it has been taken back: what was waited for or approved must be so anew. */
export async function endCutover(tx: Session, run: number): Promise<void> {
  await tx.query(`delete from godwit.mark where run = $1 and (step = $2 or step ~ '^(begun )?(cutover|contract)\\.')`, [run, mark])
  await tx.query('delete from godwit.before_cutover where run = $1', [run])
  await tx.query(`delete from godwit.memory where run = $1 and step ~ '^(cutover|contract)\\.'`, [run])
}
