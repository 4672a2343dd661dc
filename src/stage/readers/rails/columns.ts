// Columns of create_table and add_column, as Postgres is given them.
import { Expression, type RubyHash, type RubyValue, unknown } from '../../ruby/values.ts'
import { anything } from '../holes.ts'
import { literal, quoted } from '../quoting.ts'

/** By the version that stands behind Migration: what a key is, and what a moment is. */
export interface Version {
  readonly number: number
}

const types: Readonly<Record<string, string>> = {
  string: 'varchar',
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  float: 'double precision',
  decimal: 'numeric',
  numeric: 'numeric',
  datetime: 'timestamp',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  time: 'time',
  date: 'date',
  binary: 'bytea',
  blob: 'bytea',
  boolean: 'boolean',
  primary_key: 'bigserial PRIMARY KEY',
  serial: 'serial',
  bigserial: 'bigserial',
  attachment: 'varchar',
}

export const optionsOf = (values: readonly RubyValue[]): RubyHash => {
  const last = values.at(-1)
  return last instanceof Map ? last : new Map()
}

export const nameSql = (value: RubyValue | undefined): string => (typeof value === 'string' && value ? quoted(value) : anything)

/** `schema.table`, as it may be given. */
export const tableSql = (value: RubyValue | undefined): string =>
  typeof value === 'string' ? value.split('.').map(quoted).join('.') : anything

export const isColumnType = (name: string): boolean =>
  name in types ||
  /^(jsonb?|uuid|inet|cidr|macaddr|hstore|citext|tsvector|xml|point|bit|bit_varying|money|ltree|oid|\w+range|geometry|geography|st_point|vector|virtual|enum)$/.test(
    name,
  )

export function typeSql(type: RubyValue, options: RubyHash, { number }: Version): string {
  if (typeof type !== 'string') return anything
  const [limit, precision, scale] = ['limit', 'precision', 'scale'].map((o) => options.get(o))
  const array = options.get('array') === true ? '[]' : ''
  return `${base()}${array}`

  function base(): string {
    if (type === 'enum') return nameSql(options.get('enum_type'))
    if (type === 'virtual') return typeSql(options.get('type') ?? unknown, new Map(), { number })
    if (type === 'string' && typeof limit === 'number') return `varchar(${limit})`
    if (type === 'integer' && typeof limit === 'number') return limit > 4 ? 'bigint' : limit < 3 ? 'smallint' : 'integer'
    if ((type === 'decimal' || type === 'numeric') && typeof precision === 'number')
      return `numeric(${precision}${typeof scale === 'number' ? `, ${scale}` : ''})`
    if ((type === 'datetime' || type === 'timestamp') && precision !== null)
      return typeof precision === 'number' ? `timestamp(${precision})` : number >= 7 ? 'timestamp(6)' : 'timestamp'
    return (
      types[type as string] ??
      (isColumnType(type as string)
        ? (type as string)
        : (type as string).includes('(') || /^[\w ]+$/.test(type as string)
          ? (type as string)
          : anything)
    )
  }
} // prettier-ignore

export function valueSql(value: RubyValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (value instanceof Expression) return value.sql
  if (typeof value === 'string') return literal(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.length ? anything : `'{}'`
  return value instanceof Map ? `'{}'` : anything
}

export function columnSql(name: RubyValue, type: RubyValue, options: RubyHash, version: Version): string {
  const [value, stored] = [valueSql(options.get('default')), options.get('as')]
  return [
    `${nameSql(name)} ${typeSql(type, options, version)}`,
    ...(typeof stored === 'string' ? [`GENERATED ALWAYS AS (${stored}) STORED`] : []),
    ...(value === undefined ? [] : [`DEFAULT ${value}`]),
    ...(options.get('null') === false ? ['NOT NULL'] : []),
    ...(options.get('primary_key') === true ? ['PRIMARY KEY'] : []),
  ].join(' ')
}
