// A value put into a column: cast to its type only where the cast changes nothing; else the row is refused, with the reason.

import { cannotPlan } from '../errors/plan.ts'
import { exactly } from '../expr/exact.ts'
import type { Value } from '../expr/node.ts'
import type { LiveColumn } from '../schema/schema.ts'
import { integerRange, isInteger, isNumber, isText, type SqlType, sameType, typeLabel } from '../schema/type.ts'
import { fitsInto } from './comparable.ts'
import type { RowWriter } from './writer.ts'

export interface About {
  readonly columns: readonly string[]
  readonly at: string | undefined
  readonly into: string
}

/** The value as the column will hold it. Never fails: a value that does not fit gives null, and a refusal. */
export function assign(value: Value, to: LiveColumn, about: About, w: RowWriter): string {
  const sql = fitted(value, to.type, about, w)
  if (!to.nullable && value.nullable)
    w.refuse(`${value.sql} is null`, {
      code: 'NULL_NOT_ALLOWED',
      columns: about.columns,
      at: about.at,
      says: `gives nothing for ${about.into}, which must have a value`,
    })
  return sql
}

function fitted(value: Value, to: SqlType, about: About, w: RowWriter): string {
  const from = value.type
  if (sameType(from, to) || (from.name === 'other' && from.sql === '')) return from.name === 'other' ? w.sql.cast(value.sql, to) : value.sql
  if (isNumber(to) && isNumber(from)) return fitNumber(value, to, about, w)
  if (isText(to) && isText(from)) return fitText(value, to, about, w)
  if (to.name === 'enum' && isText(from)) return fitEnum(value, to, about, w)
  if (widens(from, to)) return w.sql.cast(value.sql, to)
  if (isText(from) && validated.has(to.name)) return fitValidated(value, to, about, w)
  throw cannotPlan({
    what: `${about.into} is ${typeLabel(to)}, and is given ${typeLabel(from)}`,
    why: 'that is no conversion that keeps the value',
    hint: 'Say how the one becomes the other: .asText(), .asInt(), .asDecimal(), .asDate(), .inZone(…).',
    at: about.at,
  })
}

const validated = new Set<SqlType['name']>([
  'uuid',
  'json',
  'jsonb',
  'date',
  'timestamp',
  'timestamptz',
  'time',
  'interval',
  'bytea',
  'other',
  'array',
])
const widening: Partial<Record<SqlType['name'], readonly SqlType['name'][]>> = {
  date: ['timestamp'],
  json: ['json'],
  jsonb: ['json'],
  bool: ['bool'],
}
const widens = (from: SqlType, to: SqlType): boolean => (widening[from.name] ?? []).includes(to.name)

function fitNumber(value: Value, to: SqlType, about: About, w: RowWriter): string {
  if (fitsInto(value.type, to)) return w.sql.cast(value.sql, to)
  const exact = w.once(exactly(value, w.sql), { name: 'numeric' }, value.nullable)
  const conditions: string[] = []
  const must = (holds: string, code: string, says: string) => {
    conditions.push(holds)
    w.refuse(`not (${holds})`, { code, columns: about.columns, at: about.at, says })
  }
  const isFloat = (t: SqlType) => t.name === 'float4' || t.name === 'float8'
  if (isFloat(value.type) && !isFloat(to) && (to.name !== 'numeric' || to.precision !== undefined))
    must(
      `${exact.sql} not in ('NaN', 'Infinity', '-Infinity')`,
      'OUT_OF_RANGE',
      `is infinite or not a number (NaN), and ${about.into} is ${typeLabel(to)}`,
    )
  const places = to.name === 'numeric' ? to.scale : integerRange(to) ? 0 : undefined
  if (places !== undefined && !(isInteger(value.type) && places >= 0))
    must(`${exact.sql} = round(${exact.sql}, ${places})`, 'PRECISION_LOSS', `has more decimals than ${about.into}, ${typeLabel(to)}, keeps`)
  const range = limits(to)
  if (range)
    must(`${exact.sql} between ${range[0]} and ${range[1]}`, 'OUT_OF_RANGE', `is outside of what ${about.into}, ${typeLabel(to)}, holds`)
  if (to.name === 'float4' || to.name === 'float8')
    must(keptAsFloat(exact.sql, to, w), 'PRECISION_LOSS', `has more digits than ${about.into}, ${typeLabel(to)}, keeps`)
  return conditions.length ? `case when ${conditions.join(' and ')} then ${w.sql.cast(exact.sql, to)} end` : w.sql.cast(exact.sql, to)
}

/** What is written into it reads back as the same digits. Outside of the range of a float the cast itself would fail. */
function keptAsFloat(exact: string, to: SqlType, w: RowWriter): string {
  const [least, most] = to.name === 'float4' ? ['1.2e-38', '3.4e38'] : ['2.3e-308', '1.7e308']
  const inRange = `${exact} in ('NaN', 'Infinity', '-Infinity') or ${exact} = 0 or abs(${exact}) between ${least} and ${most}`
  return `case when ${inRange} then ${exact} = ${w.sql.cast(w.sql.cast(w.sql.cast(exact, to), { name: 'text' }), { name: 'numeric' })} else ${exact} is null end`
}

function limits(to: SqlType): readonly [string, string] | undefined {
  const range = integerRange(to)
  if (range) return [`(${range[0]})`, `${range[1]}`]
  if (to.name !== 'numeric' || to.precision === undefined) return undefined
  const whole = to.precision - (to.scale ?? 0)
  const most = `${whole > 0 ? '9'.repeat(whole) : '0'}${(to.scale ?? 0) > 0 ? `.${'9'.repeat(to.scale!)}` : ''}`
  return [`(-${most})`, most]
}

function fitText(value: Value, to: SqlType, about: About, w: RowWriter): string {
  const length = 'length' in to ? to.length : undefined
  const given = 'length' in value.type ? value.type.length : undefined
  const plain = value.type.name === 'text' || value.type.name === 'varchar' ? value.sql : w.sql.cast(value.sql, { name: 'text' })
  if (length === undefined || (given !== undefined && given <= length && value.type.name !== 'char')) return plain
  // the cast cuts what is too long, so it is only made where nothing is
  w.refuse(`length(${plain}) > ${length}`, {
    code: 'TOO_LONG',
    columns: about.columns,
    at: about.at,
    says: `is longer than the ${length} characters of ${about.into}`,
  })
  return `case when length(${plain}) <= ${length} then ${w.sql.cast(plain, to)} end`
}

function fitEnum(value: Value, to: SqlType & { name: 'enum' }, about: About, w: RowWriter): string {
  const plain = w.sql.cast(value.sql, { name: 'text' })
  const known = `${plain} in (${to.labels.map((l) => w.sql.literal(l)).join(', ')})`
  w.refuse(`not (${known})`, { code: 'ENUM_UNKNOWN', columns: about.columns, at: about.at, says: `is none of the values of ${to.sql}` })
  return `case when ${known} then ${w.sql.cast(plain, to)} end`
}

function fitValidated(value: Value, to: SqlType, about: About, w: RowWriter): string {
  const plain = w.once(w.sql.cast(value.sql, { name: 'text' }), { name: 'text' }, value.nullable)
  const valid = w.sql.isValid(plain.sql, to)
  w.refuse(`${plain.sql} is not null and not ${valid}`, {
    code: 'CAST_FAILED',
    columns: about.columns,
    at: about.at,
    says: `is no ${typeLabel(to)}`,
  })
  return `case when ${valid} then ${w.sql.cast(plain.sql, to)} end`
}
