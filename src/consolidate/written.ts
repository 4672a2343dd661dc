// Values as people write them in a migration, and as programs are given them.
import type { ScalarType, Value } from './value.ts'
import { nothing, text } from './value.ts'

/** 3 is a whole number here; a decimal that is whole, and what JavaScript would round, is said with its type: { decimal: '3.0' }. */
export type Written =
  | string
  | number
  | bigint
  | boolean
  | null
  | { readonly [T in Exclude<ScalarType, 'text' | 'boolean'>]?: string }
  | readonly Written[]

export function valueWritten(w: Written): Value {
  if (w === null) return nothing
  if (typeof w === 'string') return text(w)
  if (typeof w === 'boolean') return { type: 'boolean', text: String(w) }
  if (typeof w === 'bigint' || Number.isSafeInteger(w)) return { type: 'integer', text: String(w) }
  if (typeof w === 'number') return { type: 'decimal', text: String(w) }
  if (Array.isArray(w)) return { type: 'list', items: (w as readonly Written[]).map(valueWritten) }
  const [type, said] = Object.entries(w as Record<string, string>)[0]!
  return { type: type as ScalarType, text: said }
}

export type Plainly = string | number | bigint | boolean | null | Plainly[] | { [key: string]: Plainly }

/** For a program: whole numbers that JavaScript would round as bigint, decimals as numbers, dates as text. */
export function plainOf(v: Value): Plainly {
  if (v.type === 'null' || v.type === 'secret') return null
  if (v.type === 'list') return v.items.map(plainOf)
  if (v.type === 'map') return Object.fromEntries([...v.fields].map(([k, x]) => [k, plainOf(x)]))
  if (v.type === 'boolean') return v.text === 'true'
  if (v.type === 'integer') return Number.isSafeInteger(Number(v.text)) ? Number(v.text) : BigInt(v.text)
  return v.type === 'decimal' ? Number(v.text.replace(/^(-?)inf$/, '$1Infinity')) : v.text
}
