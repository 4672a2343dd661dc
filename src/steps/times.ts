// Times and spans of gates, as people read them: days matter here, and seconds hardly.
import { plural } from '../text.ts'

/** `2026-11-21 09:14 UTC` */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const units = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** `29 days 3 h`, `5 min`: the two greatest units, and no part of the lesser one rounded up. */
export function span(ms: number): string {
  const first = units.findIndex(([, size]) => ms >= size)
  if (first < 0) return `${Math.floor(ms)} ms`
  let rest = ms
  const parts = units.slice(first, first + 2).flatMap(([name, size]) => {
    const n = Math.floor(rest / size)
    rest -= n * size
    if (n === 0) return []
    return name === 'day' ? [plural(n, name)] : [`${n} ${name}`]
  })
  return parts.join(' ')
}
