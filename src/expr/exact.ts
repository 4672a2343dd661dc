// Any number as one that keeps every digit.
import type { SqlType } from '../schema/type.ts'
import type { SqlWords, Value } from './node.ts'

export const exact: SqlType = { name: 'numeric' }

/** A float goes by the shortest text that reads back as it: cast straight away, the database would keep 15 digits of its 17. */
export function exactly({ sql, type }: Pick<Value, 'sql' | 'type'>, w: SqlWords): string {
  const isFloat = type.name === 'float4' || type.name === 'float8'
  return w.cast(isFloat ? w.cast(sql, { name: 'text' }) : sql, exact)
}
