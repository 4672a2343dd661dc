// What many source rows come to, for an output that makes one row of them (`per`).
import type { SqlType } from '../../schema/type.ts'
import { make, type Node, type Word } from '../node.ts'

export const aggregateWord: Word = {
  name: 'aggregate',
  write(node, w) {
    const fn = node.params['fn'] as Aggregate
    const of = node.args[0] && w.value(node.args[0])
    if (fn === 'count') return { sql: of ? `count(${of.sql})` : 'count(*)', type: { name: 'int8' }, nullable: false }
    const type: SqlType = fn === 'sum' ? { name: 'numeric' } : of!.type
    const argument = fn === 'sum' ? w.sql.cast(of!.sql, type) : of!.sql
    return { sql: `${fn}(${argument})`, type, nullable: of!.nullable }
  },
}

export type Aggregate = 'count' | 'sum' | 'min' | 'max'
export const aggregate = (fn: Aggregate, of: Node | undefined, at?: string): Node => make(aggregateWord, of ? [of] : [], { fn }, at)
export const isAggregate = (n: Node): boolean => n.word === aggregateWord
