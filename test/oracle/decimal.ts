// Exact decimal numbers: a whole number of units, and how many digits of it stand behind the point.

export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

export const whole = (n: bigint | number): Decimal => ({ unscaled: BigInt(n), scale: 0 })
const tens = (n: number): bigint => 10n ** BigInt(n)
const absolute = (n: bigint): bigint => (n < 0n ? -n : n)

/** From its text: digits, one point, an exponent. Undefined for anything else. */
export function decimalOf(text: string): Decimal | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text)
  if (!found || !`${found[2]}${found[3] ?? ''}`) return undefined
  const [, sign, before, behind = '', exponent = '0'] = found
  const digits = BigInt(`${before}${behind}`) * (sign === '-' ? -1n : 1n)
  const scale = behind.length - Number(exponent)
  return scale >= 0 ? { unscaled: digits, scale } : { unscaled: digits * tens(-scale), scale: 0 }
}

export function decimalText({ unscaled, scale }: Decimal): string {
  const digits = absolute(unscaled)
    .toString()
    .padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale ? `.${digits.slice(point)}` : ''}`
}

const at = (d: Decimal, scale: number): bigint => d.unscaled * tens(scale - d.scale)

export function order(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const [x, y] = [at(a, scale), at(b, scale)]
  return x < y ? -1 : x > y ? 1 : 0
}

export const isZero = (d: Decimal): boolean => d.unscaled === 0n
export const negative = (d: Decimal): Decimal => ({ unscaled: -d.unscaled, scale: d.scale })

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { unscaled: at(a, scale) + at(b, scale), scale }
}

export const times = (a: Decimal, b: Decimal): Decimal => ({ unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale })

/** Quotient of whole numbers, the half away from zero. */
function nearest(n: bigint, by: bigint): bigint {
  const quotient = (2n * absolute(n) + absolute(by)) / (2n * absolute(by))
  return n < 0n !== by < 0n ? -quotient : quotient
}

/** To so many places; fewer than none rounds to tens, hundreds, … */
export function rounded(d: Decimal, places: number): Decimal {
  const kept = Math.max(places, 0)
  if (places >= d.scale) return { unscaled: at(d, places), scale: places }
  const unscaled = nearest(d.unscaled, tens(d.scale - places)) * tens(kept - places)
  return { unscaled, scale: kept }
}

export const isWhole = (d: Decimal): boolean => d.unscaled % tens(d.scale) === 0n
export const truncated = (d: Decimal): Decimal => whole(d.unscaled / tens(d.scale))

/** Without the zeros at its end. */
export function shortest(d: Decimal): Decimal {
  let { unscaled, scale } = d
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n
    scale--
  }
  return { unscaled, scale }
}

/** How many digits a quotient has is Postgres' own rule: at least 16 that count, in groups of four. */
export function over(a: Decimal, b: Decimal): Decimal {
  const [first, second] = [leading(a), leading(b)]
  const weight = first.weight - second.weight - (first.digit <= second.digit ? 1 : 0)
  const scale = Math.min(Math.max(16 - 4 * weight, a.scale, b.scale, 0), 1000)
  return { unscaled: nearest(a.unscaled * tens(scale + b.scale), b.unscaled * tens(a.scale)), scale }
}

/** The first group of four digits that is not zero, and where it stands from the point. */
function leading(d: Decimal): { weight: number; digit: bigint } {
  if (isZero(d)) return { weight: 0, digit: 0n }
  const missing = (4 - (d.scale % 4)) % 4
  const digits = absolute(d.unscaled * tens(missing)).toString()
  const groups = Math.ceil(digits.length / 4)
  return { weight: groups - 1 - (d.scale + missing) / 4, digit: BigInt(digits.slice(0, digits.length - 4 * (groups - 1))) }
}
