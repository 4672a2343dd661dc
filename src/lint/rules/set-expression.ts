import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { newColumn } from './retyping.ts'

export const setExpression: Rule = {
  id: 'set-expression',
  name: 'A stored column that is worked out anew',
  when: 'ALTER COLUMN … SET EXPRESSION of a stored generated column.',
  harm: 'Every row is written while the table is locked against everything.',
  instead: 'A new column, filled by a trigger and in batches, and swapped.',
  bad: {
    schema: 'CREATE TABLE a (x int, y int GENERATED ALWAYS AS (x) STORED);',
    sql: 'ALTER TABLE a ALTER COLUMN y SET EXPRESSION AS (x + 1);',
    pg: 18,
  },
  good: {
    schema: 'CREATE TABLE a (x int, y int GENERATED ALWAYS AS (x) STORED);',
    sql: 'ALTER TABLE a ALTER COLUMN y DROP EXPRESSION;',
    pg: 18,
  },
  on: ['AT_SetExpression'],
  check(act, at) {
    return at.column(act.node.name)?.virtual
      ? undefined
      : heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), newColumn(at, act.node.name), true)
  },
}
