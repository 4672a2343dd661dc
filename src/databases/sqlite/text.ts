// SQLite's five kinds of value as text, without loss.

export type Raw = null | bigint | number | string | Uint8Array

export function asText(value: Raw): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  // the shortest digits that give the same number back
  if (typeof value === 'number')
    return Object.is(value, -0) ? '-0.0' : Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value)
  return `\\x${Buffer.from(value).toString('hex')}`
}
