// One step of a plan: rows mapped, the schema changed, a question asked, or something done beyond SQL; noted when it is through.
import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { postgres } from '../dialects/postgres.ts'
import { stepEmptied, stepWroteRows } from '../errors/run.ts'
import { isCutOver } from '../ledger/cutover.ts'
import { isMarked, markStep } from '../ledger/marks.ts'
import { schemaChanging } from '../ledger/runs.ts'
import type { PlannedStep } from '../plan/plan.ts'
import { whereIs } from '../schema/schema.ts'
import type { RollBack, Waiting } from '../steps/step.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { emptied, tablesWithRows } from './emptied.ts'
import { retrying, stopped } from './failures.ts'
import { besideOf } from './hands/beside.ts'
import { handsFor } from './hands/hands.ts'
import { cutOver, isLate } from './late.ts'
import { keepEvents } from './life.ts'
import { mapAll } from './mapping-pass.ts'
import { seen } from './retired.ts'
import { searching } from './searching.ts'
import { changeThere } from './there.ts'
import { askStep } from './verify-step.ts'

/** What keeps a run from going on to the next step. */
export type Halt = Waiting | RollBack | { readonly incomplete: true }

/** It only looks or waits: nothing is otherwise after it. */
export const onlyLooks = (step: PlannedStep): boolean => step.doing?.gate === true || (step.question !== undefined && !step.forward)

export async function oneStep(work: Work, step: PlannedStep, walked = new Set<MappingPlan>()): Promise<Halt | undefined> {
  if (await isThrough(work, step)) {
    if (step.mapping) await books(work, step)
    work.bus.emit({ type: 'step.skipped', step: step.id })
    return undefined
  }
  if (step.by !== undefined && work.clock.now() > step.by) return { rollBack: tooLate(step, step.by) }
  work.bus.emit({ type: 'step.started', step: step.id })
  const done = await carriedOut(work, step, walked)
  if (done && !('done' in done)) return done
  work.bus.emit({ type: 'step.done', step: step.id, ...(done ? { note: done.done } : {}) })
  await keepEvents(work)
  return undefined
}

const tooLate = ({ title }: PlannedStep, by: number): string => `"${title}" was to begin by ${new Date(by).toISOString()}, and it is later`

/** A change is made once; rows are gone over in each pass; what was only looked at or approved holds for its plan, until the cutover has begun. */
async function isThrough(work: Work, step: PlannedStep): Promise<boolean> {
  if (!(await isMarked(work.control, work.run, step.id, passOf(work, step)))) return false
  if (!onlyLooks(step) || (await isCutOver(work.control, work.run))) return true
  const { rows } = await work.control.query(`select detail ->> 'plan' as plan from godwit.mark where run = $1 and step = $2`, [
    work.run,
    step.id,
  ])
  return rows[0]?.['plan'] === work.plan.id
}

const passOf = (work: Work, step: PlannedStep): number => (step.mapping ? work.pass : 0)

type Through = { readonly done: string } | undefined

async function carriedOut(work: Work, step: PlannedStep, walked: Set<MappingPlan>): Promise<Through | Halt> {
  if (step.mapping) return mapped(work, step, step.mapping, walked)
  if (step.forward) {
    await change(work, step)
    return undefined
  }
  if (work.dry) return { done: 'not done in a dry run' }
  if (step.doing) return does(work, step, step.doing)
  return asks(work, step)
}

async function mapped(work: Work, step: PlannedStep, mapping: MappingPlan, walked: Set<MappingPlan>): Promise<Through | Halt> {
  walked.add(mapping)
  const complete = (await mapAll(work, mapping)) && !work.signal.aborted
  await books(work, step)
  if (!complete) return { incomplete: true }
  await markStep(work.control, work.run, step.id, work.pass)
  return undefined
}

async function does(work: Work, step: PlannedStep, doing: NonNullable<PlannedStep['doing']>): Promise<Through | Halt> {
  if (!doing.gate) await begun(work, step)
  const beside = besideOf(work)
  const came = await doing.do(handsFor(work, step, beside))
  if (!('done' in came)) return came
  await noted(work, step, came.detail)
  const felt = beside.says()
  return felt ? { done: `${came.done}; ${felt}` } : came
}

/** Noted before, so that a way back finds what was broken off. */
async function begun(work: Work, step: PlannedStep): Promise<void> {
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    if (isLate(step)) await cutOver(tx, work)
    await markStep(tx, work.run, beginningOf(step.id), 0)
  })
  await work.db.elsewhere?.deliver()
}
export const beginningOf = (step: string): string => `begun ${step}`

async function asks(work: Work, step: PlannedStep): Promise<Through> {
  const answer = await askStep(work, step)
  await noted(work, step, { verdict: answer.verdict, examined: answer.examined })
  return undefined
}

async function noted(work: Work, step: PlannedStep, came: unknown): Promise<void> {
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    await markStep(tx, work.run, step.id, 0, { plan: work.plan.id, at: work.clock.now(), ...(came === undefined ? {} : { came }) })
  })
  // what has been done outside must stand in the ledger, wherever that is, before anything else is
  await work.db.elsewhere?.deliver()
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
    await searching(tx, step)
    const before = await tablesWithRows(tx, work.plan)
    for (const s of step.forward!) await tx.query(s.sql)
    await refuseWritten(tx, work, step)
    const table = await emptied(tx, work.plan, before)
    if (table) throw stepEmptied({ step: step.title, at: step.at, table })
    await schemaChanging(tx, work.run, step.phase)
    if (isLate(step)) await cutOver(tx, work)
    await markStep(tx, work.run, step.id, 0)
  }
  await retrying(step.title, Math.max(work.settings.retries, 10), work.clock, work.signal, waiting, () =>
    atOnce(work, work.control, body),
  ).catch((e: unknown) => {
    throw stopped(step.title, e)
  })
  if (!work.dry) await seen(work, step.phase)
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
