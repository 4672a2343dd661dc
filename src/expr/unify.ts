// The one type that several values can share: arms of a value map, both sides of a comparison.

import { typesMixed } from '../errors/mapping.ts'
import { isNumber, isText, type SqlType, sameType, typeLabel } from '../schema/type.ts'
import type { Value, Writer } from './node.ts'

const widths = ['int2', 'int4', 'int8', 'numeric'] as const

export function common(types: readonly SqlType[], at: string | undefined): SqlType {
  const [first, ...rest] = types.filter((t) => t.name !== 'other' || t.sql !== '')
  if (!first) return { name: 'text' }
  return rest.reduce((a, b) => pair(a, b, at), first)
}

function pair(a: SqlType, b: SqlType, at: string | undefined): SqlType {
  if (sameType(a, b)) return a
  if (isText(a) && isText(b)) return { name: 'text' }
  if (isNumber(a) && isNumber(b)) {
    if (a.name === 'float8' || b.name === 'float8' || a.name === 'float4' || b.name === 'float4') return { name: 'float8' }
    const widest = Math.max(widths.indexOf(a.name as 'int4'), widths.indexOf(b.name as 'int4'))
    return { name: widths[widest]! }
  }
  if (isText(a) && takesText(b)) return b
  if (isText(b) && takesText(a)) return a
  throw typesMixed({ left: typeLabel(a), right: typeLabel(b), at })
}

/** A literal stands in quotes for these: 'draft' for an enum, '2024-01-01' for a date. */
const takesText = (t: SqlType): boolean =>
  t.name === 'enum' || t.name === 'uuid' || t.name === 'date' || t.name === 'timestamp' || t.name === 'timestamptz'

export const as = (v: Value, type: SqlType, w: Writer): string => (sameType(v.type, type) ? v.sql : w.sql.cast(v.sql, type))
