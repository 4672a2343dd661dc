// A mapping from the first of its source rows to the last: prepared, cut into units, walked by several workers, settled.
import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import type { BooksTotals } from '../events/event.ts'
import { stepOf, type Work } from './context.ts'
import { orDrift, shapeOfTables } from './drift.ts'
import { ended, failureOf, reaction, retrying } from './failures.ts'
import { advanceSequences } from './numbers.ts'
import { Pace } from './pace.ts'
import { openSession, prepare } from './prepare.ts'
import { progressOf, refuseOverBudget } from './progress.ts'
import { bound, type Range, Ranges } from './ranges.ts'
import { keyOfText, poisonOf, recount, remapKeys, sum } from './remap.ts'
import { isTimeUp } from './time-budget.ts'
import { type Poison, runUnit, type Scope, type UnitResult } from './unit.ts'

/** True when all is done; false when a limit ended it before, of rows or of time. */
export async function mapAll(begun: Work, mapping: MappingPlan): Promise<boolean> {
  try {
    return await wholeMapping(begun, mapping)
  } catch (error) {
    throw await orDrift(error, begun.plan, begun.db)
  }
}

async function wholeMapping(begun: Work, mapping: MappingPlan): Promise<boolean> {
  const { control } = begun
  const work: Work = { ...begun, shape: await shapeOfTables(control, begun.plan) }
  await prepare(work, mapping)
  const again = work.pass > 1
  // what is gone makes room for what came in its place
  if (again) await sweep(work, mapping)
  await walk(work, mapping, again ? 'range' : 'first', true)
  if (work.signal.aborted) return true
  if ((work.settings.limit !== undefined || isTimeUp(work)) && (await leftOver(control, work, mapping))) return false
  if (again) await settleConflicts(work, mapping)
  if (mapping.secondPass) await secondPass(work, mapping)
  if (mapping.secondPass) {
    await recount(work, control, mapping)
    await refuseOverBudget(work, mapping)
  }
  await advanceSequences(work, mapping)
  for (const table of ledgerTables(mapping)) await control.query(`analyze ${table}`)
  return true
}

/** What the comparison joins: the server has not looked at these tables yet, and would guess badly. */
function ledgerTables({ shape }: MappingPlan): string[] {
  return [
    'godwit.quarantine',
    ...(shape.stores ? [shape.ledger] : []),
    ...(shape.reserves ? [shape.extents] : []),
    ...shape.outputs.filter((o) => o.output.per).map((o) => o.groups),
  ]
}

async function leftOver(session: Session, work: Work, mapping: MappingPlan): Promise<boolean> {
  const ranges = await Ranges.open(session, mapping, new Pace(1), work, undefined)
  return (await ranges.next()) !== undefined
}

/** Workers take ranges one after another until there are none. Gives how many target rows were touched. */
async function walk(work: Work, mapping: MappingPlan, kind: 'first' | 'range', books: boolean): Promise<number> {
  const pace = new Pace(work.settings.chunk)
  const at = books ? work : { run: work.run, pass: -1 }
  const ranges = await Ranges.open(work.control, mapping, pace, at, books ? work.settings.limit : undefined)
  const total = await progressOf(work, mapping)
  let touched = 0
  // one at least, or a budget that the preparation has spent would never be gone on with
  let units = 0
  const failure = new AbortController()
  let failed: unknown
  const worker = async (session: Session) => {
    await openSession(session, mapping)
    const stops = () => work.signal.aborted || failure.signal.aborted || (books && units > 0 && isTimeUp(work))
    for (let range = await ranges.next(); range && !stops(); range = await ranges.next()) {
      const began = work.clock.now()
      const result = await remapRange(work, session, mapping, range, kind, books, pace)
      pace.took(range.rows, work.clock.now() - began)
      touched += result.touched
      units++
      if (books) await total.add(result)
    }
  }
  const guarded = async (session: Session) => {
    try {
      await worker(session)
    } catch (error) {
      failed ??= error
      failure.abort()
    }
  }
  // who comes first draws first: that must not hang on which of several workers is quicker
  const alone = work.settings.workers === 1 || (kind === 'range' && mapping.pools.length > 0)
  if (work.dry || alone) await (work.dry ? guarded(work.control) : work.db.session(guarded))
  else
    await Promise.all(
      Array.from({ length: work.settings.workers }, () =>
        work.db.session(guarded).catch((error: unknown) => {
          failed ??= error
        }),
      ),
    )
  if (failed !== undefined) throw ended(mapping.shape.name, failed)
  return touched
}

async function remapRange(
  work: Work,
  session: Session,
  mapping: MappingPlan,
  range: Range,
  kind: 'first' | 'range',
  books: boolean,
  pace: Pace,
): Promise<UnitResult> {
  const waiting = (why: string) => work.bus.emit({ type: 'step.waiting', step: stepOf(work, mapping), why })
  try {
    return await attemptUnit(work, session, mapping, { kind, range, books }, waiting)
  } catch (error) {
    const what = reaction(error)
    if (what === 'shrink') pace.tooMuch()
    if (what !== 'row' && !(what === 'shrink' && range.rows > 1)) throw error
    if (range.rows > 1) return splitRange(work, session, mapping, range, kind, books, pace)
    return attemptUnit(work, session, mapping, { kind, range, books }, waiting, poisonOf(error))
  }
}

/** The same unit again after a broken connection has a new session: the tables of the old one are gone with it. */
function attemptUnit(
  work: Work,
  session: Session,
  mapping: MappingPlan,
  scope: Scope,
  waiting: (why: string) => void,
  poison?: Poison,
): Promise<UnitResult> {
  let broken = false
  return retrying(mapping.shape.name, work.settings.retries, work.clock, work.signal, waiting, async (attempt) => {
    const again = attempt > 1 && broken
    try {
      if (!again) return await runUnit(work, session, mapping, scope, poison)
      return await work.db.session(async (fresh) => {
        await openSession(fresh, mapping)
        return runUnit(work, fresh, mapping, scope, poison)
      })
    } catch (error) {
      const state = failureOf(error)?.sqlstate ?? ''
      broken ||= state.startsWith('08') || state.startsWith('57P')
      throw error
    }
  })
}

/** One row in it is refused: the halves are units of their own, down to that row. */
async function splitRange(
  work: Work,
  session: Session,
  mapping: MappingPlan,
  range: Range,
  kind: 'first' | 'range',
  books: boolean,
  pace: Pace,
): Promise<UnitResult> {
  const half = Math.max(1, Math.floor(range.rows / 2))
  const middle = await work.db.session((s) => bound(work.dry ? session : s, mapping, range, half))
  if (!middle) return { read: 0, migrated: 0, quarantined: 0, filtered: 0, warned: 0, touched: 0, listed: 0 }
  const rows = BigInt(middle.rows)
  const room = range.allotted > rows ? range.allotted - rows : 0n
  const left: Range = {
    after: range.after,
    upto: middle.upto,
    rows: middle.rows,
    first: range.first,
    allotted: range.allotted < rows ? range.allotted : rows,
  }
  const right: Range = {
    after: middle.upto,
    upto: range.upto,
    rows: Math.max(1, range.rows - middle.rows),
    first: range.first + rows,
    allotted: room,
  }
  const a = await remapRange(work, session, mapping, left, kind, books, pace)
  const b = await remapRange(work, session, mapping, right, kind, books, pace)
  return sum(a, b)
}

/** Source rows that are gone: whatever was made of them goes too. */
async function sweep(work: Work, mapping: MappingPlan): Promise<void> {
  const most = 20_000
  await openSession(work.control, mapping)
  for (let more = true; more && !work.signal.aborted; ) {
    const result = await runUnit(work, work.control, mapping, { kind: 'keys', fill: (tx) => tx.query(mapping.vanished, [most]) })
    more = result.listed > 0
  }
}

/** Rows that found their value taken by one of ours that has let go of it since: again, until nothing moves. */
async function settleConflicts(work: Work, mapping: MappingPlan): Promise<void> {
  for (let moved = true; moved && !work.signal.aborted; ) {
    const { rows } = await work.control.query(
      `select key from godwit.quarantine where migration = $1 and mapping = $2 and rule = 0 and (code like 'UNIQUE_CONFLICT%' or code like 'EXCLUSION_CONFLICT%') order by length(key), key limit 5000`,
      [work.plan.migration, mapping.shape.name],
    )
    if (!rows.length) return
    const waiting = (listed: number): BooksTotals => ({ read: listed, migrated: 0, quarantined: listed, filtered: 0, warned: 0 })
    const keys = rows.map((r) => keyOfText(mapping, r['key']!))
    moved = (await remapKeys(work, work.control, mapping, keys, waiting)).migrated > 0
  }
}

/** Columns that name other rows of the same mapping, and rows that wait for these, until nothing moves. */
async function secondPass(work: Work, mapping: MappingPlan): Promise<void> {
  for (let touched = 1; touched > 0 && !work.signal.aborted; ) touched = await walk(work, mapping, 'range', false)
}
