import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { retyping } from './retyping.ts'

export const typeChangeRechecksConstraint: Rule = {
  id: 'type-change-rechecks-constraint',
  name: 'A change of type that holds a check against every row anew',
  when: 'A type that is stored alike, on a column that a CHECK names.',
  harm: 'The table is locked against everything while all its rows are read.',
  instead: 'Drop the CHECK, change the type, add it again NOT VALID, and VALIDATE it.',
  bad: {
    schema:
      "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); ALTER TABLE orders ADD CONSTRAINT c CHECK (note <> '');",
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE text;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE text;',
  },
  on: ['AT_AlterColumnType'],
  check(act, at) {
    const change = retyping(act, at)
    const checked = at.table?.constraints.some((c) => c.kind === 'check' && c.validated && c.columns.includes(act.node.name))
    return (change === 'free' || change === 'index') && checked ? heldLong(at.long('ACCESS EXCLUSIVE', 'read')) : undefined
  },
}
