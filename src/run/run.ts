// A plan carried out: step by step from where the ledger says it stands, under the lock, watched through events.
import type { Database, Session } from '../databases/database.ts'
import { probe } from '../databases/postgres/probe.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { GodwitError } from '../errors/error.ts'
import { interrupted } from '../errors/run.ts'
import { notBefore } from '../errors/steps.ts'
import { Bus } from '../events/bus.ts'
import type { Observe } from '../events/event.ts'
import { type Phase, phases } from '../events/phase.ts'
import type { View } from '../events/view.ts'
import { isCutOver } from '../ledger/cutover.ts'
import { leave, nameRun, takeLock } from '../ledger/lock.ts'
import { liveRun, openRun } from '../ledger/runs.ts'
import { installLedger } from '../ledger/tables.ts'
import type { Manner, Plan } from '../plan/plan.ts'
import { type Clock, wallClock } from './clock.ts'
import { defaults, type Settings, type Work } from './context.ts'
import { fail, pause } from './leave.ts'
import { withHeartbeat } from './life.ts'
import { oneStep } from './one-step.ts'
import { settleAll } from './settle.ts'
import { bringSources } from './sources.ts'
import { type Around, surroundings } from './surroundings.ts'
import { refuseDryChange } from './there.ts'
import { check, verifyStep } from './verify-step.ts'
import { baseline, walk } from './walk.ts'

export interface RunOptions extends Manner, Around {
  readonly limit?: number | undefined
  readonly dryRun?: boolean
  /** The last phase to be gone through. Up to `verify`, a run that is complete passes over its source again. */
  readonly to?: Phase | undefined
  readonly observe?: Observe
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

export async function run(plan: Plan, db: Database, options: RunOptions = {}): Promise<View> {
  if (!options.dryRun) return delivered(db, () => carriedOut(plan, db, options))
  refuseDryChange(plan, db)
  await db.elsewhere?.refresh()
  return carriedOut(plan, db, options)
}

async function carriedOut(plan: Plan, db: Database, options: RunOptions): Promise<View> {
  const clock = options.clock ?? wallClock
  const bus = new Bus(() => clock.now(), options.observe ? [options.observe] : [])
  await probe(db)
  const control = await db.open()
  try {
    return await locked(control, async () => {
      const settings: Settings = { ...defaults, ...given(plan.manner), ...given(options) }
      await refuseTooEarly(control, plan)
      const fence = await takeLock(control, null)
      const signal = options.signal ?? new AbortController().signal
      const base = { plan, db, control, fence, settings, bus, clock, signal, shape: '', around: surroundings(options), to: options.to }
      if (options.dryRun) return dryRun({ ...base, run: 0, pass: 1, dry: true })
      const opened = await openRun(control, plan, {
        environment: options.environment,
        settings: { workers: settings.workers, chunk: settings.chunk, by: base.around.by },
        again: passesAgain(options.to),
        to: options.to,
      })
      await nameRun(control, opened.id)
      const work: Work = { ...base, run: opened.id, pass: opened.pass, dry: false }
      announce(work, opened.resumed)
      return await withHeartbeat(work, () => carryOut(work, opened.settled))
    })
  } finally {
    await control.close()
  }
}

/** Whoever asks for rows or their verification means them anew. */
const passesAgain = (to: Phase | undefined): boolean => to !== undefined && ['expand', 'backfill', 'verify'].includes(to)

async function refuseTooEarly(control: Session, plan: Plan): Promise<void> {
  for (const before of plan.after) {
    const there = await liveRun(control, before)
    if (there && (there.state === 'finished' || (await isCutOver(control, there.id)))) continue
    throw notBefore({ migration: plan.migration, before, state: there ? there.state : 'not begun' })
  }
}

const given = (o: Manner & { limit?: number | undefined }): Partial<Settings> =>
  Object.fromEntries(
    Object.entries({
      workers: o.workers,
      chunk: o.chunk,
      budget: o.budget,
      retries: o.retries,
      lockTimeoutMs: o.lockTimeoutMs,
      limit: o.limit,
    }).filter(([, v]) => v !== undefined),
  )

async function locked<T>(control: Session, body: () => Promise<T>): Promise<T> {
  await installLedger(control)
  try {
    return await body()
  } finally {
    await leave(control).catch(() => undefined)
  }
}

function announce(work: Work, resumed: boolean): void {
  const steps = work.plan.steps.map((s) => ({
    id: s.id,
    phase: s.phase,
    title: s.title,
    ...(s.rows === undefined ? {} : { rows: s.rows }),
  }))
  const ordered = phases.flatMap((phase) => (phase === 'verify' ? [verifyStep] : steps.filter((s) => s.phase === phase)))
  work.bus.emit({
    type: 'run.started',
    run: `r${work.run}`,
    migration: work.plan.migration,
    plan: work.plan.id,
    pass: work.pass,
    resumed,
    steps: ordered,
  })
}

async function carryOut(work: Work, settled: boolean): Promise<View> {
  try {
    return await walk(work, settled)
  } catch (error) {
    if (error instanceof GodwitError && error.code === interrupted.code) throw error
    if (work.signal.aborted && !(error instanceof GodwitError)) return await pause(work, 'interrupted')
    await fail(work, error)
    throw error
  }
}

/** The whole run in one transaction, rolled back: exact, because it really was done. */
async function dryRun(work: Work): Promise<View> {
  const undone = Symbol('dry')
  try {
    await work.control.transaction(async () => {
      const opened = await openRun(work.control, work.plan, { environment: undefined, settings: {} })
      const dry = { ...work, run: opened.id, pass: opened.pass }
      announce(dry, opened.resumed)
      await tried(dry)
      dry.bus.emit({ type: 'run.paused', note: 'dry run: all of it was rolled back' })
      throw undone
    })
  } catch (error) {
    if (error !== undone) throw error
  }
  return work.bus.view
}

async function tried(dry: Work): Promise<void> {
  await baseline(dry)
  await bringSources(dry)
  const walked = new Set<MappingPlan>()
  for (const step of dry.plan.steps.filter((s) => s.phase === 'expand' || s.phase === 'backfill')) await oneStep(dry, step, walked)
  if (dry.settings.limit !== undefined) return
  await settleAll(dry, walked)
  await check(dry)
}
