// SQLite's five kinds of value as text, without loss; and its names.

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** Of a table's id the name that it has in its file. */
export const bareName = (id: string): string => id.slice(id.indexOf('.') + 1)
export const bare = (id: string): string => quote(bareName(id))

export type Raw = null | bigint | number | string | Uint8Array

export function asText(value: Raw): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return numberText(value)
  return `\\x${Buffer.from(value).toString('hex')}`
}

/** The shortest digits that give the same number back. */
export function numberText(value: number): string {
  if (!Number.isInteger(value)) return String(value)
  return Object.is(value, -0) ? '-0.0' : Math.abs(value) < 1e15 ? `${value}.0` : String(value)
}
