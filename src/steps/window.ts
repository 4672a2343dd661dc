// A maintenance window: nothing in it begins before its time, and what is not through when it ends is taken back.
import { notAnnounced, windowOver } from '../errors/cutover.ts'
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import type { Table } from '../schema/table.ts'
import { list } from '../text.ts'
import type { Hands, Plain } from './hands.ts'
import { closeTables, isClosed, openTables } from './read-only.ts'
import type { Announcement, Done, Step, Waiting } from './step.ts'

export interface WindowGiven {
  /** A moment with its zone: '2026-12-05T22:00:00+01:00'. */
  readonly from: string
  /** A moment, or how long it lasts: '2 hours'. Its hard end: later than this no step of it begins. */
  readonly to: string
  readonly announce?: Announcement
  /** Tables that take no writes while it is open. */
  readonly readOnly?: readonly (Table | string)[]
}

interface Window {
  readonly title: string
  readonly at: string | undefined
  readonly from: number
  readonly to: number
  readonly tables: readonly string[]
  readonly announce: Announcement | undefined
  readonly noticeMs: number | undefined
}

/** What was told last, and when. */
interface Told {
  readonly from: number
  readonly to: number
  readonly at: number
}

/** The steps of the window, from the one that waits for it to the one that closes it: `cutover: [...window({ … }, flag(…), smoke(…))]`. */
export function window(given: WindowGiven, ...within: readonly Step[]): readonly Step[] {
  const at = origin()
  const { announce, readOnly = [] } = given
  const [from, to] = momentsOf(given, at)
  const tables = readOnly.map((t) => (typeof t === 'string' ? t : t.id))
  const title = `window from ${shown(from)} to ${shown(to)}`
  const noticeMs = announce?.notice === undefined ? undefined : milliseconds(announce.notice, at)
  const w: Window = { title, at, from, to, tables, announce, noticeMs }
  const params = { from: shown(from), to: shown(to), announce: announce ?? null, readOnly: tables }
  const opens: Step = {
    kind: 'window',
    title,
    at,
    params,
    doing: {
      says: saysOf(w),
      window: { from, to, ...(announce ? { announce } : {}) },
      ...(tables.length ? {} : { gate: true as const }),
      do: (hands) => opened(w, hands),
      ...(tables.length ? { undo: (hands) => openTables(tables, hands) } : {}),
    },
  }
  const closes: Step = {
    kind: 'window-end',
    title: `${title}: closed in time`,
    at,
    params,
    by: to,
    doing: {
      says: [tables.length ? `${list(tables)} take writes again` : 'all of it was through in time'],
      do: (hands) => closed(w, hands),
      ...(tables.length ? { undo: (hands) => closedAgain(w, hands) } : {}),
    },
  }
  return [opens, ...within.map((s) => ({ ...s, by: Math.min(s.by ?? to, to) })), closes]
}

const shown = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

function momentsOf({ from, to }: WindowGiven, at: string | undefined): readonly [number, number] {
  const begin = momentOf(from, at)
  const end = /^\d{4}-/.test(to) ? momentOf(to, at) : begin + milliseconds(to, at)
  if (end > begin) return [begin, end]
  throw cannotPlan({ what: `the window from ${from} to ${to}`, why: 'it ends before it begins', hint: 'Look at the dates.', at })
}

function momentOf(text: string, at: string | undefined): number {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw cannotPlan({
    what: `the window at '${text}'`,
    why: 'it is no moment with a time zone, and elsewhere it is another time',
    hint: 'Write it so: 2026-12-05T22:00:00+01:00, or with Z.',
    at,
  })
}

const saysOf = ({ from, to, tables, announce }: Window): string[] => [
  `waits until ${shown(from)}`,
  `what is not through at ${shown(to)} is taken back`,
  ...(tables.length ? [`${list(tables)} take no writes while it is open`] : []),
  ...(announce?.notice ? [`told at least ${announce.notice} before`] : []),
  ...tellings(announce),
]

const tellings = (announce: Announcement | undefined): string[] =>
  announce ? [`for ${announce.audience}: ${announce.impact}`, ...(announce.instructions ? [announce.instructions] : [])] : []

async function opened(w: Window, hands: Hands): Promise<Done | Waiting> {
  const { title, at, from, to, tables, announce } = w
  const now = hands.clock.now()
  const told = announce && ((await hands.memory.read()) as unknown as Told | undefined)
  if (now < from) return waits(w, told, hands)
  if (now > to) throw windowOver({ title, to: shown(to), at })
  if (announce && !isToldOf(w, told)) {
    if (w.noticeMs !== undefined) throw tooLittleNotice(w, 'it was never announced: no run has come to it before it began')
    // moved to an earlier time, and nobody knows of that yet
    if (told && now < told.from)
      return { waits: `until ${shown(told.from)}, as was announced`, next: ['godwit run, then'], until: told.from }
  }
  if (w.noticeMs !== undefined && told && told.at > from - w.noticeMs)
    throw tooLittleNotice(w, `it was announced at ${shown(told.at)}, and that is less than ${announce!.notice} before`)
  if (tables.length) await closeTables(tables, shown(to), hands)
  return { done: `open since ${shown(from)}, until ${shown(to)}`, detail: { opened: now } }
}

const isToldOf = ({ from, to }: Window, told: Told | undefined): boolean => told?.from === from && told.to === to

/** Whoever looks on, and each channel that tells of waiting, has it with what the run waits for; what was told is kept. */
async function waits(w: Window, told: Told | undefined, hands: Hands): Promise<Waiting> {
  const { from, to, announce } = w
  const other = told && !isToldOf(w, told) ? [`this is another time than was announced (${shown(told.from)} to ${shown(told.to)})`] : []
  if (announce && !isToldOf(w, told)) await hands.memory.write({ from, to, at: hands.clock.now() } as unknown as Plain)
  return {
    waits: `until the window opens at ${shown(from)}`,
    next: [...tellings(announce), ...(announce ? [`it ends at ${shown(to)}`] : []), ...other, 'godwit run, when it is open'],
    until: from,
  }
}

const tooLittleNotice = ({ title, at, announce }: Window, why: string) => notAnnounced({ title, audience: announce!.audience, why, at })

async function closed({ tables, to }: Window, hands: Hands): Promise<Done> {
  const now = hands.clock.now()
  if (tables.length) await openTables(tables, hands)
  return { done: `closed ${Math.round((to - now) / 1000)} s before its end`, detail: { closed: now } }
}

/** On the way back they stay closed until the step that closed them is taken back as well. */
async function closedAgain({ tables, to }: Window, hands: Hands): Promise<void> {
  if (!(await isClosed(tables, hands))) await closeTables(tables, shown(to), hands)
}
