// A chain of conditions. The first that is true decides; a row that meets none is refused, unless `otherwise` takes it.

import { make, type Node, type Word } from '../node.ts'
import { as, common } from '../unify.ts'
import { isNullLiteral } from './literal.ts'
import { resultsOf } from './match.ts'

export const whenWord: Word = {
  name: 'when',
  write(node, w) {
    const { conditions, results, otherwise } = split(node)
    // a later condition is only looked at where the ones before it are not true
    const tests: string[] = []
    const values = conditions.map((c, i) => {
      const before = tests.map((t) => `(${t}) is not true`)
      const test = before.length ? w.under(before.join(' and '), c).sql : w.value(c).sql
      tests.push(test)
      return w.under([...before, `(${test}) is true`].join(' and '), results[i]!)
    })
    const none = tests.map((t) => `(${t}) is not true`).join(' and ')
    const last = otherwise && w.under(none, otherwise)
    if (!last)
      w.refuse(none, {
        code: 'ENUM_UNKNOWN',
        columns: conditions.flatMap((c) => w.columnsOf(c)),
        at: node.at,
        says: 'meets none of the conditions',
      })
    const all = [...results, ...(otherwise ? [otherwise] : [])]
    const type = common(
      [...values, ...(last ? [last] : [])].filter((_, i) => !isNullLiteral(all[i]!)).map((v) => v.type),
      node.at,
    )
    return {
      sql: `case ${values.map((v, i) => `when ${tests[i]} then ${as(v, type, w)}`).join(' ')}${last ? ` else ${as(last, type, w)}` : ''} end`,
      type,
      nullable: values.some((v) => v.nullable) || (last?.nullable ?? false),
    }
  },
  values: (node) => {
    const { results, otherwise } = split(node)
    return resultsOf(otherwise ? [...results, otherwise] : results)
  },
}

function split(node: Node) {
  const n = node.params['arms'] as number
  return { conditions: node.args.slice(0, n), results: node.args.slice(n, 2 * n), otherwise: node.args[2 * n] }
}

export const whenArms = (node: Node): [Node, Node][] => {
  const { conditions, results } = split(node)
  return conditions.map((c, i) => [c, results[i]!])
}
export const when = (arms: readonly (readonly [Node, Node])[], otherwise: Node | undefined, at?: string): Node =>
  make(whenWord, [...arms.map(([c]) => c), ...arms.map(([, v]) => v), ...(otherwise ? [otherwise] : [])], { arms: arms.length }, at)
