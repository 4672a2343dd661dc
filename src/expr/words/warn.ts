// What would be refused goes after all, with something else in its place, and is counted as a warning.

import { make, type Node, type Word } from '../node.ts'
import { as, common } from '../unify.ts'
import { isNullLiteral } from './literal.ts'

export const orWarnWord: Word = {
  name: 'orWarn',
  write(node, w) {
    const [of, other] = node.args as [Node, Node]
    const { value, failed, causes } = w.attempt(of)
    if (!failed) return value
    const { sql: bad } = w.once(`(${failed}) is true`, { name: 'bool' }, false)
    const second = w.under(bad, other)
    const instead = isNullLiteral(other) ? 'left empty' : 'something else stands for it'
    for (const { when, reason } of causes) w.warn(when, { ...reason, at: node.at, says: `${reason.says}; ${instead}` })
    const type = isNullLiteral(other) ? value.type : common([value.type, second.type], node.at)
    return {
      sql: `case when ${bad} then ${as(second, type, w)} else ${as(value, type, w)} end`,
      type,
      nullable: value.nullable || second.nullable,
    }
  },
}

export const orWarn = (of: Node, other: Node, at?: string): Node => make(orWarnWord, [of, other], {}, at)
