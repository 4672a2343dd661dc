// SQL as written, for what has no word here. It is trusted code, checked for what would make a run unrepeatable.
import type { SqlType } from '../../schema/type.ts'
import { make, type Node, type Word } from '../node.ts'

export const sqlWord: Word = {
  name: 'sql',
  write(node, w) {
    const text = node.params['text'] as string[]
    const args = node.args.map((a) => w.value(a).sql)
    return {
      sql: `(${text.map((t, i) => t + (args[i] ?? '')).join('')})`,
      type: (node.params['type'] as SqlType | undefined) ?? { name: 'other', sql: '' },
      nullable: node.params['nullable'] !== false,
    }
  },
}

export const sql = (text: readonly string[], args: readonly Node[], type: SqlType | undefined, nullable: boolean, at?: string): Node =>
  make(sqlWord, args, { text: [...text], ...(type ? { type } : {}), nullable }, at)
