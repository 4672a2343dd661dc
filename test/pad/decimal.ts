// Exact decimals for the oracle: a whole number and how many of its digits stand behind the point.
export interface Exact {
  readonly digits: bigint
  readonly scale: number
}

/** '0012.50' → 12.50. The text must be digits with at most one point. */
export function exact(text: string): Exact {
  const [whole = '', fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction || '0'), scale: fraction.length }
}

const power = (n: number): bigint => 10n ** BigInt(n)

/** Without the zeros at its end. */
export function shortest({ digits, scale }: Exact): Exact {
  let [d, s] = [digits, scale]
  while (s > 0 && d % 10n === 0n) [d, s] = [d / 10n, s - 1]
  return { digits: d, scale: s }
}

/** As Postgres prints a numeric(n, scale). The number must have no more places than that. */
export function printed(number: Exact, scale: number): string {
  const short = shortest(number)
  const digits = String(short.digits * power(scale - short.scale)).padStart(scale + 1, '0')
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** a / b to so many places, half away from zero. Both are positive here. */
export function quotient(a: Exact, b: Exact, scale: number): Exact {
  const top = a.digits * power(b.scale + scale + 1)
  const bottom = b.digits * power(a.scale)
  // one digit more than wanted decides, and what is behind it cannot change that: half goes up
  return { digits: (top / bottom + 5n) / 10n, scale }
}
