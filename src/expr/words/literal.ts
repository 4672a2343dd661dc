// A value written in the migration.
import { integerRange, type SqlType } from '../../schema/type.ts'
import { make, type Node, type Word } from '../node.ts'

export type Plain = string | number | bigint | boolean | null

export const literalWord: Word = {
  name: 'literal',
  write: ({ params }, w) => {
    const value = params['value'] as Exclude<Plain, bigint>
    const type = typeOf(value)
    // null is of whatever type is wanted; until that is known it must be of some
    if (value === null) return { sql: w.sql.cast('null', { name: 'text' }), type: { name: 'other', sql: '' }, nullable: true }
    return { sql: w.sql.cast(w.sql.literal(value), type), type, nullable: false }
  },
  values: ({ params }) => [params['value']],
}

const wholeWord: Word = {
  name: 'whole',
  write: ({ params }, w) => {
    const digits = BigInt(params['digits'] as string)
    const [least, greatest] = integerRange({ name: 'int8' })!
    const type: SqlType = { name: digits >= least && digits <= greatest ? 'int8' : 'numeric' }
    return { sql: w.sql.cast(w.sql.literal(digits), type), type, nullable: false }
  },
  values: ({ params }) => [BigInt(params['digits'] as string)],
}

export function literal(value: Plain): Node {
  // a plan is JSON, which has no bigint: keep it as its digits
  if (typeof value === 'bigint') return make(wholeWord, [], { digits: String(value) })
  return make(literalWord, [], { value })
}
export const isNullLiteral = (n: Node): boolean => n.word === literalWord && n.params['value'] === null
export const isLiteral = (n: Node): boolean => n.word === literalWord || n.word === wholeWord

function typeOf(value: Exclude<Plain, bigint>): SqlType {
  if (typeof value === 'boolean') return { name: 'bool' }
  if (typeof value !== 'number') return { name: 'text' }
  if (!Number.isInteger(value)) return { name: 'numeric' }
  const [least, greatest] = integerRange({ name: 'int4' })!
  return { name: value >= least && value <= greatest ? 'int4' : 'int8' }
}
