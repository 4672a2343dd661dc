// One unit of work: a range or a list of source keys made true in the target, with its mark, in one transaction.
import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { rowsHangOn, rowsSwallowed } from '../errors/run.ts'
import type { BooksTotals } from '../events/event.ts'
import { atOnce } from './at-once.ts'
import { runComputes } from './compute.ts'
import type { Work } from './context.ts'
import { drifted, shapeOfTables } from './drift.ts'
import { coverKeys, firstNumbers, freshNumbers, numbersMissing } from './numbers.ts'
import type { Key, Range } from './ranges.ts'

/** What is remapped: a range of the source, in the first pass or a later one, or the keys that `fill` puts on the list. */
export type Scope =
  | { readonly kind: 'first' | 'range'; readonly range: Range; readonly books: boolean }
  /** `before`: how so many listed keys stand in the books until now; none if they are not counted there. */
  | {
      readonly kind: 'keys'
      readonly fill: (tx: Session) => Promise<unknown>
      readonly before?: ((listed: number) => BooksTotals) | undefined
    }

export interface UnitResult extends BooksTotals {
  /** Target rows written, changed or removed. */
  readonly touched: number
  /** Keys that were on the list. */
  readonly listed: number
}

/** A row that no rule saw coming, and that the server would not take. */
export interface Poison {
  readonly code: string
  readonly detail: string
  readonly column: string | undefined
}

interface Counts extends BooksTotals {
  readonly made: readonly number[]
}

export async function runUnit(work: Work, session: Session, mapping: MappingPlan, scope: Scope, poison?: Poison): Promise<UnitResult> {
  return atOnce(work, session, (tx) => unit(work, tx, mapping, scope, poison))
}

async function unit(work: Work, tx: Session, mapping: MappingPlan, scope: Scope, poison: Poison | undefined): Promise<UnitResult> {
  await work.fence.check(tx)
  await tx.query(`delete from ${mapping.shape.stage}`)
  await tx.query(`delete from ${mapping.shape.keys}`)
  if (mapping.want !== undefined) await tx.query(`delete from ${mapping.shape.wants}`)
  await tx.query('set constraints all deferred')
  const listed = scope.kind === 'keys' ? await list(tx, mapping, scope.fill) : 0
  if (poison) await stagePoison(tx, mapping, scope)
  else await stageRows(work, tx, mapping, scope)
  if ((await shapeOfTables(tx, work.plan)) !== work.shape) throw await drifted(work.plan, work.db)
  const counts = await tally(tx, mapping)
  await changeQuarantine(work, tx, mapping, scope, poison)
  await openPathForTriggers(tx, mapping)
  const touched = scope.kind === 'first' ? await writeFirst(tx, mapping, counts) : await writeChanges(tx, mapping)
  await mark(work, tx, mapping, scope, counts, listed)
  return { ...counts, touched, listed }
}

async function list(tx: Session, mapping: MappingPlan, fill: (tx: Session) => Promise<unknown>): Promise<number> {
  await fill(tx)
  return Number((await tx.query(`select count(*)::text as n from ${mapping.shape.keys}`)).rows[0]!['n'])
}

async function stagePoison(tx: Session, mapping: MappingPlan, scope: Scope): Promise<void> {
  if (scope.kind !== 'keys') await tx.query(mapping.poison.list, boundsOf(scope.range))
  await tx.query(mapping.stageGone)
  await tx.query(mapping.poison.mark)
}

async function stageRows(work: Work, tx: Session, mapping: MappingPlan, scope: Scope): Promise<void> {
  const bounds = scope.kind === 'keys' ? [] : boundsOf(scope.range)
  if (mapping.computes)
    await runComputes(tx, mapping, { sql: scope.kind === 'keys' ? mapping.computes.feedKeys : mapping.computes.feedRange, values: bounds })
  const sql = scope.kind === 'keys' ? mapping.stageKeys : scope.kind === 'first' ? mapping.stageFirst : mapping.stageRange
  const stage = async (numbers: readonly string[]) => {
    await tx.query(`delete from ${mapping.shape.stage}`)
    return (await tx.query(sql, [...bounds, ...numbers])).count
  }
  const planned = scope.kind === 'first' ? await firstNumbers(work, tx, mapping, scope.range) : undefined
  const staged = await stage(planned ?? mapping.pools.map(() => '0'))
  // more rows than were counted, or rows that have no number yet: these get fresh ones
  const enough = planned && scope.kind === 'first' && BigInt(staged) <= scope.range.allotted
  const fresh = mapping.pools.length && !enough ? await freshNumbers(work, tx, mapping, scope.kind === 'first') : undefined
  if (fresh) await stage(fresh)
  if (await numbersMissing(tx, mapping)) {
    await coverKeys(work, tx, mapping)
    await stage(fresh ?? planned ?? mapping.pools.map(() => '0'))
  }
  if (scope.kind === 'keys') await tx.query(mapping.stageGone)
}

function boundsOf(range: Range): (string | null)[] {
  const of = (key: Key) => key ?? Array<null>(range.upto!.length).fill(null)
  return [...of(range.after), ...of(range.upto)]
}

/** Triggers of the application are written for its own search path; ours names every table in full and needs none. */
async function openPathForTriggers(tx: Session, mapping: MappingPlan): Promise<void> {
  if (!mapping.shape.outputs.some((o) => o.table.triggers.some((t) => t.enabled !== 'disabled'))) return
  await tx.query(`select set_config('search_path', (select reset_val from pg_settings where name = 'search_path'), true)`)
}

async function tally(tx: Session, mapping: MappingPlan): Promise<Counts> {
  const row = (await tx.query(mapping.tally)).rows[0]!
  const n = (name: string) => Number(row[name])
  return {
    read: n('read'),
    migrated: n('migrated'),
    quarantined: n('quarantined'),
    filtered: n('filtered'),
    warned: n('warned'),
    made: mapping.shape.outputs.map((o) => n(`made${o.index}`)),
  }
}

async function changeQuarantine(work: Work, tx: Session, mapping: MappingPlan, scope: Scope, poison: Poison | undefined): Promise<void> {
  if (scope.kind !== 'first') {
    await tx.query(mapping.quarantine.clear)
    await tx.query(mapping.warnings.clear)
  }
  if (poison) await tx.query(mapping.poison.put, [work.run, poison.code, poison.column ?? null, poison.detail])
  else await tx.query(mapping.quarantine.put, [work.run])
  if (mapping.rules.some((r) => r.kind === 'warn')) await tx.query(mapping.warnings.put)
}

async function writeFirst(tx: Session, mapping: MappingPlan, counts: Counts): Promise<number> {
  const row = (await tx.query(mapping.write.insertFirst)).rows[0] ?? {}
  let touched = 0
  for (const o of mapping.shape.outputs.filter((x) => !x.output.per)) {
    const [written, expected] = [Number(row[`w${o.index}`]), counts.made[o.index]!]
    if (written !== expected) throw rowsSwallowed({ table: o.table.id, expected, written })
    touched += written
  }
  return touched + (await fillRows(tx, mapping, true))
}

/** Rows that are not ours would go with those that they point at, or point at nothing. */
export async function refuseHanging(tx: Session, hanging: string | undefined, at: string | undefined): Promise<void> {
  const { rows } = hanging === undefined ? { rows: [] } : await tx.query(hanging)
  if (!rows.length) return
  throw rowsHangOn({
    at,
    hang: rows.map((r) => ({ rows: Number(r['n']), child: r['child']!, parent: r['parent']!, example: r['example']! })),
  })
}

async function writeChanges(tx: Session, mapping: MappingPlan): Promise<number> {
  const { hanging, loosen, remove, ledgerChange, update, insert } = mapping.write
  await refuseHanging(tx, hanging, mapping.shape.facts.at)
  let touched = mapping.fill ? (await tx.query(mapping.fill.back)).count : 0
  if (mapping.fill) await tx.query(mapping.fill.forget)
  for (const sql of loosen) touched += (await tx.query(sql)).count
  for (const sql of [remove, ledgerChange, update, insert]) {
    if (sql === undefined || sql === 'select') continue
    const row = (await tx.query(sql)).rows[0] ?? {}
    for (const [name, n] of Object.entries(row)) if (/^[wdu]\d+$/.test(name)) touched += Number(n)
  }
  return touched + (await fillRows(tx, mapping, false))
}

/** Columns of the source rows themselves. Gives how many rows were changed. */
async function fillRows(tx: Session, { fill }: MappingPlan, first: boolean): Promise<number> {
  if (!fill) return 0
  for (const sql of first ? [] : fill.again) await tx.query(sql)
  await tx.query(fill.keep)
  const changed = (await tx.query(fill.change)).count
  await tx.query(fill.stray)
  return changed
}

async function mark(work: Work, tx: Session, mapping: MappingPlan, scope: Scope, counts: Counts, listed: number): Promise<void> {
  const range = scope.kind === 'keys' ? undefined : scope.range
  const booked = scope.kind === 'keys' ? (scope.before ? minus(counts, scope.before(listed)) : undefined) : scope.books ? counts : undefined
  if (booked) {
    await tx.query(
      'update godwit.books set read = read + $4::bigint, migrated = migrated + $5::bigint, quarantined = quarantined + $6::bigint, filtered = filtered + $7::bigint, warned = warned + $8::bigint where run = $1 and mapping = $2 and pass = $3',
      [work.run, mapping.shape.name, work.pass, booked.read, booked.migrated, booked.quarantined, booked.filtered, booked.warned],
    )
  }
  const isRange = range !== undefined && scope.kind !== 'keys' && scope.books
  await tx.query(
    `insert into godwit.unit (run, mapping, pass, after, upto, first, epoch, xid, what, made, read, migrated, quarantined, filtered, warned)
      values ($1, $2, $3, $4::text[], $5::text[], $6::bigint, $7::bigint, pg_current_xact_id()::text::bigint % 4294967296, $8, $9::bigint[], $10::bigint, $11::bigint, $12::bigint, $13::bigint, $14::bigint)`,
    [
      work.run,
      mapping.shape.name,
      work.pass,
      isRange && range.after ? textArray(range.after) : null,
      isRange ? textArray(range.upto!) : null,
      isRange ? String(range.first) : null,
      work.fence.epoch,
      scope.kind,
      `{${counts.made.join(',')}}`,
      counts.read,
      counts.migrated,
      counts.quarantined,
      counts.filtered,
      counts.warned,
    ],
  )
}

/** A transaction that writes rows of ours, and of no range: what carries its number is known as ours. */
export const markUnit = (work: Work, tx: Session, mapping: MappingPlan, what: string): Promise<unknown> =>
  tx.query(
    `insert into godwit.unit (run, mapping, pass, epoch, xid, what) values ($1, $2, $3, $4, pg_current_xact_id()::text::bigint % 4294967296, $5)`,
    [work.run, mapping.shape.name, work.pass, work.fence.epoch, what],
  )

const minus = (a: BooksTotals, b: BooksTotals): BooksTotals => ({
  read: a.read - b.read,
  migrated: a.migrated - b.migrated,
  quarantined: a.quarantined - b.quarantined,
  filtered: a.filtered - b.filtered,
  warned: a.warned - b.warned,
})

/** A list of texts as Postgres reads an array of them. */
export const textArray = (items: readonly string[]): string =>
  `{${items.map((i) => `"${i.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`
