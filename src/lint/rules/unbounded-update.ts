import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { boundedBy, filters, sureAt } from './row-changes.ts'

export const unboundedUpdate: Rule = {
  id: 'unbounded-update',
  name: 'All rows, changed at once',
  when: 'UPDATE without a WHERE that leaves rows out: none, true, or what only joins.',
  harm: 'Every row is locked until the end; the table doubles; replicas lag.',
  instead: 'Batches by key, each in a transaction of its own.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "UPDATE orders SET note = '';",
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "UPDATE orders SET note = '' WHERE id BETWEEN 1 AND 1000;",
  },
  on: ['UpdateStmt'],
  check({ node }, at) {
    if (filters(node.whereClause, sureAt(at)) || (node.whereClause && boundedBy(node.fromClause, node.withClause?.ctes))) return undefined
    const found = heldLong({ ...at.long('ROW EXCLUSIVE', 'rewritten'), work: 'with a lock on every row until the end' })
    return {
      ...found,
      categories: ['data', 'lock-heavy'],
      instead: [`UPDATE ${at.written} SET … WHERE id > … AND id <= …;  -- in batches, each in a transaction of its own`],
    }
  },
}
