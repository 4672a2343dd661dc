// A plan carried out: step by step from where the ledger says it stands, under the lock, watched through events.
import type { Database, Session } from '../databases/database.ts'
import { probe } from '../databases/postgres/probe.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { postgres } from '../dialects/postgres.ts'
import { GodwitError } from '../errors/error.ts'
import { interrupted, stepEmptied, stepWroteRows, verificationSaidNo } from '../errors/run.ts'
import { Bus } from '../events/bus.ts'
import type { Observe } from '../events/event.ts'
import type { View } from '../events/view.ts'
import { leave, nameRun, takeLock } from '../ledger/lock.ts'
import { isMarked, markStep, openRun, schemaChanging, schemaSeen, setState } from '../ledger/runs.ts'
import { installLedger } from '../ledger/tables.ts'
import type { Manner, Plan, PlannedStep } from '../plan/plan.ts'
import { whereIs } from '../schema/schema.ts'
import { atOnce } from './at-once.ts'
import { type Clock, wallClock } from './clock.ts'
import { defaults, type Settings, type Work } from './context.ts'
import { refuseDrift } from './drift.ts'
import { emptied, tablesWithRows } from './emptied.ts'
import { retrying, stopped } from './failures.ts'
import { keepEvents, withHeartbeat } from './life.ts'
import { mapAll } from './mapping-pass.ts'
import { remember } from './native.ts'
import { settleAll } from './settle.ts'
import { bringSources } from './sources.ts'
import { changeThere, refuseDryChange } from './there.ts'
import { type overall, verify, verifyIn } from './verify.ts'

export interface RunOptions extends Manner {
  readonly limit?: number | undefined
  readonly dryRun?: boolean
  readonly environment?: string | undefined
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
      const fence = await takeLock(control, null)
      const base = { plan, db, control, fence, settings, bus, clock, signal: options.signal ?? new AbortController().signal, shape: '' }
      if (options.dryRun) return dryRun({ ...base, run: 0, pass: 1, dry: true })
      const opened = await openRun(control, plan, {
        environment: options.environment,
        settings: { workers: settings.workers, chunk: settings.chunk },
      })
      await nameRun(control, opened.id)
      const work: Work = { ...base, run: opened.id, pass: opened.pass, dry: false }
      announce(work, opened.resumed)
      return await withHeartbeat(work, () => carryOut(work))
    })
  } finally {
    await control.close()
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
  const verification = {
    id: 'verify.0',
    phase: 'verify' as const,
    title: 'books, rows against the mapping, checks, rows that are not ours',
  }
  const before = steps.filter((s) => s.phase === 'expand' || s.phase === 'backfill')
  const after = steps.filter((s) => s.phase === 'cutover' || s.phase === 'contract')
  const ordered = [...before, verification, ...after]
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

async function carryOut(work: Work): Promise<View> {
  try {
    await baseline(work)
    await bringSources(work)
    const walked = new Set<MappingPlan>()
    for (const step of work.plan.steps.filter((s) => s.phase === 'expand' || s.phase === 'backfill')) {
      const complete = await oneStep(work, step, walked)
      if (work.signal.aborted) return await pause(work, 'interrupted')
      if (!complete) return await pause(work, 'the limit is reached; run again without --limit to go on')
    }
    await settleAll(work, walked)
    await check(work)
    for (const step of work.plan.steps.filter((s) => s.phase === 'cutover' || s.phase === 'contract')) await oneStep(work, step)
    await setState(work.control, work.run, 'finished')
    work.bus.emit({ type: 'run.finished' })
    await keepEvents(work)
    return work.bus.view
  } catch (error) {
    if (error instanceof GodwitError && error.code === interrupted.code) throw error
    if (work.signal.aborted && !(error instanceof GodwitError)) return await pause(work, 'interrupted')
    await fail(work, error)
    throw error
  }
}

async function pause(work: Work, why: string): Promise<View> {
  work.bus.emit({ type: 'run.paused', note: why })
  await leaveAs(work, work.control, 'paused').catch(() => undefined)
  if (why === 'interrupted') throw interrupted({ run: `r${work.run}`, rows: work.bus.view.steps.reduce((n, s) => n + s.done, 0) })
  return work.bus.view
}

async function fail(work: Work, error: unknown): Promise<void> {
  const e = error instanceof GodwitError ? error : undefined
  work.bus.emit({
    type: 'run.failed',
    error: {
      code: e?.code ?? 'GW_INTERNAL',
      message: e?.message ?? (error instanceof Error ? error.message : String(error)),
      hint: e?.hint ?? '',
      ...(e?.at ? { at: e.at } : {}),
    },
  })
  // the connection that failed may be this one; the run's state then stays 'running', and the next run finds out
  await work.db.session((s) => leaveAs(work, s, 'failed')).catch(() => undefined)
}

/** What the ledger says of a run that ends before its end: only as long as nobody has taken it over. */
const leaveAs = (work: Work, session: Session, state: 'paused' | 'failed'): Promise<void> =>
  session.transaction(async (tx) => {
    await work.fence.check(tx)
    await setState(tx, work.run, state)
    await keepEvents({ ...work, control: tx })
  })

/** Before the first write: what is there that is not ours, and the ledger's tables. */
async function baseline(work: Work): Promise<void> {
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

async function oneStep(work: Work, step: PlannedStep, walked = new Set<MappingPlan>()): Promise<boolean> {
  // a change of the schema is made once; rows are gone over in each pass
  const pass = step.mapping ? work.pass : 0
  if (await isMarked(work.control, work.run, step.id, pass)) {
    if (step.mapping) await books(work, step)
    work.bus.emit({ type: 'step.skipped', step: step.id })
    return true
  }
  work.bus.emit({ type: 'step.started', step: step.id })
  if (step.mapping) {
    walked.add(step.mapping)
    if (!(await mapAll(work, step.mapping)) || work.signal.aborted) {
      await books(work, step)
      return false
    }
    await books(work, step)
    await markStep(work.control, work.run, step.id, pass)
  } else if (step.forward) await change(work, step)
  work.bus.emit({ type: 'step.done', step: step.id })
  await keepEvents(work)
  return true
}

async function books(work: Work, step: PlannedStep): Promise<void> {
  const name = step.mapping!.shape.name
  const { rows } = await work.control.query(
    'select read::text as read, migrated::text as migrated, quarantined::text as quarantined, filtered::text as filtered, warned::text as warned from godwit.books where run = $1 and mapping = $2 and pass = $3',
    [work.run, name, work.pass],
  )
  const n = (k: string) => Number(rows[0]?.[k] ?? 0)
  work.bus.emit({
    type: 'step.books',
    step: step.id,
    mapping: name,
    books: { read: n('read'), migrated: n('migrated'), quarantined: n('quarantined'), filtered: n('filtered'), warned: n('warned') },
  })
}

/** DDL never waits long for a lock: what queues behind it waits as long as it does. */
async function change(work: Work, step: PlannedStep): Promise<void> {
  if (work.db.elsewhere) return changeThere(work, step)
  const waiting = (why: string) => work.bus.emit({ type: 'step.waiting', step: step.id, why })
  const body = async (tx: Session) => {
    await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
    await work.fence.check(tx)
    const before = await tablesWithRows(tx, work.plan)
    for (const s of step.forward!) await tx.query(s.sql)
    await refuseWritten(tx, work, step)
    const table = await emptied(tx, work.plan, before)
    if (table) throw stepEmptied({ step: step.title, at: step.at, table })
    await schemaChanging(tx, work.run)
    await markStep(tx, work.run, step.id, 0)
  }
  await retrying(step.title, Math.max(work.settings.retries, 10), work.clock, work.signal, waiting, () =>
    atOnce(work, work.control, body),
  ).catch((e: unknown) => {
    throw stopped(step.title, e)
  })
  if (!work.dry) await schemaSeen(work.control, work.run, work.plan, await work.db.schema())
}

/** A step may change what tables are; the rows of those that the plan only reads it leaves alone. */
async function refuseWritten(tx: Session, work: Work, step: PlannedStep): Promise<void> {
  const tables = work.plan.reads.filter((id) => !whereIs(id)).map((id) => `to_regclass(${postgres.literal(postgres.table(id))})`)
  if (!tables.length) return
  const { rows } = await tx.query(
    `select schemaname || '.' || relname as id, (n_tup_ins + n_tup_upd + n_tup_del)::text as n from pg_stat_xact_all_tables where relid = any (array[${tables.join(', ')}]::oid[]) and n_tup_ins + n_tup_upd + n_tup_del > 0`,
  )
  if (rows.length) throw stepWroteRows({ step: step.title, at: step.at, table: rows[0]!['id']!, rows: Number(rows[0]!['n']) })
}

async function check(work: Work): Promise<void> {
  work.bus.emit({ type: 'step.started', step: 'verify.0' })
  const tell = (answer: Parameters<typeof overall>[0][number]) => work.bus.emit({ type: 'check.answered', step: 'verify.0', answer })
  const result = work.dry
    ? await verify(work.control, work.plan, work.run, work.pass, tell)
    : await verifyIn(work.db, work.plan, work.run, work.pass, tell)
  const detail = { verdict: result.verdict, checks: result.answers.length, notes: result.notes }
  if (!work.dry) await markStep(work.control, work.run, 'verify', work.pass, detail)
  if (result.verdict !== 'passed') throw saidNo(result)
  work.bus.emit({ type: 'step.done', step: 'verify.0', ...(result.notes.length ? { note: result.notes.join(' ') } : {}) })
}

function saidNo(result: Awaited<ReturnType<typeof verify>>): GodwitError {
  const bad = result.answers.filter((a) => a.verdict !== 'passed')
  return verificationSaidNo({
    message: bad
      .map((a) => `${a.verdict}: ${a.title}${a.wrong ? `, ${a.wrong} wrong of ${a.examined}` : ''}${a.note ? ` (${a.note})` : ''}`)
      .join('\n  '),
  })
}

/** The whole run in one transaction, rolled back: exact, because it really was done. */
async function dryRun(work: Work): Promise<View> {
  const undone = Symbol('dry')
  try {
    await work.control.transaction(async () => {
      const opened = await openRun(work.control, work.plan, { environment: undefined, settings: {} })
      const dry = { ...work, run: opened.id, pass: opened.pass }
      announce(dry, opened.resumed)
      await baseline(dry)
      await bringSources(dry)
      const walked = new Set<MappingPlan>()
      for (const step of dry.plan.steps.filter((s) => s.phase === 'expand' || s.phase === 'backfill')) await oneStep(dry, step, walked)
      if (dry.settings.limit === undefined) {
        await settleAll(dry, walked)
        await check(dry)
      }
      dry.bus.emit({ type: 'run.paused', note: 'dry run: all of it was rolled back' })
      throw undone
    })
  } catch (error) {
    if (error !== undone) throw error
  }
  return work.bus.view
}
