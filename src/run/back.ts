// A step taken back: by its own statements, or by what it has to say to that. One that was never begun is left alone.
import { undoRefused } from '../errors/run.ts'
import { isMarked, purgeOf } from '../ledger/marks.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { retrying } from './failures.ts'
import { handsFor } from './hands/hands.ts'
import { beginningOf } from './one-step.ts'
import { searching } from './searching.ts'
import { changeBackThere } from './there.ts'

type Way = NonNullable<PlannedStep['back']> | NonNullable<NonNullable<PlannedStep['doing']>['undo']>
const wayBack = (step: PlannedStep): Way | undefined => step.back ?? step.doing?.undo

const isMade = (work: Work, step: PlannedStep): Promise<boolean> =>
  isMarked(work.control, work.run, step.doing && !step.doing.gate ? beginningOf(step.id) : step.id, 0)

/** Steps that have been done and cannot be taken back: told before anything is. */
export async function irreversible(work: Work, steps: Plan['steps']): Promise<string[]> {
  const reasons: string[] = []
  for (const step of steps) {
    const way = wayBack(step)
    if (typeof way === 'object' && 'irreversible' in way && (await isMade(work, step))) reasons.push(`${step.title}: ${way.irreversible}`)
    if (step.doing?.purge && (await isMarked(work.control, work.run, purgeOf(step.id), 0))) reasons.push(`${step.title}: it was purged`)
  }
  return reasons
}

/** Whether there was anything to take back. */
export async function takeStepBack(work: Work, step: PlannedStep): Promise<boolean> {
  const way = wayBack(step)
  if (way === undefined || !(await isMade(work, step))) return false
  if (typeof way === 'function') await way(handsFor(work, step))
  else if ('irreversible' in way)
    throw undoRefused({ reasons: [`${step.title}: ${way.irreversible}`], hint: 'This step cannot be taken back.' })
  else if (work.db.elsewhere) await changeBackThere(work, step)
  else await changeBack(work, step, way)
  if (typeof way === 'function') await forget(work, step)
  return true
}

const changeBack = (work: Work, step: PlannedStep, statements: readonly { readonly sql: string }[]): Promise<void> =>
  retrying(
    `taking back ${step.title}`,
    Math.max(work.settings.retries, 10),
    work.clock,
    work.signal,
    () => undefined,
    () =>
      atOnce(work, work.control, async (tx) => {
        await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
        await work.fence.check(tx)
        await searching(tx, step)
        for (const s of statements) await tx.query(s.sql)
        await tx.query('delete from godwit.mark where run = $1 and step = $2', [work.run, step.id])
      }),
  )

async function forget(work: Work, { id }: PlannedStep): Promise<void> {
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    await tx.query('delete from godwit.mark where run = $1 and step = any ($2::text[])', [work.run, `{${id},"${beginningOf(id)}"}`])
    await tx.query('delete from godwit.memory where run = $1 and step = $2', [work.run, id])
  })
  await work.db.elsewhere?.deliver()
}
