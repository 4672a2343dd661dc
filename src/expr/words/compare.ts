// Two values held against each other. Null on either side gives null, as in SQL.

import { nothingListed } from '../../errors/mapping.ts'
import { isText, type SqlType } from '../../schema/type.ts'
import { make, type Node, type Value, type Word, type Writer } from '../node.ts'
import { as, common } from '../unify.ts'

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='

export const compareWord: Word = {
  name: 'compare',
  write(node, w) {
    const [left, right] = node.args.map((a) => w.value(a)) as [ReturnType<typeof w.value>, ReturnType<typeof w.value>]
    const type = common([left.type, right.type], node.at)
    const op = node.params['op'] as Comparison
    const side = (v: Value) => (op === '=' || op === '<>' ? bytes(v, type, w) : as(v, type, w))
    return {
      sql: `(${side(left)} ${op} ${side(right)})`,
      type: { name: 'bool' },
      nullable: left.nullable || right.nullable,
    }
  },
}

export const inWord: Word = {
  name: 'in',
  write(node, w) {
    const on = w.value(node.args[0]!)
    const values = node.args.slice(1).map((a) => w.value(a))
    const type = common([on.type, ...values.map((v) => v.type)], node.at)
    return {
      sql: `(${bytes(on, type, w)} in (${values.map((v) => as(v, type, w)).join(', ')}))`,
      type: { name: 'bool' },
      nullable: on.nullable,
    }
  },
}

/** Texts are the same when their bytes are, whatever a collation takes for the same. */
const bytes = (v: Value, type: SqlType, w: Writer): string => (isText(type) ? w.sql.bytewise(as(v, type, w)) : as(v, type, w))

export const compare = (op: Comparison, left: Node, right: Node, at?: string): Node => make(compareWord, [left, right], { op }, at)
export function isIn(on: Node, values: readonly Node[], at?: string): Node {
  if (!values.length) throw nothingListed({ word: '.isIn()', at })
  return make(inWord, [on, ...values], {}, at)
}
