// Values between SQLite and the workshop: the text that Postgres writes for the same value, or nothing where it is none of its type.
import type { SqlType } from '../../../schema/type.ts'
import { decimalText, doubleText } from '../../workshop/numbers.ts'
import { asText, type Raw } from '../text.ts'

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
