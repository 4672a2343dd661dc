// Values between SQLite and the workshop: the text that Postgres writes for the same value, or nothing where it is none of its type.
import { integerRange, isInteger, type SqlType } from '../../../schema/type.ts'
import { decimalText, doubleText } from '../../workshop/numbers.ts'
import { asText, type Raw } from '../text.ts'
import { typeOf } from './declared.ts'

/** A column as far as its values are concerned. */
export interface Kept {
  readonly type: SqlType
  readonly declared: string
}

type Canonical = (value: Exclude<Raw, null>, type: SqlType) => string | undefined

const asInteger: Canonical = (v, type) => {
  if (typeof v !== 'bigint') return undefined
  const [least, greatest] = integerRange(type) ?? [v, v]
  return v < least || v > greatest ? undefined : String(v)
}

/** A text that says a value of the type in just the way in which Postgres writes it. */
const written =
  (form: RegExp): Canonical =>
  (v) =>
    typeof v === 'string' && form.test(v) ? v : undefined

const day = String.raw`\d{4,6}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`
const clock = String.raw`([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{0,5}[1-9])?`
const endless = '-?infinity'

const canonicals: Partial<Record<SqlType['name'], Canonical>> = {
  int2: asInteger,
  int4: asInteger,
  int8: asInteger,
  float8: (v) => (typeof v === 'number' ? doubleText(v) : typeof v === 'bigint' ? String(v) : undefined),
  numeric: (v, type) => withScale(typeof v === 'number' ? decimalText(v) : typeof v === 'bigint' ? String(v) : decimal(v), type),
  bool: (v) => (v === 0n ? 'false' : v === 1n ? 'true' : undefined),
  bytea: (v) => (v instanceof Uint8Array ? `\\x${Buffer.from(v).toString('hex')}` : undefined),
  text: (v) => (typeof v === 'string' && v.includes('\0') ? undefined : (asText(v) ?? undefined)),
  varchar: (v, type) => (typeof v === 'string' && !v.includes('\0') && [...v].length <= lengthOf(type) ? v : undefined),
  date: written(new RegExp(`^(${day}( BC)?|${endless})$`)),
  timestamp: written(new RegExp(`^(${day} ${clock}( BC)?|${endless})$`)),
  timestamptz: written(new RegExp(String.raw`^(${day} ${clock}\+00( BC)?|${endless})$`)),
  uuid: written(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
}

const lengthOf = (type: SqlType): number => ('length' in type ? type.length : undefined) ?? Number.POSITIVE_INFINITY
const decimal = (v: unknown): string | undefined => (typeof v === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(v) ? v : undefined)

/** With as many places as the type has; undefined where that would cut some off. */
function withScale(text: string | undefined, type: SqlType): string | undefined {
  const scale = type.name === 'numeric' && type.precision !== undefined ? (type.scale ?? 0) : undefined
  if (text === undefined || scale === undefined) return text
  const [whole, fraction = ''] = text.split('.')
  const places = fraction.replace(/0+$/, '').padEnd(scale, '0')
  return places.length > scale ? undefined : scale ? `${whole}.${places}` : whole!
}

/** Which types a column may be brought as, besides its own: what the migration says that it is. Any value can be written as a text. */
export function carries({ type: own }: Kept, type: SqlType, numbered: boolean): boolean {
  if (own.name === 'int8') return ['int2', 'int4'].includes(type.name) || (!numbered && ['bool', 'text'].includes(type.name))
  if (own.name === 'numeric' && type.name === 'numeric') return true
  if (own.name === 'text') return ['date', 'timestamp', 'timestamptz', 'uuid', 'varchar', 'numeric', 'text'].includes(type.name)
  return type.name === 'text'
}

/** Undefined where the value is none of the type. Whether a text is UTF-8 only its bytes tell. */
export const canonical = (value: Raw, { type }: Kept): string | null | undefined =>
  value === null ? null : canonicals[type.name]!(value, type)

/** What is bound for a text of the workshop. A double and its shortest digits are one value; the rest the column's affinity decides. */
export function bound(text: string | null, { type, declared }: Kept): Raw {
  if (text === null) return null
  if (isInteger(type) && type.name !== 'numeric') return BigInt(text)
  if (type.name === 'float8') return Number(text)
  if (type.name === 'numeric' && typeOf(declared).name === 'numeric') return fitsInteger(text) ? BigInt(text) : Number(text)
  if (type.name === 'bool') return text === 'true' ? 1n : 0n
  return type.name === 'bytea' ? Buffer.from(text.slice(2), 'hex') : text
}

const fitsInteger = (text: string): boolean => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)

/** 1.50 and 1.5 are one number. */
const trimmed = (text: string): string => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text)

/** What was sent and what stands there: the same value, to the last digit. */
export const sameValue = (sent: string | null, found: string | null, { type }: Kept): boolean =>
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
