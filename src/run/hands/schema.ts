// The schema changed under an application at work: locks are asked for briefly and again, and rows are gone over a few at a time.
import type { Session } from '../../databases/database.ts'
import { NotThisWay } from '../../databases/workshop/engine.ts'
import { postgres } from '../../dialects/postgres.ts'
import { targetUnsupported } from '../../errors/target.ts'
import { schemaChanging } from '../../ledger/runs.ts'
import type { PlannedStep } from '../../plan/plan.ts'
import type { SchemaHands } from '../../steps/hands.ts'
import { atOnce } from '../at-once.ts'
import type { Work } from '../context.ts'
import { retrying } from '../failures.ts'
import { seen } from '../retired.ts'
import { searching, searchingAlone, searchingNowhere } from '../searching.ts'
import type { Beside, Giving } from './beside.ts'
import { sweep } from './sweep.ts'
import { namingWhoHolds } from './who-holds.ts'

export function schemaHands(work: Work, step: PlannedStep, beside: Beside): SchemaHands {
  if (work.db.elsewhere) return { ...refusing(step, work.db.elsewhere.kind), gently: (statements) => gently(work, step, statements) }
  return {
    reshape: (statements) => reshaped(work, step, statements, (once) => beside.during(once, givingWay(work, step))),
    validate: (statements) => reshaped(work, step, [unhurried, ...statements], (once) => beside.during(once)),
    alone: (statements) => beside.during(() => alone(work, step, statements)),
    gently: (statements) => reshaped(work, step, statements, (once) => beside.during(once, givingWay(work, step))).then(() => true),
    ask: (question) => asked(work, step, question),
    trial: (statements, question) => patiently(work, step, () => tried(work, step, statements, question, beside)),
    sweep: (what) => beside.during(() => sweep(work, step, what, (body) => patiently(work, step, body))),
  }
}

/** A change of places is announced, and may be waited for longer than what is done on an ordinary day. */
const mostAtCutoverMs = 5000
const givingWay = ({ control, settings }: Work, { phase }: PlannedStep, session: Session = control): Giving => ({
  session,
  mostMs: phase === 'cutover' ? Math.max(settings.lockTimeoutMs, mostAtCutoverMs) : settings.lockTimeoutMs,
})

const refusing = ({ title }: PlannedStep, kind: string): SchemaHands => {
  const refuse = () =>
    Promise.reject(
      targetUnsupported({
        what: title,
        why: `${kind} cannot change its schema beside an application at work`,
        hint: 'Write the statement as ddl(…), with its way back, and run it when nobody works.',
      }),
    )
  return { reshape: refuse, validate: refuse, alone: refuse, gently: refuse, ask: refuse, trial: refuse, sweep: refuse }
}

/** The limit for one statement is for those that others may have to wait for. It goes with the transaction, or with the session. */
const unhurried = `select set_config('statement_timeout', '0', true)`
const unhurriedAlone = `select set_config('statement_timeout', '0', false)`

async function asked({ db }: Work, step: PlannedStep, question: string) {
  return db.session(async (s) => {
    await searchingAlone(s, step)
    await s.query(unhurriedAlone)
    return (await s.query(question)).rows
  })
}

async function gently(work: Work, step: PlannedStep, statements: readonly string[]): Promise<boolean> {
  const there = work.db.elsewhere!
  await there.deliver()
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    await schemaChanging(tx, work.run, step.phase)
  })
  try {
    await patiently(work, step, () => there.change(statements, { lockWaitMs: work.settings.lockTimeoutMs }))
  } catch (problem) {
    if (problem instanceof NotThisWay) return false
    throw problem
  }
  await seen(work, step.phase)
  return true
}

const patiently = <T>({ settings, clock, signal, bus }: Work, { id, title }: PlannedStep, body: () => Promise<T>): Promise<T> =>
  retrying(title, Math.max(settings.retries, 10), clock, signal, (why) => bus.emit({ type: 'step.waiting', step: id, why }), body)

/** What queues behind a lock that is waited for waits as long: so it is waited for only briefly, and asked for again. */
async function reshaped(
  work: Work,
  step: PlannedStep,
  statements: readonly string[],
  looking: (once: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const once = () =>
    atOnce(work, work.control, async (tx) => {
      await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
      await work.fence.check(tx)
      await searching(tx, step)
      for (const sql of statements) await tx.query(sql)
      await schemaChanging(tx, work.run, step.phase)
    })
  await patiently(work, step, () => looking(() => namingWhoHolds(work, step, once)))
  await seen(work, step.phase)
}

/** They wait for others without standing in anybody's way, so they may wait long. */
async function alone(work: Work, step: PlannedStep, statements: readonly string[]): Promise<void> {
  await patiently(work, step, async () => {
    await work.control.transaction((tx) => work.fence.check(tx))
    await work.db.session(async (s) => {
      await s.query(unhurriedAlone)
      await searchingAlone(s, step)
      for (const sql of statements) await s.query(sql)
    })
  })
  await atOnce(work, work.control, (tx) => schemaChanging(tx, work.run, step.phase))
  await seen(work, step.phase)
}

/** Carries out of a transaction what was found in it, while the transaction is rolled back. */
class Found extends Error {
  readonly rows: Awaited<ReturnType<SchemaHands['trial']>>
  constructor(rows: Found['rows']) {
    super('found')
    this.rows = rows
  }
}

async function tried(
  work: Work,
  step: PlannedStep,
  statements: readonly string[],
  question: string,
  beside: Beside,
): Promise<Found['rows']> {
  const body = async (tx: Session) => {
    await tx.query(`set local lock_timeout = ${postgres.literal(String(work.settings.lockTimeoutMs))}`)
    await searching(tx, step)
    for (const sql of statements) await tx.query(sql)
    await searchingNowhere(tx, step)
    throw new Found((await tx.query(question)).rows)
  }
  try {
    return await work.db.session((s) => beside.during(() => s.transaction<Found['rows']>(body), givingWay(work, step, s)))
  } catch (found) {
    if (found instanceof Found) return found.rows
    throw found
  }
}
