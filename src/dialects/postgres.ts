// The words of SQL as Postgres spells them.
import { createHash } from 'node:crypto'
import { identifierTooLong, identifierUnusable } from '../errors/plan.ts'
import type { SqlWords } from '../expr/node.ts'
import { derivedMark, whereIs } from '../schema/schema.ts'
import type { SqlType } from '../schema/type.ts'

function quote(name: string): string {
  if (name.includes('\0') || !name.isWellFormed() || name === '') throw identifierUnusable({ name })
  // a longer one would be cut by the server with no more than a notice, and then be another name
  if (Buffer.byteLength(name) > 63) throw identifierTooLong({ name })
  return `"${name.replaceAll('"', '""')}"`
}

function text(value: string): string {
  if (value.includes('\0') || !value.isWellFormed()) throw identifierUnusable({ name: value })
  return value.includes('\\') ? `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${value.replaceAll("'", "''")}'`
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return value < 0n ? `(${value})` : String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return `'${value}'::float8`
    // a number in scientific form would be read as one of another type
    const plain = Math.abs(value) >= 1e21 || (value !== 0 && Math.abs(value) < 1e-6) ? `'${value}'::numeric` : String(value)
    return value < 0 ? `(${plain})` : plain
  }
  return text(String(value))
}

const spelt: Partial<Record<SqlType['name'], string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
}

function typeName(t: SqlType): string {
  switch (t.name) {
    case 'numeric':
      return t.precision === undefined ? 'numeric' : `numeric(${t.precision},${t.scale ?? 0})`
    case 'varchar':
      return t.length === undefined ? 'varchar' : `varchar(${t.length})`
    case 'char':
      // bare bpchar keeps what it is given; character(n) would pad
      return t.length === undefined ? 'bpchar' : `character(${t.length})`
    case 'array':
      return `${typeName(t.of)}[]`
    case 'enum':
    case 'other':
      return t.sql
    default:
      return spelt[t.name] ?? t.name
  }
}

/** A number of 1,000 digits is how expressions say "whole, of any size"; no column is meant. */
const castName = (t: SqlType): string =>
  t.name === 'numeric' && t.precision === 1000
    ? 'numeric'
    : t.name === 'varchar' || t.name === 'char'
      ? t.length === undefined
        ? 'text'
        : typeName(t)
      : typeName(t)

export const postgres: SqlWords = {
  name: 'postgres',
  quote,
  table: (id) => {
    // a table of another database is read from the copy that a pass brings along
    if (whereIs(id)) return `godwit.${quote(shortName(`copy ${id}`))}`
    // one that is made of others is read from where a pass puts its rows
    if (id.startsWith(derivedMark)) return `godwit.${quote(shortName(`made ${id}`))}`
    const dot = id.indexOf('.')
    return `${quote(id.slice(0, dot))}.${quote(id.slice(dot + 1))}`
  },
  literal,
  typeName,
  cast: (sql, type) => `(${sql})::${castName(type)}`,
  matches: (sql, pattern) => `(${sql} ~ ${literal(pattern)})`,
  replaceAll: (sql, pattern, by) => `regexp_replace(${sql}, ${literal(pattern)}, ${literal(by)}, 'g')`,
  isValid: (sql, type) => `godwit.is_valid(${sql}, ${literal(typeName(type))})`,
  trim: (sql) => `btrim(${sql}, ${literal(' \t\n\r\f\v\u00a0')})`,
  strike: (sql, characters) => `translate(${sql}, ${literal(characters)}, '')`,
  concat: (parts) => parts.join(' || '),
  // a function takes 100 arguments at most, so long objects are put together from pieces
  jsonObject: (entries) =>
    pieces(entries, 49)
      .map((some) => `jsonb_build_object(${some.map(([k, v]) => `${literal(k)}::text, ${v}`).join(', ')})`)
      .join(' || ') || "'{}'::jsonb",
  jsonArray: (items) =>
    pieces(items, 99)
      .map((some) => `jsonb_build_array(${some.join(', ')})`)
      .join(' || ') || "'[]'::jsonb",
  jsonText: (sql, path) => `((${sql}) #>> array[${path.map((p) => literal(p)).join(', ')}]::text[])`,
  atZone: (sql, zone) => `(${sql} at time zone ${literal(zone)})`,
  uuidOf: (parts) => `godwit.uuid_of(${parts.join(', ')})`,
  isDistinct: (l, r) => `(${l} is distinct from ${r})`,
  bytewise: (sql) => `(${sql}) collate "C"`,
}

function pieces<T>(items: readonly T[], size: number): (readonly T[])[] {
  const out: (readonly T[])[] = []
  for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size))
  return out
}

/** A short name for what Godwit makes, told apart from others by a hash when it had to be cut. */
export function shortName(name: string): string {
  const plain =
    name
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '_')
      .replace(/^_+|_+$/g, '') || 'x'
  if (plain === name && plain.length <= 40) return plain
  return `${plain.slice(0, 32)}_${createHash('sha256').update(name).digest('hex').slice(0, 7)}`
}
