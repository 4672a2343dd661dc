// Spans of time as people write them.

import { durationInvalid } from '../errors/config.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const units = new Map<string, number>([
  ...['ms', 'millisecond', 'milliseconds'].map((name) => [name, 1] as const),
  ...['s', 'sec', 'second', 'seconds'].map((name) => [name, second] as const),
  ...['min', 'minute', 'minutes'].map((name) => [name, minute] as const),
  ...['h', 'hour', 'hours'].map((name) => [name, hour] as const),
  ...['d', 'day', 'days'].map((name) => [name, day] as const),
  ...['w', 'week', 'weeks'].map((name) => [name, 7 * day] as const),
])

export const acceptedDurations = "Write a number and its unit: '500ms', '2s', '10min', '24 hours', '30 days', '2 weeks', or '1h 30min'."

/** '2s' → 2000. Throws GW_DURATION_INVALID. */
export function milliseconds(text: string, at?: string): number {
  const ms = durationOf(text)
  if (ms === undefined) throw durationInvalid({ text: String(text), accepted: acceptedDurations, at })
  return ms
}

/** The same, with undefined for what is not a duration. */
export function durationOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\s*(\d+(\.\d+)?\s*[a-z]+\s*)+$/i.test(text)) return undefined
  let total = 0
  let before = Infinity
  for (const [, number, name] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const unit = units.get(name!.toLowerCase())
    if (unit === undefined || unit >= before) return undefined // '5min 1h' and '5s 5s' are slips, not sums
    total += Number(number) * unit
    before = unit
  }
  return Number.isFinite(total) ? Math.round(total) : undefined
}
