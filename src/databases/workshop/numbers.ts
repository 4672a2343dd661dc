// Doubles and floats as Postgres writes them: the shortest digits that give the same number back.

/** The digits, and where the point stands: 1.5e-7 is 15 and -6. */
function digitsOf(shortest: string): { sign: string; digits: string; point: number } {
  const [, sign, digits, exponent] = /^(-?)([\d.]+)e([+-]\d+)$/.exec(Number(shortest).toExponential())!
  return { sign: sign!, digits: digits!.replace('.', ''), point: Number(exponent) + 1 }
}

function plain(shortest: string): string {
  const { sign, digits, point } = digitsOf(shortest)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return digits.length <= point ? sign + digits.padEnd(point, '0') : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** In scientific form from so many digits before the point on, and below 1e-4. */
function written(n: number, shortest: string, most: number): string {
  if (!Number.isFinite(n)) return String(n)
  if (n === 0) return Object.is(n, -0) ? '-0' : '0'
  const { sign, digits, point } = digitsOf(shortest)
  const exponent = point - 1
  if (exponent >= -4 && exponent < most) return plain(shortest)
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

export const doubleText = (n: number): string => written(n, String(n), 15)

/** `n` is a float's value as a double. */
export function floatText(n: number): string {
  for (let precision = 1; precision < 9; precision++) {
    const shortest = n.toPrecision(precision)
    if (Math.fround(Number(shortest)) === n) return written(n, shortest, 6)
  }
  return written(n, n.toPrecision(9), 6)
}

/** In full, whatever its size. */
export const decimalText = (n: number): string => (Number.isFinite(n) ? (n === 0 ? '0' : plain(String(n))) : String(n))
