// When it happens, as people write it: '2026-12-01 02:00/04:00 Europe/Berlin'. Local times of one zone; UTC where none is said.
import { windowOther, windowUnclear } from '../../errors/notify.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Window as PlannedWindow } from '../../steps/step.ts'

export interface Window {
  readonly from: string
  readonly to: string
  readonly zone: string
  readonly minutes: number
}

const written = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)\s*\/\s*(?:(\d{4}-\d\d-\d\d)[ T])?(\d\d:\d\d)(?:\s+(\S+))?$/

export function windowOf(text: string): Window {
  const found = written.exec(text.trim())
  const unclear = (why: string) => windowUnclear({ text, why })
  if (!found) throw unclear('is not a beginning and an end')
  const [, day, begin, lastDay = day, end, zone = 'UTC'] = found as unknown as string[]
  const [from, to] = [minuteOf(day!, begin!), minuteOf(lastDay!, end!)]
  if (from === undefined || to === undefined) throw unclear('has a day or a time that does not exist')
  if (to <= from) throw unclear('ends before it begins')
  if (!isZone(zone)) throw unclear(`has a zone that is not known, ${zone}`)
  return { from: `${day} ${begin}`, to: lastDay === day ? end! : `${lastDay} ${end}`, zone, minutes: to - from }
}

/** Minutes since 1970, on a clock that never changes. */
function minuteOf(day: string, time: string): number | undefined {
  const ms = Date.parse(`${day}T${time}:00Z`)
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(`${day}T${time}`) ? undefined : ms / 60_000
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const windowInWords = ({ from, to, zone }: Window): string => `${from} to ${to} ${zone}`

// ── the windows of the plan: the only truth where there are any ──────────────────────────────

export const windowsIn = (plan: Plan): readonly PlannedWindow[] => plan.steps.flatMap((s) => s.doing?.window ?? [])

/** The plan's own; one that is given says it in another zone, or which of several. Where the plan has none, the one that is given. */
export function windowFor(plan: Plan, given: Window | undefined): Window | undefined {
  const own = windowsIn(plan)
  if (!own.length) return given
  if (!given && own.length === 1) return inUtc(own[0]!)
  const is = own.map((w) => windowInWords(inUtc(w)))
  if (!given) throw windowOther({ given: undefined, is })
  const [from, to] = momentsOf(given)
  if (own.some((w) => w.from === from && w.to === to)) return given
  throw windowOther({ given: windowInWords(given), is })
}

function inUtc({ from, to }: PlannedWindow): Window {
  const [begin, end] = [from, to].map((ms) => new Date(ms).toISOString())
  const [day, lastDay] = [begin!.slice(0, 10), end!.slice(0, 10)]
  const time = (at: string) => at.slice(11, at.slice(17, 19) === '00' ? 16 : 19)
  return {
    from: `${day} ${time(begin!)}`,
    to: lastDay === day ? time(end!) : `${lastDay} ${time(end!)}`,
    zone: 'UTC',
    minutes: (to - from) / 60_000,
  }
}

function momentsOf({ from, to, zone }: Window): readonly [number, number] {
  const last = to.includes(' ') ? to : `${from.slice(0, 10)} ${to}`
  return [momentOf(from, zone), momentOf(last, zone)]
}

/** What a clock in that zone shows is looked for; a time that comes twice is the first of the two. */
function momentOf(local: string, zone: string): number {
  const shown = Date.parse(`${local.replace(' ', 'T')}:00Z`)
  const guess = shown - offsetAt(shown, zone)
  return shown - offsetAt(guess, zone)
}

function offsetAt(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return Date.parse(`${format.format(ms).replace(' ', 'T')}Z`) - ms
}
