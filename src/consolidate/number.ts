// Numbers as they are written: digits and a power of ten, never a float.

export interface Exact {
  readonly digits: bigint
  /** How many of the digits stand behind the point; less than zero for zeros that are left out. */
  readonly places: number
}

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/

/** The number that a text is, if it is one. */
export function exact(text: string): Exact | undefined {
  const [, sign, whole = '', fraction = '', power = '0'] = form.exec(text) ?? []
  if (sign === undefined || whole + fraction === '') return undefined
  const digits = BigInt(whole + fraction)
  return trimmed({ digits: sign === '-' ? -digits : digits, places: fraction.length - Number(power) })
}

/** Without zeros at the end: so equal numbers are equal field by field. */
function trimmed({ digits, places }: Exact): Exact {
  if (digits === 0n) return { digits, places: 0 }
  let [d, p] = [digits, places]
  while (d % 10n === 0n) {
    d /= 10n
    p -= 1
  }
  return { digits: d, places: p }
}

export const sameNumber = (a: Exact, b: Exact): boolean => a.digits === b.digits && a.places === b.places

export const isWhole = (n: Exact): boolean => n.places <= 0

/** Times a fraction of whole numbers; undefined where no decimal says it to the last digit (1/3). */
export function timesFraction(n: Exact, over: bigint, under: bigint): Exact | undefined {
  let digits = n.digits * over
  let places = n.places
  let rest = under
  // a divisor of twos and fives alone ends within as many places as it has bits
  for (let i = 0; i < 64 && digits % rest !== 0n; i++) {
    digits *= 10n
    places += 1
  }
  if (digits % rest !== 0n) return undefined
  rest = digits / rest
  return trimmed({ digits: rest, places })
}

/** Are they the same number but for this factor, one way or the other? Zero is everything's multiple and says nothing. */
export const apartBy = (a: Exact, b: Exact, factor: bigint): boolean =>
  a.digits !== 0n &&
  b.digits !== 0n &&
  (sameNumber(trimmed({ digits: a.digits * factor, places: a.places }), b) ||
    sameNumber(trimmed({ digits: b.digits * factor, places: b.places }), a))

/** 3 · 0.03 · 1200: plain digits, as all formats read them. */
export function numberText({ digits, places }: Exact): string {
  const sign = digits < 0n ? '-' : ''
  const all = String(digits < 0n ? -digits : digits)
  if (places <= 0) return sign + all + '0'.repeat(-places)
  const padded = all.padStart(places + 1, '0')
  return `${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`
}
