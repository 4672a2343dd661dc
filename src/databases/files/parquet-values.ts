// Parquet's types as those of Postgres that keep every digit; where there is none, text.
import type { DuckDBValue } from '@duckdb/node-api'
import type { SqlType } from '../../schema/type.ts'
import { nestedText } from './nested.ts'

export interface ParquetType {
  readonly type: SqlType
  /** Whether DuckDB writes it as text; otherwise it is taken as a value, which is quicker. */
  readonly cast: boolean
  /** Undefined: Postgres has no such value. */
  readonly text: (value: DuckDBValue) => string | undefined
}

const cast = (type: SqlType, text: ParquetType['text'] = String): ParquetType => ({ type, cast: true, text })
const value = (type: SqlType, text: ParquetType['text']): ParquetType => ({ type, cast: false, text })
const asText: SqlType = { name: 'text' }

const plain: Readonly<Record<string, ParquetType>> = {
  BOOLEAN: value({ name: 'bool' }, String),
  TINYINT: value({ name: 'int2' }, String),
  SMALLINT: value({ name: 'int2' }, String),
  UTINYINT: value({ name: 'int2' }, String),
  INTEGER: value({ name: 'int4' }, String),
  USMALLINT: value({ name: 'int4' }, String),
  BIGINT: value({ name: 'int8' }, String),
  UINTEGER: value({ name: 'int8' }, String),
  UBIGINT: value({ name: 'numeric', precision: 20, scale: 0 }, String),
  HUGEINT: value({ name: 'numeric', precision: 39, scale: 0 }, String),
  FLOAT: value({ name: 'float4' }, (v) => floatText(v as number, shortest(v as number), 6)),
  DOUBLE: value({ name: 'float8' }, (v) => floatText(v as number, String(v), 15)),
  VARCHAR: cast(asText),
  JSON: cast(asText),
  UUID: cast({ name: 'uuid' }),
  BLOB: value({ name: 'bytea' }, (v) => `\\x${Buffer.from((v as { bytes: Uint8Array }).bytes).toString('hex')}`),
  DATE: cast({ name: 'date' }, (v) => dateText(String(v), 5_874_897)),
  TIME: cast({ name: 'time' }),
  TIMESTAMP: cast({ name: 'timestamp' }, (v) => dateText(String(v), 294_276)),
  'TIMESTAMP WITH TIME ZONE': cast({ name: 'timestamptz' }, (v) => dateText(String(v), 294_276)),
}

const nested = /\[\d*\]$|^(STRUCT|MAP|UNION)\(/

/** By what DuckDB calls it. A timestamp in nanoseconds has three digits more than Postgres keeps, so it is text, as is all else. */
export function parquetType(name: string): ParquetType {
  const known = plain[name]
  if (known) return known
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(name)
  if (decimal) return value({ name: 'numeric', precision: Number(decimal[1]), scale: Number(decimal[2]) }, String)
  return nested.test(name) ? value(asText, nestedText) : cast(asText)
}

/** The fewest digits that give the same 32 bits. */
function shortest(n: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = n.toPrecision(digits)
    if (Math.fround(Number(text)) === n) return String(Number(text))
  }
  return String(n)
}

/** As Postgres writes it, so that both sides can be compared as text: from `places` places on with an exponent. */
function floatText(n: number, text: string, places: number): string {
  if (n === 0) return Object.is(n, -0) ? '-0' : '0'
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? []
  if (whole === '') return text
  const digits = (whole + fraction).replace(/^0+/, '')
  const scale = whole.length + Number(exponent) - 1 - ((whole + fraction).length - digits.length)
  const kept = digits.replace(/0+$/, '')
  if (scale < -4 || scale >= places)
    return `${sign}${kept[0]}${kept.length > 1 ? `.${kept.slice(1)}` : ''}e${scale < 0 ? '-' : '+'}${String(Math.abs(scale)).padStart(2, '0')}`
  if (scale < 0) return `${sign}0.${'0'.repeat(-scale - 1)}${kept}`
  const integer = kept.slice(0, scale + 1).padEnd(scale + 1, '0')
  return `${sign}${integer}${kept.length > scale + 1 ? `.${kept.slice(scale + 1)}` : ''}`
}

/** Before Christ stands at the end, and Postgres begins in November of 4714 before. */
function dateText(text: string, lastYear: number): string | undefined {
  const [, year, rest, bc, time] = /^(\d+)(-\d\d-\d\d)( \(BC\))?(.*)$/s.exec(text) ?? []
  if (year === undefined) return text
  if (bc ? Number(year) > 4714 || (Number(year) === 4714 && rest! < '-11-24') : Number(year) > lastYear) return undefined
  return `${year}${rest}${time}${bc ? ' BC' : ''}`
}
