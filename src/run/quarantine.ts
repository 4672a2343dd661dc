// Quarantine as a workbench: what did not go and why, by cause and by row; tried again, or waived with a reason.
import type { Database, Session } from '../databases/database.ts'
import { noRun } from '../errors/run.ts'
import { Bus } from '../events/bus.ts'
import type { BooksTotals } from '../events/event.ts'
import { audit } from '../ledger/audit.ts'
import { leave, takeLock } from '../ledger/lock.ts'
import { isComplete, liveRun, refuseOtherContents } from '../ledger/runs.ts'
import { installLedger } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { wallClock } from './clock.ts'
import { defaults, type Work } from './context.ts'
import { shapeOfTables } from './drift.ts'
import { withHeartbeat } from './life.ts'
import { openSession, prepare } from './prepare.ts'
import { keyOfText, recount, remapKeys } from './remap.ts'
import { settleGroups } from './settle.ts'
import { bringSources } from './sources.ts'
import { surroundings } from './surroundings.ts'
import { textArray } from './unit.ts'

export interface Cause {
  readonly mapping: string
  readonly code: string
  readonly columns: string
  readonly says: string
  readonly at: string | null
  readonly rows: number
  readonly waived: number
  readonly examples: readonly string[]
}
export interface QuarantinedRow {
  readonly mapping: string
  readonly key: string
  readonly code: string
  readonly columns: readonly string[]
  readonly says: string
  readonly at: string | null
  readonly detail: string | null
  readonly blockedBy: string | null
  readonly since: string
  readonly run: string
  readonly waived: { readonly by: string; readonly why: string; readonly at: string } | null
  readonly raw: Readonly<Record<string, string | null>>
}
export interface Which {
  readonly mapping?: string | undefined
  readonly keys?: readonly string[] | undefined
  readonly code?: string | undefined
}

export async function causes(session: Session, migration: string): Promise<Cause[]> {
  const { rows } = await session.query(
    `select mapping, code, array_to_string(columns, ', ') as columns, says, min(at) as at, count(*)::text as n, count(waived_at)::text as waived,
      array_to_json((array_agg(distinct left(coalesce(raw ->> columns[1], key), 60)))[1:3])::text as examples
      from godwit.quarantine where migration = $1 group by mapping, code, columns, says order by count(*) desc, code, columns, says`,
    [migration],
  )
  return rows.map((r) => ({
    mapping: r['mapping']!,
    code: r['code']!,
    columns: r['columns'] ?? '',
    says: r['says']!,
    at: r['at']!,
    rows: Number(r['n']),
    waived: Number(r['waived']),
    examples: (JSON.parse(r['examples'] ?? '[]') as (string | null)[]).map((x) => x ?? 'null'),
  }))
}

const where = `migration = $1 and ($2::text is null or mapping = $2) and ($3::text[] is null or key = any ($3::text[])) and ($4::text is null or code = $4 or code like $4 || ':%')`
const given = (migration: string, w: Which): (string | null)[] => [
  migration,
  w.mapping ?? null,
  w.keys ? textArray(w.keys) : null,
  w.code ?? null,
]

export async function quarantined(session: Session, migration: string, which: Which = {}, limit = 1_000_000): Promise<QuarantinedRow[]> {
  const { rows } = await session.query(
    `select mapping, key, code, array_to_json(columns)::text as columns, says, at, detail, blocked_by, since::text as since, run::text as run, waived_by, waived_why, waived_at::text as waived_at, raw::text as raw
      from godwit.quarantine where ${where} order by mapping, length(key), key limit ${limit}`,
    given(migration, which),
  )
  return rows.map((r) => ({
    mapping: r['mapping']!,
    key: r['key']!,
    code: r['code']!,
    columns: JSON.parse(r['columns']!) as string[],
    says: r['says']!,
    at: r['at']!,
    detail: r['detail']!,
    blockedBy: r['blocked_by']!,
    since: r['since']!,
    run: `r${r['run']}`,
    waived: r['waived_at'] === null ? null : { by: r['waived_by']!, why: r['waived_why']!, at: r['waived_at']! },
    raw: r['raw'] === null ? {} : (JSON.parse(r['raw']!) as Record<string, string | null>),
  }))
}

export async function waive(session: Session, migration: string, which: Which, by: string, why: string): Promise<number> {
  return session.transaction(async (tx) => {
    const { count } = await tx.query(`update godwit.quarantine set waived_by = $5, waived_why = $6, waived_at = now() where ${where}`, [
      ...given(migration, which),
      by,
      why,
    ])
    const run = await liveRun(tx, migration)
    if (count) await audit(tx, [{ what: 'waived', run: run?.id, plan: run?.plan, who: by, detail: { rows: count, why } }], wallClock.now())
    return count
  })
}

export interface Retried {
  readonly tried: number
  readonly migrated: number
  readonly still: number
  readonly books: readonly { readonly mapping: string; readonly totals: BooksTotals }[]
}

/** Tries quarantined rows again, and then those that waited for them, until nothing moves. */
export const retry = (plan: Plan, db: Database, which: Which = {}): Promise<Retried> =>
  underLock(plan, db, (work) => retried(work, which), 'quarantine retried')

async function retried(work: Work, which: Which): Promise<Retried> {
  const { plan } = work
  let migrated = 0
  const asked = new Set<string>()
  for (const step of plan.steps) {
    const mapping = step.mapping
    if (!mapping || (which.mapping && which.mapping !== mapping.shape.name && !dependsOn(plan, mapping.shape.name, which.mapping))) continue
    await prepare(work, mapping)
    for (let moved = true; moved; ) {
      const chosen = which.mapping === undefined || which.mapping === mapping.shape.name ? which : {}
      const keys = (await quarantined(work.control, plan.migration, { ...chosen, mapping: mapping.shape.name })).map((q) => q.key)
      const waiting = (await quarantined(work.control, plan.migration, { mapping: mapping.shape.name, code: 'PARENT_QUARANTINED' })).map(
        (q) => q.key,
      )
      const all = [...new Set([...keys, ...waiting])]
      for (const k of all) asked.add(`${mapping.shape.name} ${k}`)
      const result = await remapAll(work, mapping, all)
      migrated += result.migrated
      moved =
        result.migrated > 0 &&
        (await quarantined(work.control, plan.migration, { mapping: mapping.shape.name, code: 'PARENT_QUARANTINED' })).length > 0
    }
    // what a changed source no longer needs is for the next pass to find: its other rows are not looked at here
    await settleGroups(work, mapping, false)
    await recount(work, work.control, mapping)
  }
  const tried = asked.size
  return { tried, migrated, still: tried - migrated, books: await booksOf(work.control, plan, work.run, work.pass) }
}

const dependsOn = (plan: Plan, name: string, on: string): boolean =>
  plan.steps.findIndex((s) => s.mapping?.shape.name === name) > plan.steps.findIndex((s) => s.mapping?.shape.name === on)

export async function remapAll(
  work: Work,
  mapping: NonNullable<Plan['steps'][number]['mapping']>,
  keys: readonly string[],
): Promise<{ migrated: number; touched: number }> {
  let migrated = 0
  let touched = 0
  const parts = keys.map((k) => keyOfText(mapping, k))
  for (let i = 0; i < parts.length; i += 5000) {
    const r = await remapKeys(work, work.control, mapping, parts.slice(i, i + 5000))
    migrated += r.migrated
    touched += r.touched
  }
  return { migrated, touched }
}

/** `deed`: what the audit calls it, where rows are changed by it. */
export async function underLock<T>(plan: Plan, db: Database, body: (work: Work) => Promise<T>, deed?: string): Promise<T> {
  const control = await db.open()
  try {
    await installLedger(control)
    const run = await liveRun(control, plan.migration)
    if (!run) throw noRun({ migration: plan.migration })
    if (!(await isComplete(control, run))) refuseOtherContents(run, plan)
    const fence = await takeLock(control, run.id)
    const work: Work = {
      plan,
      db,
      control,
      fence,
      run: run.id,
      pass: run.pass,
      settings: { ...defaults, workers: 1 },
      bus: new Bus(() => wallClock.now(), []),
      clock: wallClock,
      signal: new AbortController().signal,
      shape: await shapeOfTables(control, plan),
      around: surroundings({}),
      to: undefined,
      dry: false,
    }
    work.bus.emit({
      type: 'run.started',
      run: `r${run.id}`,
      migration: plan.migration,
      plan: plan.id,
      pass: run.pass,
      resumed: true,
      steps: [],
    })
    await bringSources(work)
    for (const s of plan.steps) if (s.mapping) await openSession(control, s.mapping)
    const result = await withHeartbeat(work, () => body(work))
    if (deed !== undefined) await auditDeed(work, deed)
    await leave(control).catch(() => undefined)
    return result
  } finally {
    await control.close()
  }
}

async function auditDeed(work: Work, what: string): Promise<void> {
  const about = { run: work.run, plan: work.plan.id }
  const books = await booksOf(work.control, work.plan, work.run, work.pass)
  const entries = books.map(({ mapping, totals }) => ({ ...about, what: 'books', detail: { mapping, ...totals } }))
  await audit(work.control, [{ ...about, what }, ...entries], work.clock.now())
}

export async function booksOf(session: Session, plan: Plan, run: number, pass: number): Promise<Retried['books']> {
  const { rows } = await session.query(
    'select mapping, read::text as read, migrated::text as migrated, quarantined::text as quarantined, filtered::text as filtered, warned::text as warned from godwit.books where run = $1 and pass = $2 order by mapping',
    [run, pass],
  )
  return rows
    .filter((r) => plan.shapes.has(r['mapping']!))
    .map((r) => ({
      mapping: r['mapping']!,
      totals: {
        read: Number(r['read']),
        migrated: Number(r['migrated']),
        quarantined: Number(r['quarantined']),
        filtered: Number(r['filtered']),
        warned: Number(r['warned']),
      },
    }))
}
