// Two sides of an equality between a value and a column, so that the comparison can neither fail nor cut anything.
import { exactly } from '../expr/exact.ts'
import type { SqlWords, Value } from '../expr/node.ts'
import { integerRange, isInteger, isNumber, isText, type SqlType, sameType } from '../schema/type.ts'

export function comparable(column: string, type: SqlType, value: Value, w: SqlWords): readonly [string, string] {
  if (sameType(type, value.type) && type.name !== 'char') return [column, value.sql]
  // a cast to varchar(n) would cut the value, and then find another row
  if (isText(type) || isText(value.type))
    return [
      type.name === 'text' || type.name === 'varchar' ? column : w.cast(column, { name: 'text' }),
      w.cast(value.sql, { name: 'text' }),
    ]
  if (isNumber(type) && isNumber(value.type))
    return fitsInto(value.type, type) ? [column, w.cast(value.sql, type)] : [exactly({ sql: column, type }, w), exactly(value, w)]
  return [column, w.cast(value.sql, type)]
}

const digits = { int2: 4, int4: 9, int8: 18 } as const

/** Can every value of one number type be held by another, so that the cast never fails? */
export function fitsInto(from: SqlType, to: SqlType): boolean {
  if (to.name === 'numeric' && to.precision === undefined) return from.name !== 'float4' && from.name !== 'float8'
  if (to.name === 'float8') return from.name === 'float4' || from.name === 'int2' || from.name === 'int4'
  const range = integerRange(to)
  const given = integerRange(from)
  if (range && given) return given[0] >= range[0] && given[1] <= range[1]
  if (range && from.name === 'numeric' && isInteger(from)) return from.precision! <= digits[to.name as keyof typeof digits]
  if (to.name === 'numeric' && given) return to.precision! - (to.scale ?? 0) >= digits[from.name as keyof typeof digits] + 1
  if (to.name === 'numeric' && from.name === 'numeric' && from.precision !== undefined)
    return (from.scale ?? 0) <= (to.scale ?? 0) && from.precision - (from.scale ?? 0) <= to.precision! - (to.scale ?? 0)
  return false
}
