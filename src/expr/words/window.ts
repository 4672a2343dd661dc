// Words that look at other rows of the source. Prepared once for all rows, so that it does not matter how they are cut.
import type { SqlType } from '../../schema/type.ts'
import { make, type Node, type Word } from '../node.ts'

function windowed(name: string, call: (args: readonly string[]) => string, type: SqlType | 'of the first'): Word {
  return {
    name,
    write(node, w) {
      const by = node.params['by'] as number
      const order = node.params['order'] as number
      const values = node.args.map((a) => w.value(a))
      const [group, sort, rest] = [values.slice(0, by), values.slice(by, by + order), values.slice(by + order)]
      const directions = node.params['directions'] as string[]
      const over = [
        group.length ? `partition by ${group.map((v) => v.sql).join(', ')}` : '',
        `order by ${[...sort.map((v, i) => `${v.sql} ${directions[i]}`), '\0key'].join(', ')}`,
      ].join(' ')
      return w.window(
        `${call(rest.map((v) => v.sql))} over (${over.trim()})`,
        type === 'of the first' ? rest[0]!.type : type,
        type === 'of the first',
      )
    },
  }
}

export const nthWord = windowed('nth', () => 'row_number()', { name: 'int8' })
export const beforeWord = windowed('before', (args) => `lag(${args[0]})`, 'of the first')
export const afterWord = windowed('after', (args) => `lead(${args[0]})`, 'of the first')

export type Direction = 'asc' | 'desc'
export const windowOf = (
  word: Word,
  of: readonly Node[],
  by: readonly Node[],
  order: readonly (readonly [Node, Direction])[],
  at?: string,
): Node =>
  make(word, [...by, ...order.map(([n]) => n), ...of], { by: by.length, order: order.length, directions: order.map(([, d]) => d) }, at)
