// The same UUID for the same values, always and everywhere: never random, so that a second run gives it again.
import { make, type Node, type Word } from '../node.ts'

export const uuidOfWord: Word = {
  name: 'uuidOf',
  write(node, w) {
    const parts = node.args.map((a) => w.value(a))
    return {
      sql: w.sql.uuidOf(parts.map((p) => w.sql.cast(p.sql, { name: 'text' }))),
      type: { name: 'uuid' },
      nullable: parts.some((p) => p.nullable),
    }
  },
}

export const uuidOf = (parts: readonly Node[]): Node => make(uuidOfWord, parts)
