// What a key can hold, with its type: 1, '1' and 1.0 are three values, and null is another than nothing.
import { plainText } from '../text.ts'
import { exact, sameNumber } from './number.ts'

/** Types whose values are a text in one form. `instant` has an offset from UTC, `datetime` has none. */
export type ScalarType = 'text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'time' | 'datetime' | 'instant'

export interface Scalar {
  readonly type: ScalarType
  /** Numbers digit by digit as they were written. */
  readonly text: string
}
export interface List {
  readonly type: 'list'
  readonly items: readonly Value[]
}
/** Within a list, or where a map is empty: elsewhere a map is its keys. */
export interface Fields {
  readonly type: 'map'
  readonly fields: ReadonlyMap<string, Value>
}
/** What stood there is known by a salted digest only: nothing that prints a value can print it. */
export interface Hidden {
  readonly type: 'secret'
  readonly digest: string
  /** Whether a `${NAME}`, which is always text, can stand in for it. */
  readonly text: boolean
}
export type Value = Scalar | List | Fields | Hidden | { readonly type: 'null' }

export const nothing: Value = { type: 'null' }
export const text = (t: string): Scalar => ({ type: 'text', text: t })

export const isScalar = (v: Value): v is Scalar => v.type !== 'list' && v.type !== 'map' && v.type !== 'secret' && v.type !== 'null'
const isNumber = (v: Value): v is Scalar => isScalar(v) && (v.type === 'integer' || v.type === 'decimal')

/** The number in a value, that of a text as well: for what is suspected rather than proved. */
export const numberIn = (v: Value): ReturnType<typeof exact> => (isScalar(v) ? exact(v.text.trim()) : undefined)

/** The same for everyone who reads it: type and value. Decimals are compared as numbers, to the last digit. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.type === 'list' && b.type === 'list') return a.items.length === b.items.length && a.items.every((v, i) => sameValue(v, b.items[i]!))
  if (a.type === 'map' && b.type === 'map')
    return a.fields.size === b.fields.size && [...a.fields].every(([k, v]) => b.fields.has(k) && sameValue(v, b.fields.get(k)!))
  if (a.type === 'secret' && b.type === 'secret') return a.digest === b.digest
  if (a.type !== b.type) return false
  return isScalar(a) && isScalar(b) ? sameScalar(a, b) : a.type === 'null'
}

function sameScalar(a: Scalar, b: Scalar): boolean {
  const [x, y] = isNumber(a) ? [exact(a.text), exact(b.text)] : []
  return x && y ? sameNumber(x, y) : a.text === b.text
}

/** The same number, whatever it is written as: for values whose unit is declared. */
export function sameQuantity(a: Value, b: Value): boolean {
  const [x, y] = [isNumber(a) ? exact(a.text) : undefined, isNumber(b) ? exact(b.text) : undefined]
  return x && y ? sameNumber(x, y) : sameValue(a, b)
}

/** For people: a text in quotes, a secret by its name alone. */
export function shown(v: Value): string {
  if (v.type === 'null') return 'null'
  if (v.type === 'secret') return '‹secret›'
  if (v.type === 'list') return `[${v.items.map(shown).join(', ')}]`
  if (v.type === 'map') return `{${[...v.fields].map(([k, x]) => `${plainText(k)}: ${shown(x)}`).join(', ')}}`
  return v.type === 'text' ? `'${plainText(v.text).replaceAll('\n', '\\n')}'` : v.text
}

/** With its type, where two values look alike: 1 (integer), '1' (text). */
export const shownWithType = (v: Value): string => (v.type === 'null' || v.type === 'secret' ? shown(v) : `${shown(v)} (${v.type})`)

/** Every text in it, changed: placeholders are in texts. */
export function eachText(v: Value, change: (t: string) => string): Value {
  if (v.type === 'text') return text(change(v.text))
  if (v.type === 'list') return { type: 'list', items: v.items.map((x) => eachText(x, change)) }
  if (v.type === 'map') return { type: 'map', fields: new Map([...v.fields].map(([k, x]) => [k, eachText(x, change)])) }
  return v
}
