// From the catalogue's words for a type to ours.
import type { SqlType } from '../../schema/type.ts'
import type { Row } from '../database.ts'

const plain = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'bool', 'text', 'date', 'uuid', 'json', 'jsonb', 'bytea'])
/** These can have a precision, which rounds: with one they are carried as they are. */
const temporal = new Set(['time', 'timestamp', 'timestamptz', 'interval'])

interface Named {
  readonly name: string
  /** 'b' base, 'e' enum, 'd' domain … */
  readonly kind: string
  readonly builtin: boolean
  readonly modifier: number
  readonly sql: string
  readonly oid: string
}

/** Of a row of the question for columns. `labels`: of every enum, by oid. */
export function columnType(row: Row, labels: ReadonlyMap<string, readonly string[]>): SqlType {
  const modifier = Number(row.modifier)
  if (row.item === null)
    return typeOf(
      { name: row.type!, kind: row.type_kind!, builtin: row.builtin === 'true', modifier, sql: row.type_sql!, oid: row.type_oid! },
      labels,
    )
  const item = {
    name: row.item!,
    kind: row.item_kind!,
    builtin: row.item_builtin === 'true',
    modifier,
    sql: row.item_sql!,
    oid: row.item_oid!,
  }
  return { name: 'array', of: typeOf(item, labels) }
}

function typeOf(type: Named, labels: ReadonlyMap<string, readonly string[]>): SqlType {
  const { name, modifier, sql } = type
  if (type.kind === 'e') return { name: 'enum', sql, labels: labels.get(type.oid) ?? [] }
  // a type of somebody's own may be called int4 as well
  if (!type.builtin || type.kind !== 'b') return { name: 'other', sql }
  if (plain.has(name) || (temporal.has(name) && modifier < 0)) return { name } as SqlType
  if (name === 'numeric') return numeric(modifier)
  if (name === 'varchar') return modifier < header ? { name } : { name, length: modifier - header }
  // without a length it is no char(1), but text whose trailing spaces do not count
  if (name === 'bpchar' && modifier >= header) return { name: 'char', length: modifier - header }
  return { name: 'other', sql }
}

/** The modifiers of numeric and varchar count four bytes that are no longer there. */
const header = 4

function numeric(modifier: number): SqlType {
  if (modifier < header) return { name: 'numeric' }
  const precision = (modifier - header) >> 16
  // eleven bits with a sign: numeric(3,-2) since 15
  const scale = (((modifier - header) & 0x7ff) ^ 1024) - 1024
  return { name: 'numeric', precision, scale }
}
