// Values as the oracle holds them: tagged with their kind, and exact. Nothing here is a JavaScript number or Date.
import { dateText, type Moment, momentOf, timestampText } from './calendar.ts'
import { type Decimal, decimalOf, decimalText, order, shortest, whole } from './decimal.ts'
import { canonicalJson } from './json.ts'

export type Value =
  | { readonly t: 'number'; readonly n: Decimal | 'NaN' }
  | { readonly t: 'text'; readonly s: string }
  | { readonly t: 'bool'; readonly b: boolean }
  | { readonly t: 'date' | 'timestamp' | 'timestamptz'; readonly us: Moment }
  | { readonly t: 'uuid' | 'json'; readonly s: string }
  /** A value that the tool may choose (a serial key, a derived UUID): the same name is the same value, another is another. */
  | { readonly t: 'symbol'; readonly s: string }

export type Cell = Value | null

export const number = (n: Decimal | bigint | 'NaN'): Value => ({ t: 'number', n: typeof n === 'bigint' ? whole(n) : n })
export const text = (s: string): Value => ({ t: 'text', s })
export const bool = (b: boolean): Value => ({ t: 'bool', b })
export const symbol = (s: string): Value => ({ t: 'symbol', s })

/** As Postgres writes it out under the pinned settings. */
export function textOf(v: Value): string {
  switch (v.t) {
    case 'number':
      return v.n === 'NaN' ? 'NaN' : decimalText(v.n)
    case 'bool':
      return v.b ? 'true' : 'false'
    case 'date':
      return dateText(v.us)
    case 'timestamp':
      return timestampText(v.us)
    case 'timestamptz':
      return timestampText(v.us, ' ', '+00')
    default:
      return v.s
  }
}

const numeric = new Set(['int2', 'int4', 'int8', 'numeric'])

/** A cell read back from its text, by the name of its type. */
export function cellOf(type: string, s: string | null): Cell {
  if (s === null) return null
  if (numeric.has(type)) return number(s === 'NaN' ? 'NaN' : must(decimalOf(s), s))
  if (type === 'bool') return bool(s === 't' || s === 'true')
  if (type === 'date' || type === 'timestamp' || type === 'timestamptz') return { t: type, us: must(momentOf(s), s) }
  if (type === 'uuid') return { t: 'uuid', s: s.toLowerCase() }
  if (type === 'json' || type === 'jsonb') return { t: 'json', s: must(canonicalJson(s), s) }
  return text(s)
}

function must<T>(v: T | undefined, s: string): T {
  if (v === undefined) throw new Error(`the oracle cannot read ${JSON.stringify(s)}`)
  return v
}

const places = { '-infinity': 0, finite: 1, infinity: 2 }
const placeOf = (m: Moment): number => places[typeof m === 'string' ? m : 'finite']
const sign = (less: boolean, more: boolean): number => (less ? -1 : more ? 1 : 0)

/** Less, the same or more: numbers by value, texts by their bytes, NaN above all numbers. */
export function compareValues(a: Value, b: Value): number {
  if (a.t === 'number' && b.t === 'number') return compareNumbers(a.n, b.n)
  if ('us' in a && 'us' in b) return compareMoments(a.us, b.us)
  if (a.t === 'bool' && b.t === 'bool') return Number(a.b) - Number(b.b)
  if ('us' in a && b.t === 'text') return compareValues(a, cellOf(a.t, b.s)!)
  if ('us' in b && a.t === 'text') return -compareValues(b, a)
  return Buffer.compare(Buffer.from(textOf(a)), Buffer.from(textOf(b)))
}

function compareNumbers(a: Decimal | 'NaN', b: Decimal | 'NaN'): number {
  if (a === 'NaN' || b === 'NaN') return Number(a === 'NaN') - Number(b === 'NaN')
  return order(a, b)
}

function compareMoments(a: Moment, b: Moment): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return sign(a < b, a > b)
  return placeOf(a) - placeOf(b)
}

export const same = (a: Value, b: Value): boolean => (a.t === 'symbol') === (b.t === 'symbol') && compareValues(a, b) === 0

/** Equal texts for equal values: what sets and groups go by. */
export function identity(cell: Cell): string {
  if (cell === null) return 'null'
  if (cell.t === 'number' && cell.n !== 'NaN') return `number ${decimalText(shortest(cell.n))}`
  return `${cell.t} ${textOf(cell)}`
}

/** Equal texts for equal lists of values. */
export const tuple = (cells: readonly Cell[]): string => JSON.stringify(cells.map(identity))
