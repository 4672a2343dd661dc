import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { newColumn, retyping } from './retyping.ts'

export const columnTypeRewrite: Rule = {
  id: 'column-type-rewrite',
  name: 'A change of type that writes every row anew',
  when: 'ALTER COLUMN … TYPE to a type that is stored in another way, or with USING.',
  harm: 'The table is locked against everything while all its rows and indexes are written.',
  instead: 'A new column, written beside the old one, filled in batches, and swapped.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ALTER COLUMN total TYPE bigint;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE text;',
  },
  on: ['AT_AlterColumnType'],
  check(act, at) {
    return retyping(act, at) === 'rewrite'
      ? heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), newColumn(at, act.node.name), true)
      : undefined
  },
}
