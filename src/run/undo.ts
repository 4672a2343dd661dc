// A run taken back: its rows and no others, in pieces, until the target is as it was. Refused where that would lose anything.

import type { Database } from '../databases/database.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import { filledByUs } from '../dialects/fill.ts'
import { postgres } from '../dialects/postgres.ts'
import { lookedInto, owned } from '../dialects/shape.ts'
import { interrupted, noRun, undoRefused } from '../errors/run.ts'
import { laterThere } from '../errors/steps.ts'
import { Bus } from '../events/bus.ts'
import type { Answer } from '../events/event.ts'
import type { View } from '../events/view.ts'
import { isCutOver } from '../ledger/cutover.ts'
import { leave, takeLock } from '../ledger/lock.ts'
import { isMarked } from '../ledger/marks.ts'
import { laterRuns, liveRun, refuseOtherLedger, setState } from '../ledger/runs.ts'
import { giveBack } from '../ledger/sequences.ts'
import { installLedger } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { foreignKeysTo } from '../schema/schema.ts'
import { isTable } from '../schema/table.ts'
import { count, plural } from '../text.ts'
import { atOnce } from './at-once.ts'
import { irreversible, takeStepBack } from './back.ts'
import { wallClock } from './clock.ts'
import { defaults, type Work } from './context.ts'
import { takeCutoverBack } from './cutover.ts'
import { reaction, retrying } from './failures.ts'
import { keepEvents, withHeartbeat } from './life.ts'
import { compareNatives, type Proof, proveUntouched } from './native.ts'
import { losesNewWrites } from './new-writes.ts'
import { outOfPlace } from './retired.ts'
import type { RunOptions } from './run.ts'
import { surroundings } from './surroundings.ts'
import { markUnit } from './unit.ts'

export interface UndoOptions extends RunOptions {
  /** Take it back although rows of ours were changed by others since: these changes are lost. */
  readonly loseChanges?: boolean
}

export interface Undone {
  readonly run: string
  readonly removed: Readonly<Record<string, number>>
  /** Rows whose columns were filled in place, and that have their own values back. */
  readonly restored: Readonly<Record<string, number>>
  readonly proof: readonly Answer[]
  readonly digest: Proof
  readonly view: View
}

const piece = 20_000

export const undo = (plan: Plan, db: Database, options: UndoOptions = {}): Promise<Undone> =>
  delivered(db, () => takenBack(plan, db, options))

async function takenBack(plan: Plan, db: Database, options: UndoOptions): Promise<Undone> {
  const clock = options.clock ?? wallClock
  const bus = new Bus(() => clock.now(), options.observe ? [options.observe] : [])
  const control = await db.open()
  try {
    await installLedger(control)
    const there = await liveRun(control, plan.migration)
    if (!there) throw noRun({ migration: plan.migration })
    refuseOtherLedger(there, plan)
    const later = await laterRuns(control, plan.migration)
    if (later.length) throw laterThere({ migration: plan.migration, later })
    const fence = await takeLock(control, there.id)
    const work: Work = {
      plan,
      db,
      control,
      fence,
      run: there.id,
      pass: there.pass,
      settings: { ...defaults, limit: undefined },
      bus,
      clock,
      signal: options.signal ?? new AbortController().signal,
      shape: '',
      around: surroundings(options),
      to: undefined,
      dry: false,
    }
    bus.emit({
      type: 'run.started',
      run: `r${there.id}`,
      migration: plan.migration,
      plan: plan.id,
      pass: there.pass,
      resumed: false,
      steps: plan.steps
        .toReversed()
        .filter((s) => s.mapping || s.back || s.doing?.undo)
        .map((s) => ({ id: s.id, phase: s.phase, title: `take back ${s.title}` })),
    })
    await refuseIfLossy(work, options.loseChanges === true)
    await setState(control, there.id, 'undoing')
    const { removed, restored } = await withHeartbeat(work, () => takeBack(work))
    const proof = await compareNatives(control, plan, there.id)
    const digest = await proveUntouched(control, plan, there.id)
    await clearLedger(work)
    bus.emit({ type: 'run.undone' })
    await keepEvents(work)
    await leave(control).catch(() => undefined)
    return { run: `r${there.id}`, removed, restored, proof, digest, view: bus.view }
  } finally {
    await control.close()
  }
}

/** Rows of ours that others changed, and rows of others that point at ours. */
async function refuseIfLossy(work: Work, loseChanges: boolean): Promise<void> {
  const never = await irreversible(work, work.plan.steps)
  // what cannot be taken back may have taken away what the other questions ask
  if (never.length)
    throw undoRefused({
      reasons: never,
      hint: 'What such a step did stays done; what can be undone by hand, in the order of the plan, is yours to undo.',
    })
  const lost = loseChanges ? [] : await losesNewWrites(work)
  const away = await asksWhatIsAway(work)
  if (away && !lost.length) return lateFirst(work, loseChanges)
  const reasons = away ? lost : [...lost, ...(loseChanges ? [] : await changedInPlace(work)), ...(await pointedAt(work))]
  const keeps = lost.length
    ? `godwit export new-writes r${work.run} --out FOLDER keeps what came since the cutover; then undo again.\n`
    : ''
  if (reasons.length)
    throw undoRefused({
      reasons,
      hint: `${keeps}Look at these rows first (godwit verify shows what differs). Changes that may be lost: godwit undo --lose-changes. Rows that point here must be moved or removed by whoever owns them.`,
    })
}

/** What was filled stands in a table that a step has put away since. */
async function asksWhatIsAway({ plan, control, run }: Work): Promise<boolean> {
  const away = await outOfPlace(control, run)
  return plan.steps.some((s) => s.mapping?.fill && away.has(s.mapping.shape.fill!.table.id))
}

/** Cutover and contract back, so that what they have put away can be asked; then the questions that are left, and after them the rows. */
async function lateFirst(work: Work, loseChanges: boolean): Promise<void> {
  await withHeartbeat(work, () => takeCutoverBack(work))
  await setState(work.control, work.run, 'paused')
  await work.db.elsewhere?.refresh()
  const reasons = [...(loseChanges ? [] : await refilledByOthers(work)), ...(await pointedAt(work))]
  if (reasons.length)
    throw undoRefused({
      reasons,
      hint: 'The cutover has been taken back, so that this could be asked; the rows are all there. Look at them (godwit verify shows what differs), then undo again. Changes that may be lost: godwit undo --lose-changes.',
    })
}

/** Rows of ours are among the new writes once it is cut over. */
async function changedInPlace(work: Work): Promise<readonly string[]> {
  const rows = (await isCutOver(work.control, work.run)) ? [] : await changedByOthers(work)
  return [...rows, ...(await refilledByOthers(work))]
}

/** A row that we wrote last carries the transaction of one of our units; any other writer leaves its own. */
async function changedByOthers(work: Work): Promise<string[]> {
  const shapes = [...work.plan.shapes.values()]
  const reasons: string[] = []
  if (!(await hasLedger(work))) return reasons
  for (const id of work.plan.writes) {
    const { rows } = await work.control.query(
      `select count(*)::text as n, min((${keyList(work.plan, id)})::text) as example from ${postgres.table(id)} t where ${owned(id, 't', shapes, postgres)} and not exists (select 1 from godwit.unit u where u.run in (select id from godwit.run where migration = $1) and u.xid = t.xmin::text::bigint)`,
      [work.plan.migration],
    )
    const n = Number(rows[0]!['n'])
    if (n)
      reasons.push(
        `${plural(n, 'row')} of ${id} ${n === 1 ? 'was' : 'were'} changed by others since Godwit wrote ${n === 1 ? 'it' : 'them'} (for instance ${rows[0]!['example']})`,
      )
  }
  return reasons
}

async function refilledByOthers(work: Work): Promise<string[]> {
  const reasons: string[] = []
  for (const { mapping } of work.plan.steps) {
    if (!mapping?.fill) continue
    const { table, before } = mapping.shape.fill!
    if ((await work.control.query('select to_regclass($1)::text as t', [before])).rows[0]!['t'] === null) continue
    const { rows } = await work.control.query(mapping.fill.changed)
    const n = Number(rows[0]!['n'])
    if (n)
      reasons.push(
        `what was filled into ${plural(n, 'row')} of ${table.id} was changed by others since (for instance ${rows[0]!['example']})`,
      )
  }
  return reasons
}

const keyList = (plan: Plan, id: string): string => {
  const t = plan.schema.tables.get(id)!
  return (t.primaryKey.length ? t.primaryKey : [t.columns[0]!.name]).map((k) => `t.${postgres.quote(k)}`).join(', ')
}

/** A run that stopped before its ledger was made has nothing to take back. */
const hasLedger = ({ control, run }: Work): Promise<boolean> => isMarked(control, run, 'baseline', 0)

async function pointedAt(work: Work): Promise<string[]> {
  const shapes = [...work.plan.shapes.values()]
  const reasons: string[] = []
  if (!(await hasLedger(work))) return reasons
  for (const id of work.plan.writes) {
    for (const f of foreignKeysTo(work.plan.schema, id)) {
      const mine = work.plan.writes.includes(f.table) ? owned(f.table, 'c', shapes, postgres) : 'false'
      const agree = f.columns.map((c, i) => `c.${postgres.quote(c)} = t.${postgres.quote(f.toColumns[i]!)}`).join(' and ')
      const { rows } = await work.control.query(
        `select count(*)::text as n from ${postgres.table(f.table)} c join ${postgres.table(id)} t on ${agree} where ${owned(id, 't', shapes, postgres)} and not ${mine} and not ${filledByUs(f.table, f.columns, 'c', shapes, postgres)}`,
      )
      const n = Number(rows[0]!['n'])
      if (n)
        reasons.push(
          `${plural(n, 'row')} of ${f.table} that ${n === 1 ? 'is' : 'are'} not ours ${n === 1 ? 'points' : 'point'} at rows of ${id} that would go (${f.name})`,
        )
    }
  }
  return reasons
}

/** Rows that were removed, and rows that have their own values back, by table. */
interface TakenBack {
  readonly removed: Record<string, number>
  readonly restored: Record<string, number>
}

async function takeBack(work: Work): Promise<TakenBack> {
  const taken: TakenBack = { removed: {}, restored: {} }
  for (const step of work.plan.steps.toReversed()) {
    if (!step.mapping && !step.back && !step.doing?.undo) continue
    if (work.bus.view.steps.some((s) => s.id === step.id && s.state === 'undone')) continue
    work.bus.emit({ type: 'step.started', step: step.id })
    if (step.mapping) await takeBackMapping(work, step.mapping, taken)
    else if (!(await takeStepBack(work, step))) {
      work.bus.emit({ type: 'step.skipped', step: step.id })
      continue
    }
    work.bus.emit({ type: 'step.undone', step: step.id })
  }
  return taken
}

async function takeBackMapping(
  work: Work,
  mapping: NonNullable<Plan['steps'][number]['mapping']>,
  { removed, restored }: TakenBack,
): Promise<void> {
  const { shape } = mapping
  for (const sql of mapping.ledger) await work.control.query(sql)
  const inPiece = (sql: string, values: readonly number[] = []) =>
    retrying(
      `taking back ${shape.name}`,
      work.settings.retries,
      work.clock,
      work.signal,
      () => undefined,
      () =>
        atOnce(work, work.control, async (tx) => {
          await work.fence.check(tx)
          await tx.query('set constraints all deferred')
          // what this changes without removing it is ours still, should the undo be broken off here
          await markUnit(work, tx, mapping, 'undo')
          return tx.query(sql, values)
        }),
    ).catch((error: unknown) => {
      throw reaction(error) === 'row' ? refusedByServer(shape.name, error as Error) : error
    })
  if (mapping.fill)
    for (let more = true; more; ) {
      const row = (await inPiece(mapping.fill.undo, [piece])).rows[0]!
      const id = shape.fill!.table.id
      restored[id] = (restored[id] ?? 0) + Number(row['filled'])
      more = Number(row['took']) > 0
    }
  for (const sql of mapping.undo.loosen) await inPiece(sql)
  const outputs = shape.outputs.filter((o) => !o.output.per)
  for (const sql of mapping.undo.rows) {
    for (let more = true; more; ) {
      const row = (await inPiece(sql, [piece])).rows[0]!
      for (const o of outputs) removed[o.table.id] = (removed[o.table.id] ?? 0) + Number(row[`d${o.index}`] ?? 0)
      more = Number(row['took']) > 0
      if (work.signal.aborted) throw interrupted({ run: `r${work.run}`, rows: Object.values(removed).reduce((a, b) => a + b, 0) })
      work.bus.emit({ type: 'step.waiting', step: '', why: `${count(Object.values(removed).reduce((a, b) => a + b, 0))} rows taken back` })
    }
  }
  for (const [i, sql] of mapping.undo.groups.entries()) {
    const o = shape.outputs.filter((x) => x.output.per)[i]!
    removed[o.table.id] = (removed[o.table.id] ?? 0) + (await inPiece(sql)).count
  }
}

/** A trigger or a constraint of the application will not let a row go. What was taken back until then stays so. */
const refusedByServer = (mapping: string, error: Error) =>
  undoRefused({
    reasons: [`taking back ${mapping}: ${error.message}`],
    hint: 'Look at the triggers and constraints of that table. When they let the rows go, godwit undo goes on from here.',
  })

async function clearLedger(work: Work): Promise<void> {
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
    await giveBack(tx, work.run)
    for (const s of work.plan.shapes.values()) {
      for (const t of [
        s.ledger,
        s.extents,
        s.aside,
        s.twins,
        ...(s.fill ? [s.fill.before] : []),
        ...(isTable(s.facts.from) ? [] : [s.source]),
        ...lookedInto(s).map((r) => postgres.table(r.id)),
        ...s.outputs.map((o) => o.groups),
      ])
        await tx.query(`drop table if exists ${t}`)
    }
    for (const b of work.plan.brought) await tx.query(`drop table if exists ${b.copy}`)
    for (const table of ['quarantine', 'warning', 'rule'])
      await tx.query(`delete from godwit.${table} where migration = $1`, [work.plan.migration])
    for (const table of ['native', 'before_cutover', 'reading', 'pool', 'memory'])
      await tx.query(`delete from godwit.${table} where run = $1`, [work.run])
    await setState(tx, work.run, 'undone')
  })
}
