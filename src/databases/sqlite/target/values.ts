// Values between SQLite and the workshop: the text that Postgres writes for the same value, or nothing where it is none of its type.
import type { SqlType } from '../../../schema/type.ts'
import { asText, type Raw } from '../text.ts'

/** The digits that give the same number back, and where the point stands: 1.5e-7 is 15 and -6. */
function digitsOf(n: number): { sign: string; digits: string; point: number } {
  const [, sign, digits, exponent] = /^(-?)([\d.]+)e([+-]\d+)$/.exec(n.toExponential())!
  return { sign: sign!, digits: digits!.replace('.', ''), point: Number(exponent) + 1 }
}

function plain(n: number): string {
  const { sign, digits, point } = digitsOf(n)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return digits.length <= point ? sign + digits.padEnd(point, '0') : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** As Postgres writes a double: in scientific form from 1e15 on, and below 1e-4. */
export function doubleText(n: number): string {
  if (!Number.isFinite(n)) return String(n)
  if (n === 0) return Object.is(n, -0) ? '-0' : '0'
  const { sign, digits, point } = digitsOf(n)
  const exponent = point - 1
  if (exponent >= -4 && exponent < 15) return plain(n)
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

const decimalText = (n: number): string => (Number.isFinite(n) ? (n === 0 ? '0' : plain(n)) : String(n))

type Canonical = (value: Exclude<Raw, null>) => string | undefined

const asInteger: Canonical = (v) => (typeof v === 'bigint' ? String(v) : undefined)
const canonicals: Partial<Record<SqlType['name'], Canonical>> = {
  int8: asInteger,
  float8: (v) => (typeof v === 'number' ? doubleText(v) : asInteger(v)),
  numeric: (v) => (typeof v === 'number' ? decimalText(v) : asInteger(v)),
  bool: (v) => (v === 0n ? 'false' : v === 1n ? 'true' : undefined),
  bytea: (v) => (v instanceof Uint8Array ? `\\x${Buffer.from(v).toString('hex')}` : undefined),
  text: (v) => (typeof v === 'string' && v.includes('\0') ? undefined : (asText(v) ?? undefined)),
}

/** Undefined where the value is none of the type. Whether a text is UTF-8 only its bytes tell. */
export const canonical = (value: Raw, type: SqlType): string | null | undefined => (value === null ? null : canonicals[type.name]!(value))

/** What is bound for a text of the workshop. A double and its shortest digits are one value; the rest the column's affinity decides. */
export function bound(text: string | null, type: SqlType): Raw {
  if (text === null) return null
  switch (type.name) {
    case 'int8':
      return BigInt(text)
    case 'float8':
      return Number(text)
    case 'numeric':
      return fitsInteger(text) ? BigInt(text) : Number(text)
    case 'bool':
      return text === 'true' ? 1n : 0n
    case 'bytea':
      return Buffer.from(text.slice(2), 'hex')
    default:
      return text
  }
}

const fitsInteger = (text: string): boolean => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)

/** 1.50 and 1.5 are one number. */
const trimmed = (text: string): string => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text)

/** What was sent and what stands there: the same value, to the last digit. */
export const sameValue = (sent: string | null, found: string | null, type: SqlType): boolean =>
  type.name === 'numeric' && sent !== null && found !== null ? trimmed(sent) === trimmed(found) : sent === found

const kinds: Readonly<Record<string, string>> = {
  bigint: 'a whole number',
  number: 'a number with a fraction',
  string: 'text',
  object: 'bytes',
}

/** For messages: the kind of the value and not the value, which may be anybody's secret. */
export const kindOf = (value: Raw): string =>
  typeof value === 'string' && value.includes('\0') ? 'text with a NUL in it' : (kinds[typeof value] ?? 'another value')
