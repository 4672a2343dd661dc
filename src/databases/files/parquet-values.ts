// Parquet's types as those of Postgres that keep every digit; where there is none, text.
import type { DuckDBValue } from '@duckdb/node-api'
import type { SqlType } from '../../schema/type.ts'
import type { Unread } from '../../schema/unread.ts'
import { nestedText } from './nested.ts'

export interface ParquetType {
  readonly type: SqlType
  /** How DuckDB is asked for it: as text, or as a value, which is quicker. */
  readonly asked: (column: string) => string
  /** Undefined: Postgres has no such value, or it could not be taken as it is. */
  readonly text: (value: DuckDBValue) => string | undefined
  /** Why a value may have no text, and what is kept of it. */
  readonly reason?: Unread
  readonly kept?: (value: DuckDBValue) => string
}

const asText: SqlType = { name: 'text' }
const value = (type: SqlType, text: ParquetType['text']): ParquetType => ({ type, asked: (column) => column, text })
const cast = (type: SqlType): ParquetType => ({ type, asked: (column) => `(${column})::varchar`, text: String })
const dated = (name: 'date' | 'timestamp' | 'timestamptz', lastYear: number): ParquetType => ({
  ...cast({ name }),
  text: (v) => dateText(String(v), lastYear),
  reason: 'OUT_OF_RANGE',
})

// DuckDB's driver takes a byte order mark at the beginning of a text for one, and drops it: nothing of ours begins a text
const words: ParquetType = { type: asText, asked: (column) => `'.' || (${column})::varchar`, text: (v) => String(v).slice(1) }
const nested: ParquetType = {
  type: asText,
  asked: (column) =>
    `case when ${column} is not null then {'value': ${column}, 'marked': case when contains((${column})::varchar, chr(65279)) then '.' || (${column})::varchar end} end`,
  text: (v) => (marking(v).marked === null ? nestedText(marking(v).value) : undefined),
  reason: 'ENCODING',
  kept: (v) => marking(v).marked!.slice(1),
}

const marking = (v: DuckDBValue) => (v as { entries: { value: DuckDBValue; marked: string | null } }).entries

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
  VARCHAR: words,
  JSON: words,
  UUID: cast({ name: 'uuid' }),
  BLOB: value({ name: 'bytea' }, (v) => `\\x${Buffer.from((v as { bytes: Uint8Array }).bytes).toString('hex')}`),
  DATE: dated('date', 5_874_897),
  TIME: cast({ name: 'time' }),
  TIMESTAMP: dated('timestamp', 294_276),
  'TIMESTAMP WITH TIME ZONE': dated('timestamptz', 294_276),
}

const isNested = /\[\d*\]$|^(STRUCT|MAP|UNION)\(/

/** By what DuckDB calls it. A timestamp in nanoseconds has three digits more than Postgres keeps, so it is text, as is all else. */
export function parquetType(name: string): ParquetType {
  const known = plain[name]
  if (known) return known
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(name)
  if (decimal) return value({ name: 'numeric', precision: Number(decimal[1]), scale: Number(decimal[2]) }, String)
  return isNested.test(name) ? nested : words
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
