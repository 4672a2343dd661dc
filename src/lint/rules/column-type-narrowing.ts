import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { newColumn, retyping } from './retyping.ts'

export const columnTypeNarrowing: Rule = {
  id: 'column-type-narrowing',
  name: 'A type that holds less than the one before',
  when: 'A shorter varchar, a numeric with fewer digits or another scale, fewer digits of seconds, text to varchar(n), inet to cidr.',
  harm: 'Every row is checked while the table is locked against everything; a row that does not fit stops the statement, and digits are rounded away.',
  instead: 'A CHECK NOT VALID, VALIDATE; or a new column as for any other type.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE varchar(80);',
  },
  on: ['AT_AlterColumnType'],
  check(act, at) {
    if (retyping(act, at) !== 'narrow') return undefined
    const found = heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), newColumn(at, act.node.name), true)
    return { ...found, categories: [...found.categories, 'data'] }
  },
}
