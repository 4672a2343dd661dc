// And, or, not: three-valued, as in SQL.
import { make, type Node, type Word } from '../node.ts'

const joined = (op: 'and' | 'or'): Word => ({
  name: op,
  write(node, w) {
    const sides = node.args.map((a) => w.value(a))
    return { sql: `(${sides.map((v) => v.sql).join(` ${op} `)})`, type: { name: 'bool' }, nullable: sides.some((v) => v.nullable) }
  },
})

export const andWord = joined('and')
export const orWord = joined('or')
export const notWord: Word = {
  name: 'not',
  write(node, w) {
    const of = w.value(node.args[0]!)
    return { ...of, sql: `(not ${of.sql})` }
  },
}

export const and = (...args: Node[]): Node => make(andWord, args)
export const or = (...args: Node[]): Node => make(orWord, args)
export const not = (of: Node): Node => make(notWord, [of])
