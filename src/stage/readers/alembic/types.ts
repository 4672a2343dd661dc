// SQLAlchemy's types as Postgres says them.
import { Attribute, asText, Class, isHoled, itemsOf, List, Made, Ref, type Value } from '../../python/values.ts'
import { quoted } from '../quoting.ts'

const plain: Readonly<Record<string, string>> = {
  Integer: 'integer',
  INTEGER: 'integer',
  INT: 'integer',
  BigInteger: 'bigint',
  BIGINT: 'bigint',
  SmallInteger: 'smallint',
  SMALLINT: 'smallint',
  Text: 'text',
  TEXT: 'text',
  UnicodeText: 'text',
  Boolean: 'boolean',
  BOOLEAN: 'boolean',
  Date: 'date',
  DATE: 'date',
  Time: 'time',
  TIME: 'time',
  Float: 'double precision',
  FLOAT: 'double precision',
  REAL: 'real',
  Double: 'double precision',
  DOUBLE_PRECISION: 'double precision',
  DOUBLE: 'double precision',
  JSON: 'json',
  JSONB: 'jsonb',
  UUID: 'uuid',
  Uuid: 'uuid',
  GUID: 'uuid',
  LargeBinary: 'bytea',
  BYTEA: 'bytea',
  BLOB: 'bytea',
  Interval: 'interval',
  INTERVAL: 'interval',
  INET: 'inet',
  CIDR: 'cidr',
  MACADDR: 'macaddr',
  HSTORE: 'hstore',
  TSVECTOR: 'tsvector',
  OID: 'oid',
  CITEXT: 'citext',
  MONEY: 'money',
  PickleType: 'bytea',
  TINYINT: 'smallint',
  MEDIUMTEXT: 'text',
  LONGTEXT: 'text',
  TINYTEXT: 'text',
  DATETIME: 'timestamp',
  XML: 'xml',
  INT4RANGE: 'int4range',
  DATERANGE: 'daterange',
  TSRANGE: 'tsrange',
  TSTZRANGE: 'tstzrange',
} // prettier-ignore

const sized: Readonly<Record<string, string>> = {
  String: 'varchar',
  VARCHAR: 'varchar',
  Unicode: 'varchar',
  AutoString: 'varchar',
  NVARCHAR: 'varchar',
  CHAR: 'char',
  BIT: 'bit',
  VARBINARY: 'bytea',
  BINARY: 'bytea',
} // prettier-ignore

const lastOf = (name: string): string => name.split('.').at(-1)!

/** Of a type that is called, or only named. */
export function typeName(value: Value | undefined): string {
  if (value instanceof Made)
    return value.of instanceof Attribute || value.of instanceof Made ? typeName(value.of as Value) : lastOf(value.name)
  if (value instanceof Ref) return lastOf(value.name)
  return value instanceof Class ? value.name : ''
}

export interface EnumType {
  readonly name: string
  readonly schema: string | undefined
  readonly labels: readonly string[]
  /** Whether making the table makes the type too. */
  readonly makes: boolean
}

/** Undefined for what is no enum, or one that has no name and so is a check. */
export function enumOf(value: Value | undefined): EnumType | undefined {
  if (!(value instanceof Made) || !/^enum$/i.test(lastOf(value.name))) return undefined
  const { args, named } = value.given
  const name = asText(named.get('name')) ?? (args[0] instanceof Class ? args[0].name.toLowerCase() : undefined)
  if (name === undefined) return undefined
  const given = args.flatMap((a) => (a instanceof List ? (itemsOf(a) ?? []) : a instanceof Class ? [...a.scope.names.values()] : [a]))
  const labels = given.filter((a): a is string => typeof a === 'string' && !isHoled(a))
  return {
    name,
    schema: asText(named.get('schema')),
    labels,
    makes: named.get('create_type') !== false && named.get('native_enum') !== false,
  }
}

export const enumName = ({ name, schema }: EnumType): string => (schema ? `${quoted(schema)}.${quoted(name)}` : quoted(name))

/** In SQL; a type that nobody knows keeps its own name. */
export function typeSql(value: Value | undefined): string {
  const kind = enumOf(value)
  if (kind) return enumName(kind)
  const name = typeName(value)
  const { args = [], named = new Map() } = value instanceof Made ? value.given : {}
  if (plain[name]) return plain[name]
  if (sized[name]) {
    const length = named.get('length') ?? args[0]
    return sized[name] === 'bytea' ? 'bytea' : typeof length === 'number' ? `${sized[name]}(${length})` : sized[name]
  }
  if (/^(numeric|decimal)$/i.test(name)) {
    const digits = [named.get('precision') ?? args[0], named.get('scale') ?? args[1]].filter((d) => typeof d === 'number')
    return digits.length ? `numeric(${digits.join(', ')})` : 'numeric'
  }
  if (name === 'DateTime' || name === 'TIMESTAMP') return (named.get('timezone') ?? args[0]) === true ? 'timestamptz' : 'timestamp'
  if (name === 'ARRAY') return `${typeSql(named.get('item_type') ?? args[0]).replace(/\[\]$/, '')}[]`
  if (/^enum$/i.test(name)) return 'varchar'
  return name ? quoted(name.toLowerCase()) : 'godwit_any_type'
}
