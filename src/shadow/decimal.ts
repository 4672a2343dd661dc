// Exact decimals: a whole number, and how many of its digits stand behind the point. No binary fraction comes near a comparison.
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i
/** Longer than any number that somebody has measured. */
const longest = 1000

/** '12.50', '-3', '5.68E-14'. Undefined for what is not a number, '1,234' and 'NaN' among it. */
export function decimal(text: string): Decimal | undefined {
  const found = text.length <= longest ? form.exec(text.trim()) : null
  const [, sign, whole = '', fraction = '', exponent = '0'] = found ?? []
  if (!found || whole + fraction === '') return undefined
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n)
  const scale = fraction.length - Number(exponent)
  return scale < 0 ? { digits: digits * power(-scale), scale: 0 } : { digits, scale }
}

const power = (n: number): bigint => 10n ** BigInt(n)

const aligned = (a: Decimal, b: Decimal): readonly [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale)
  return [a.digits * power(scale - a.scale), b.digits * power(scale - b.scale), scale]
}

/** Below zero, zero or above zero, as `a` lies below, at or above `b`. */
export function compare(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b)
  return x < y ? -1 : x > y ? 1 : 0
}

export function minus(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b)
  return { digits: x - y, scale }
}

export const times = (a: Decimal, b: Decimal): Decimal => ({ digits: a.digits * b.digits, scale: a.scale + b.scale })
export const size = (a: Decimal): Decimal => ({ digits: a.digits < 0n ? -a.digits : a.digits, scale: a.scale })
export const isZero = (a: Decimal): boolean => a.digits === 0n

/** As people write it, without zeros at its end. */
export function shown({ digits, scale }: Decimal): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  const point = text.length - scale
  const fraction = text.slice(point).replace(/0+$/, '')
  return `${digits < 0n ? '-' : ''}${text.slice(0, point)}${fraction && `.${fraction}`}`
}

/** `a / b`, cut after so many places. */
export function quotient(a: Decimal, b: Decimal, places: number): Decimal {
  const [x, y] = aligned(a, b)
  return { digits: (x * power(places)) / y, scale: places }
}

/** The same for people. It is cut, and not rounded: what lies below a limit is never shown as the limit. */
export function ratio(a: Decimal, b: Decimal, places: number): string {
  const cut = quotient(a, b, places)
  return isZero(cut) && !isZero(a) ? `0.${'0'.repeat(places - 1)}…` : shown(cut)
}
