// Value for value: a closed map. A value with no arm is refused, unless `otherwise` takes it; null stays null.

import { keyNotNumber, nothingListed } from '../../errors/mapping.ts'
import { isNumber, isText } from '../../schema/type.ts'
import { make, type Node, type Word, type Writer } from '../node.ts'
import { as, common } from '../unify.ts'
import type { Plain } from './literal.ts'
import { isNullLiteral } from './literal.ts'

export const matchWord: Word = {
  name: 'match',
  write(node, w) {
    const [on, ...results] = node.args as [Node, ...Node[]]
    const given = w.value(on)
    const subject = w.again(given.type.name === 'enum' ? { ...given, sql: w.sql.cast(given.sql, { name: 'text' }) } : given)
    const keys = node.params['keys'] as Plain[]
    const written = (k: Plain) => (isNumber(given.type) ? numberKey(k, node.at, w) : w.sql.literal(k))
    // byte for byte, whatever a collation takes for the same
    const held = isText(subject.type) ? w.sql.bytewise(subject.sql) : subject.sql
    const is = (k: Plain) => `${held} = ${written(k)}`
    const open = results.length === keys.length
    const arms = keys.map((k, i) => ({ test: is(k), value: w.under(is(k), results[i]!), node: results[i]! }))
    const none = `${held} not in (${keys.map(written).join(', ')})`
    const otherwise = open ? undefined : w.under(`(${none} or ${subject.sql} is null)`, results.at(-1)!)
    const type = common(
      [
        ...arms.filter((a) => !isNullLiteral(a.node)).map((a) => a.value.type),
        ...(otherwise && !isNullLiteral(results.at(-1)!) ? [otherwise.type] : []),
      ],
      node.at,
    )
    if (open)
      w.refuse(none, {
        code: 'ENUM_UNKNOWN',
        columns: w.columnsOf(on),
        at: node.at,
        says: `is not in the value map (${keys.map(String).join(', ')})`,
      })
    return {
      sql: `case ${arms.map((a) => `when ${a.test} then ${as(a.value, type, w)}`).join(' ')}${otherwise ? ` else ${as(otherwise, type, w)}` : ''} end`,
      type,
      nullable: arms.some((a) => a.value.nullable) || (otherwise ? otherwise.nullable : given.nullable),
    }
  },
  values: (node) => resultsOf(node.args.slice(1)),
}

/** All that a list of result nodes can come to, if each is closed. */
export function resultsOf(nodes: readonly Node[]): readonly unknown[] | undefined {
  const lists = nodes.map((n) => n.word.values?.(n))
  return lists.every((l) => l !== undefined) ? lists.flat() : undefined
}

/** Names of an object's entries are text, also where numbers are meant. */
function numberKey(key: Plain, at: string | undefined, w: Writer): string {
  if (!/^-?[0-9]+(\.[0-9]+)?$/.test(String(key))) throw keyNotNumber({ key: String(key), at })
  return w.sql.cast(w.sql.literal(String(key)), { name: 'numeric' })
}

export function match(on: Node, arms: readonly (readonly [Plain, Node])[], otherwise: Node | undefined, at?: string): Node {
  if (!arms.length) throw nothingListed({ word: '.match({})', at })
  return make(matchWord, [on, ...arms.map(([, n]) => n), ...(otherwise ? [otherwise] : [])], { keys: arms.map(([k]) => k) }, at)
}
