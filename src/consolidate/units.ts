// Units that Godwit can turn into one another, each as a fraction of the first of its kind. Any other word is a unit too, and equal only to itself.
import { exact, isWhole, numberText, timesFraction } from './number.ts'
import type { Value } from './value.ts'

type Fraction = readonly [over: bigint, under: bigint]
const one: Fraction = [1n, 1n]

const kinds: readonly Readonly<Record<string, Fraction>>[] = [
  { fraction: one, percent: [1n, 100n], permille: [1n, 1000n], 'basis points': [1n, 10_000n] },
  { s: one, ms: [1n, 1000n], min: [60n, 1n], h: [3600n, 1n], days: [86_400n, 1n] },
  { B: one, kB: [1000n, 1n], MB: [1_000_000n, 1n], GB: [10n ** 9n, 1n], KiB: [1024n, 1n], MiB: [1024n ** 2n, 1n], GiB: [1024n ** 3n, 1n] },
]

/** Why values of one unit cannot be had in another, if so. */
export function notConvertible(from: string, to: string): boolean {
  return from !== to && !kinds.some((k) => from in k && to in k)
}

/** The value in another unit, exactly; undefined where it is no number, or no decimal says it to the last digit. */
export function converted(value: Value, from: string, to: string): Value | undefined {
  if (from === to) return value
  const kind = kinds.find((k) => from in k && to in k)
  if (!kind || (value.type !== 'integer' && value.type !== 'decimal')) return undefined
  const number = exact(value.text)
  if (!number) return undefined
  const [f, t] = [kind[from]!, kind[to]!]
  const result = timesFraction(number, f[0] * t[1], f[1] * t[0])
  if (!result) return undefined
  // 0.03 of a fraction is 3.0 percent: what was a decimal stays one
  if (value.type === 'decimal' && isWhole(result)) return { type: 'decimal', text: `${numberText(result)}.0` }
  return { type: isWhole(result) ? value.type : 'decimal', text: numberText(result) }
}

/** What tells percent from fractions, milliseconds from seconds, seconds from minutes. */
export const tellingRatios: readonly bigint[] = [100n, 1000n, 60n]
