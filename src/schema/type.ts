// The types a column or a value can have, as values. One spelling each, whatever a database calls them.

export type SqlType =
  | {
      readonly name:
        | 'int2'
        | 'int4'
        | 'int8'
        | 'float4'
        | 'float8'
        | 'bool'
        | 'text'
        | 'date'
        | 'time'
        | 'uuid'
        | 'json'
        | 'jsonb'
        | 'bytea'
        | 'interval'
        | 'timestamp'
        | 'timestamptz'
    }
  /** No precision: any number at all. */
  | { readonly name: 'numeric'; readonly precision?: number; readonly scale?: number }
  | { readonly name: 'varchar' | 'char'; readonly length?: number }
  | { readonly name: 'enum'; readonly sql: string; readonly labels: readonly string[] }
  | { readonly name: 'array'; readonly of: SqlType }
  /** Anything else (domains, ranges, inet …): carried as it is, never looked into. `sql` is its name in the database. */
  | { readonly name: 'other'; readonly sql: string }

export type TypeName = SqlType['name']

const whole = new Set<TypeName>(['int2', 'int4', 'int8'])
const textual = new Set<TypeName>(['text', 'varchar', 'char'])

export const isInteger = (t: SqlType): boolean =>
  whole.has(t.name) || (t.name === 'numeric' && t.precision !== undefined && (t.scale ?? 0) === 0)
export const isNumber = (t: SqlType): boolean => whole.has(t.name) || t.name === 'numeric' || t.name === 'float4' || t.name === 'float8'
export const isText = (t: SqlType): boolean => textual.has(t.name)

/** The least and the greatest that a type of whole numbers holds. */
export function integerRange(t: SqlType): readonly [bigint, bigint] | undefined {
  if (t.name === 'int2') return [-32768n, 32767n]
  if (t.name === 'int4') return [-2147483648n, 2147483647n]
  if (t.name === 'int8') return [-9223372036854775808n, 9223372036854775807n]
  return undefined
}

/** How people and messages name it. */
export function typeLabel(t: SqlType): string {
  switch (t.name) {
    case 'numeric':
      return t.precision === undefined ? 'numeric' : `numeric(${t.precision},${t.scale ?? 0})`
    case 'varchar':
    case 'char':
      return t.length === undefined ? t.name : `${t.name}(${t.length})`
    case 'array':
      return `${typeLabel(t.of)}[]`
    case 'enum':
    case 'other':
      return t.sql
    default:
      return t.name
  }
}

/** Whatever order their facts come in: the ledger keeps types as jsonb, which has its own. */
export function sameType(a: SqlType, b: SqlType): boolean {
  const [one, other] = [a, b].map((t) => t as unknown as Record<string, unknown>)
  const facts = Object.keys(one!)
  if (facts.length !== Object.keys(other!).length) return false
  return facts.every((f) => (f === 'of' && a.name === 'array' && b.name === 'array' ? sameType(a.of, b.of) : sameFact(one![f], other![f])))
}

const sameFact = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
