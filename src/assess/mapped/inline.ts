// Expressions written where they stand, for engines that cannot be given them in layers. What would grow without end is not said.

import { comparable } from '../../dialects/comparable.ts'
import { RowWriter } from '../../dialects/writer.ts'
import type { Found, Relation, Value } from '../../expr/node.ts'
import type { SqlType } from '../../schema/type.ts'
import { unspoken } from '../spelling/spelling.ts'

const longest = 20_000

export class InlineWriter extends RowWriter {
  override once(sql: string, type: SqlType, nullable: boolean): Value {
    if (sql.length > longest) unspoken('written out it is too long')
    return { sql: `(${sql})`, type, nullable }
  }
  override again(value: Value): Value {
    if (value.sql.length > longest) unspoken('written out it is too long')
    return value
  }
  override find(relation: Relation, on: readonly (readonly [string, Value])[], take: string): Found {
    if (relation.query !== undefined) return unspoken('it looks into a query')
    const { type, nullable } = relation.columns[take]!
    const q = this.sql.quote
    const agree = on.map(([c, v]) => comparable(`f.${q(c)}`, relation.columns[c]!.type, v, this.sql).join(' = ')).join(' and ')
    const from = `from ${this.sql.table(relation.id)} f where ${agree}`
    return {
      value: { sql: `(select min(f.${q(take)}) ${from})`, type, nullable },
      matches: `(select nullif(count(distinct f.${q(take)}), 0) ${from})`,
    }
  }
}
