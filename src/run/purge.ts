// What a run has retired, dropped for good: not before its time, not without a copy, and written down. No undo comes back from here.
import type { Database } from '../databases/database.ts'
import { nothingRetired, notKept, purgeTooEarly } from '../errors/cutover.ts'
import { isMarked, markStep, purgeOf } from '../ledger/marks.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import type { Retired } from '../steps/retire/engine.ts'
import type { Kept } from '../steps/retire/retire.ts'
import { shown } from '../steps/retire/shelf.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { handsFor } from './hands/hands.ts'
import { held } from './held.ts'
import { retiredBy } from './retired.ts'
import type { RunOptions } from './run.ts'

/** What is kept elsewhere of the rows that go. */
export interface Copy {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

export interface PurgeOptions extends RunOptions {
  readonly copies?: readonly Copy[]
  /** Why there is no copy. */
  readonly withoutCopy?: string
}

export interface Purged {
  readonly run: string
  readonly gone: readonly Retired[]
}

/** What may be purged, and from when on. */
export interface Purgeable {
  readonly step: PlannedStep
  readonly kept: Kept
  /** In milliseconds of the clock. */
  readonly from: number
}

export const purge = (plan: Plan, db: Database, options: PurgeOptions = {}): Promise<Purged> =>
  held(plan, db, options, (work) => purged(work, options))

export const purgeable = (plan: Plan, db: Database, options: RunOptions = {}): Promise<readonly Purgeable[]> =>
  held(plan, db, options, waitingToGo)

async function purged(work: Work, options: PurgeOptions): Promise<Purged> {
  const all = await waitingToGo(work)
  const gone = all.flatMap(({ kept }) => kept.retired)
  if (!all.length) throw nothingRetired({ migration: work.plan.migration })
  for (const each of all) refuseEarly(work, each)
  if (!options.copies?.length && options.withoutCopy === undefined) throw notKept({ what: gone.map(shown) })
  for (const each of all) await drop(work, each, options)
  return { run: `r${work.run}`, gone }
}

async function waitingToGo(work: Work): Promise<readonly Purgeable[]> {
  const all: Purgeable[] = []
  for (const { step: id, kept } of await retiredBy(work.control, work.run)) {
    const step = work.plan.steps.find((s) => s.id === id)
    if (!step?.doing?.purge || !(await isMarked(work.control, work.run, id, 0)) || (await isGone(work, id))) continue
    all.push({ step, kept, from: kept.at + step.doing.purge.keepMs })
  }
  return all
}

function refuseEarly({ clock }: Work, { kept, from }: Purgeable): void {
  const left = from - clock.now()
  if (left > 0) throw purgeTooEarly({ what: kept.retired.map(shown).join(', '), left, until: new Date(from).toISOString() })
}

/** Begun is written down first: from then on it is said that there is no way back. */
async function drop(work: Work, { step, kept }: Purgeable, { copies = [], withoutCopy }: PurgeOptions): Promise<void> {
  const record = {
    by: work.around.by,
    at: work.clock.now(),
    plan: work.plan.id,
    retired: kept.retired,
    copies,
    withoutCopy: withoutCopy ?? null,
  }
  await noted(work, step, { ...record, gone: false })
  await step.doing!.purge!.drop(handsFor(work, step))
  await noted(work, step, { ...record, gone: true })
}

async function noted(work: Work, step: PlannedStep, detail: object): Promise<void> {
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    await markStep(tx, work.run, purgeOf(step.id), 0, detail)
  })
  await work.db.elsewhere?.deliver()
}

async function isGone({ control, run }: Work, step: string): Promise<boolean> {
  const { rows } = await control.query(`select detail ->> 'gone' as gone from godwit.mark where run = $1 and step = $2`, [
    run,
    purgeOf(step),
  ])
  return rows[0]?.['gone'] === 'true'
}
