// What somebody says to a question of a run: taken only from those who were asked, for the plan that was looked at, and once.
import { randomUUID } from 'node:crypto'
import type { Database, Session } from '../../databases/database.ts'
import { delivered } from '../../databases/workshop/delivered.ts'
import { runUnknown } from '../../errors/cli.ts'
import { notAsked, notOfNow, notSigned, notSoMany, otherPlanAsked, replayed, selfGiven } from '../../errors/gates.ts'
import {
  type AnsweredRun,
  answersTo,
  type OpenQuestion,
  openQuestions,
  recordAnswer,
  runNumbered,
  waitingInQuarantine,
} from '../../ledger/approvals.ts'
import { whoIs } from '../../ledger/audit.ts'
import { ledgerThere } from '../../ledger/tables.ts'
import { clocksApartMs, type Given, standingOf } from '../../steps/approval.ts'
import { moment, span } from '../../steps/times.ts'
import { count, plural } from '../../text.ts'
import { type Clock, wallClock } from '../clock.ts'
import { keyOf, type People, rolesOf, type Somebody, somebody } from './people.ts'
import { isSignedBy, type Reply, type SignedReply, signatureOf } from './reply.ts'

export interface Answering {
  /** `r4` */
  readonly run: string
  /** `cutover.1`; left out, the one question that is open. */
  readonly step?: string | undefined
  /** Who says so; left out, GODWIT_USER or the user of this machine. */
  readonly by?: string | undefined
  /** In which roles; left out, all that they have. */
  readonly as?: readonly string[] | undefined
  readonly note?: string | undefined
  readonly people?: People | undefined
  readonly clock?: Clock | undefined
}

export interface Answered {
  readonly run: string
  readonly step: string
  readonly plan: string
  readonly question: string
  readonly answer: Given
  /** What the gate still needs; nothing, and it opens. */
  readonly lacking: readonly string[]
}

/** A yes or a no. Whoever has a key signs it with that. */
export const answer = (db: Database, verdict: Reply['verdict'], given: Answering): Promise<Answered> =>
  inLedger(db, async (tx) => {
    const run = await theRun(tx, given.run)
    const question = await theQuestion(tx, run, given.step)
    const who = somebody(given.by ?? whoIs(), given.people ?? {})
    const reply = replyOf(given, { run: given.run, step: question.step, plan: question.plan, verdict, by: who.name })
    return taken(tx, { run, question, who, reply, signature: signatureFor(who, reply) }, given.clock ?? wallClock)
  })

/** One that was signed elsewhere. `withinMs`: how long ago at most; left out, at any time since the question was put. */
export function answerSigned(
  db: Database,
  reply: SignedReply,
  { people, clock = wallClock, withinMs }: { readonly people: People; readonly clock?: Clock; readonly withinMs?: number },
): Promise<Answered> {
  const who = provenBy(reply, people)
  refuseOld(reply, clock.now(), withinMs)
  return inLedger(db, async (tx) => {
    const run = await theRun(tx, reply.run)
    if (reply.rows !== undefined) return accepted(tx, run, who, { ...reply, rows: reply.rows }, reply.signature, clock.now())
    const question = await theQuestion(tx, run, reply.step)
    if (reply.plan !== question.plan)
      throw otherPlanAsked({ run: reply.run, asked: reply.plan, now: question.plan, whose: `The answer of ${who.name}` })
    return taken(tx, { run, question, who, reply, signature: reply.signature }, clock)
  })
}

/** Rows that wait in quarantine need not go: accepted by their number, under this plan. */
export const acceptQuarantine = (db: Database, rows: number, given: Answering): Promise<Answered> =>
  inLedger(db, async (tx) => {
    const run = await theRun(tx, given.run)
    const who = somebody(given.by ?? whoIs(), given.people ?? {})
    const reply = { ...replyOf(given, { run: given.run, step: 'quarantine', plan: run.plan, verdict: 'approved', by: who.name }), rows }
    return accepted(tx, run, who, reply, signatureFor(who, reply), (given.clock ?? wallClock).now())
  })

/** Who has signed it; who has no key, or has not, is told no more than that. */
export function provenBy(reply: SignedReply, people: People): Somebody {
  const name = Object.hasOwn(people, reply.by) ? reply.by : undefined
  const who = name === undefined ? undefined : somebody(name, people)
  const key = who && keyOf(who)
  if (key === undefined || !isSignedBy(key, reply)) throw notSigned()
  return who!
}

function refuseOld({ by, at }: SignedReply, now: number, withinMs: number | undefined): void {
  const ms = Date.parse(at)
  const refuse = (why: string) => notOfNow({ person: by, at: moment(ms), why })
  if (ms - now > clocksApartMs) throw refuse('that has not come yet by the clock here')
  if (withinMs !== undefined && now - ms > withinMs) throw refuse(`that is more than ${span(withinMs)} ago`)
}

const inLedger = <T>(db: Database, work: (tx: Session) => Promise<T>): Promise<T> =>
  delivered(db, () => db.session((s) => s.transaction(work)))

async function theRun(tx: Session, run: string): Promise<AnsweredRun> {
  const found = (await ledgerThere(tx)) ? await runNumbered(tx, run) : undefined
  if (!found) throw runUnknown({ run, known: [] })
  return found
}

async function theQuestion(tx: Session, run: AnsweredRun, step: string | undefined): Promise<OpenQuestion> {
  const open = await openQuestions(tx, run.id)
  const found = open.filter((q) => step === undefined || q.step === step)
  if (found.length !== 1) throw notAsked({ run: `r${run.id}`, state: run.state, step, open: open.map((q) => q.step) })
  const [question] = found as [OpenQuestion]
  if (question.plan !== run.plan) throw otherPlanAsked({ run: `r${run.id}`, asked: question.plan, now: run.plan, whose: 'The question' })
  return question
}

const replyOf = ({ as, note, clock = wallClock }: Answering, about: Pick<Reply, 'run' | 'step' | 'plan' | 'verdict' | 'by'>): Reply => ({
  ...about,
  ...(as?.length ? { as } : {}),
  at: new Date(clock.now()).toISOString(),
  nonce: randomUUID(),
  ...(note === undefined ? {} : { note }),
})

function signatureFor(who: Somebody, reply: Reply): string | null {
  const key = keyOf(who)
  return key === undefined ? null : signatureOf(key, reply)
}

interface Taken {
  readonly run: AnsweredRun
  readonly question: OpenQuestion
  readonly who: Somebody
  readonly reply: Reply
  readonly signature: string | null
}

async function taken(tx: Session, { run, question, who, reply, signature }: Taken, clock: Clock): Promise<Answered> {
  const given = givenBy(who, reply, rolesOf(who, reply.as, question.roles), signature)
  refuseStale(question, given, clock.now())
  if (question.fourEyes && given.verdict === 'approved' && question.own.some((own) => who.names.includes(own)))
    throw selfGiven({ person: who.name, run: reply.run })
  const { step, request, plan, question: words } = question
  await recorded(
    tx,
    { ...given, nonce: reply.nonce, run: run.id, step, request, plan, question: words, rows: null, signature },
    clock.now(),
  )
  const { lacking } = standingOf(question, await answersTo(tx, request), clock.now())
  return { run: reply.run, step, plan, question: words, answer: given, lacking }
}

const givenBy = ({ name }: Somebody, { verdict, at, note }: Reply, roles: readonly string[], signature: string | null): Given => ({
  person: name,
  roles,
  verdict,
  at: Date.parse(at),
  note,
  proof: signature === null ? 'claimed' : 'signed',
})

/** Older than the question it cannot be about it, whatever it says. */
function refuseStale({ at: asked, expiresMs }: OpenQuestion, { person, at }: Given, now: number): void {
  const refuse = (why: string) => notOfNow({ person, at: moment(at), why })
  if (asked - at > clocksApartMs) throw refuse(`the question was put later, on ${moment(asked)}`)
  if (expiresMs !== null && now - at >= expiresMs) throw refuse(`an answer counts for ${span(expiresMs)}`)
}

async function recorded(tx: Session, what: Parameters<typeof recordAnswer>[1], now: number): Promise<void> {
  if (!(await recordAnswer(tx, what, now))) throw replayed({ person: what.person })
}

async function accepted(
  tx: Session,
  run: AnsweredRun,
  who: Somebody,
  reply: Reply & { readonly rows: number },
  signature: string | null,
  now: number,
): Promise<Answered> {
  if (reply.plan !== run.plan)
    throw otherPlanAsked({ run: reply.run, asked: reply.plan, now: run.plan, whose: `The answer of ${who.name}` })
  const there = await waitingInQuarantine(tx, run.migration)
  if (there !== reply.rows || reply.verdict !== 'approved') throw notSoMany({ accepted: reply.rows, there })
  const given = givenBy(who, reply, rolesOf(who, reply.as, []), signature)
  const question = `may ${plural(there, 'row')} stay in quarantine`
  const about = { run: run.id, step: 'quarantine', request: null, plan: run.plan, question, rows: there }
  await recorded(tx, { ...given, ...about, nonce: reply.nonce, signature }, now)
  return { run: reply.run, step: 'quarantine', plan: run.plan, question: `${question} (${count(there)})`, answer: given, lacking: [] }
}
