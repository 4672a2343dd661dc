import { constraintNode, heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { neverNull, setNotNull } from './never-null.ts'

export const pkUsingIndexNullable: Rule = {
  id: 'pk-using-index-nullable',
  name: 'A primary key that reads every row to find NULLs',
  when: 'PRIMARY KEY USING INDEX on a column that may still be NULL.',
  harm: 'The server sets NOT NULL first, and reads every row for that while the table is locked against everything.',
  instead: 'A CHECK (column IS NOT NULL) NOT VALID, VALIDATE, SET NOT NULL, and then the key.',
  bad: {
    schema: 'CREATE TABLE orders (id bigint); CREATE UNIQUE INDEX orders_pkey ON orders (id);',
    sql: 'ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_pkey;',
  },
  good: {
    schema: 'CREATE TABLE orders (id bigint NOT NULL); CREATE UNIQUE INDEX orders_pkey ON orders (id);',
    sql: 'ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_pkey;',
  },
  on: ['AT_AddConstraint'],
  check(act, at) {
    const key = constraintNode(act)
    if (key.contype !== 'CONSTR_PRIMARY' || !key.indexname) return undefined
    const columns = at.table?.indexes.find((i) => i.name === key.indexname)?.columns ?? []
    const open = columns.filter((c) => at.column(c)?.notNull === false && !neverNull(at, c))
    return open.length ? heldLong(at.long('ACCESS EXCLUSIVE', 'read'), setNotNull(at, open[0]!)) : undefined
  },
}
