import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const createIndexBlocking: Rule = {
  id: 'create-index-blocking',
  name: 'An index that is built while nobody can write',
  when: 'CREATE INDEX without CONCURRENTLY on a table that is there already.',
  harm: 'Every INSERT, UPDATE and DELETE waits until the index is built.',
  instead:
    'Build it CONCURRENTLY, outside of a transaction. Of a partitioned table: ON ONLY the parent, then each partition CONCURRENTLY, then ATTACH.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'CREATE INDEX orders_user ON orders (user_id);',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'CREATE INDEX CONCURRENTLY orders_user ON orders (user_id);',
    transaction: false,
  },
  on: ['IndexStmt'],
  check({ node, statement, text }, at) {
    const there = node.if_not_exists && at.table?.indexes.some((i) => i.name === node.idxname)
    if (node.concurrent || node.relation?.inh !== true || there) return undefined
    return heldLong(
      at.long('SHARE', 'indexed'),
      statement.kind === 'IndexStmt' ? [`${text.replace(/\bindex\b/i, (word) => `${word} CONCURRENTLY`)};`] : [],
    )
  },
}
