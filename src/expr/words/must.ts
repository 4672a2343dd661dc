// A condition of the author's own: where it is not true the row is refused, or goes with a warning, in the author's words.
import { make, type Node, type Word } from '../node.ts'

const conditional = (name: string, kind: 'refuse' | 'warn'): Word => ({
  name,
  write(node, w) {
    const [of, condition] = node.args as [Node, Node]
    const holds = w.value(condition).sql
    const reason = {
      code: kind === 'refuse' ? 'RULE' : 'NOTE',
      columns: w.columnsOf(condition),
      at: node.at,
      says: node.params['says'] as string,
    }
    if (kind === 'refuse') w.refuse(`(${holds}) is not true`, reason)
    else w.warn(`(${holds}) is true`, reason)
    return w.value(of)
  },
  values: (node) => node.args[0]!.word.values?.(node.args[0]!),
})

export const mustWord = conditional('must', 'refuse')
export const warnIfWord = conditional('warnIf', 'warn')

export const must = (of: Node, condition: Node, says: string, at?: string): Node => make(mustWord, [of, condition], { says }, at)
export const warnIf = (of: Node, condition: Node, says: string, at?: string): Node => make(warnIfWord, [of, condition], { says }, at)
