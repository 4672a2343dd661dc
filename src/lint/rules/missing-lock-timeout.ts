import { relationName } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const missingLockTimeout: Rule = {
  id: 'missing-lock-timeout',
  name: 'A lock that waits for as long as it takes',
  when: 'ALTER TABLE on a table that is there, without a lock_timeout.',
  harm: 'It waits behind the longest query that runs, and every other query waits behind it.',
  instead: "SET lock_timeout = '2s', and try again where it was not had.",
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN a int;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "SET lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN a int;",
  },
  on: ['AT_AddColumn', 'AT_DropColumn', 'AT_AlterColumnType', 'AT_SetNotNull', 'AT_AddConstraint', 'AT_DropConstraint', 'AT_ColumnDefault'],
  check(_, at) {
    // once for a file: one line mends all that follows
    const told = at.earlier.some((a) => missingLockTimeout.on.includes(a.kind) && !at.isFresh(relationName(a.whole.relation)))
    if (at.scene.lockTimeout || told) return undefined
    return {
      categories: ['caution'],
      message: `it waits behind every query on ${at.name}, and all others behind it`,
      instead: ["SET lock_timeout = '2s';"],
    }
  },
}
