// Sends what is due, channel by channel: in order, again later where it was not taken, and given up when it is too old to be news.
import type { Database } from '../databases/database.ts'
import type { Clock } from '../run/clock.ts'
import { type Channel, Undelivered } from './channel.ts'
import { giveUp, markSent, postpone, type Taken, take } from './outbox.ts'

const firstPauseMs = 30_000
const longestPauseMs = 3_600_000
const oldestMs = 3 * 24 * 3_600_000

export interface Office {
  readonly db: Database
  readonly channels: readonly Channel[]
  readonly clock: Clock
  /** What stands in the ledger and on screen has no secrets in it. */
  readonly scrub: (text: string) => string
}

export interface Delivered {
  readonly sent: number
  readonly failed: number
}

/** One channel that is slow or down holds up no other. */
export async function deliver(office: Office, signal: AbortSignal): Promise<Delivered> {
  const all = await Promise.all(office.channels.map((channel) => deliverTo(office, channel, signal)))
  return { sent: sum(all.map((d) => d.sent)), failed: sum(all.map((d) => d.failed)) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

async function deliverTo(office: Office, channel: Channel, signal: AbortSignal): Promise<Delivered> {
  let sent = 0
  while (!signal.aborted) {
    const letter = await office.db.session((s) => take(s, channel.name, office.clock.now()))
    if (!letter) return { sent, failed: 0 }
    if (!(await sendOne(office, channel, letter, signal))) return { sent, failed: 1 }
    sent++
  }
  return { sent, failed: 0 }
}

async function sendOne(office: Office, channel: Channel, letter: Taken, signal: AbortSignal): Promise<boolean> {
  const { db, clock } = office
  try {
    await channel.send(letter, { now: () => clock.now(), signal })
  } catch (error) {
    await db.session((s) => notTaken(s, office, channel, letter, error, signal.aborted))
    return false
  }
  await db.session((s) => markSent(s, letter.id, clock.now()))
  return true
}

async function notTaken(
  session: Parameters<typeof giveUp>[0],
  { clock, scrub }: Office,
  channel: Channel,
  { id, notice, tries }: Taken,
  error: unknown,
  brokenOff: boolean,
): Promise<void> {
  const said = error instanceof Undelivered ? error : undefined
  const words = scrub(said?.message ?? `${(error as Error).name}: ${(error as Error).message}`)
  const now = clock.now()
  if (said?.final || now - Date.parse(notice.at) > oldestMs) await giveUp(session, id, words)
  else
    await postpone(session, { id, channel: channel.name, error: words, due: brokenOff ? now : now + (said?.againMs ?? pauseAfter(tries)) })
}

/** 30 s, 1 min, 2 min … 1 h. */
const pauseAfter = (tries: number): number => Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs)
