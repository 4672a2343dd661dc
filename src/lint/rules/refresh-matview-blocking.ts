import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const refreshMatviewBlocking: Rule = {
  id: 'refresh-matview-blocking',
  name: 'A materialized view that nobody can read while it is filled',
  when: 'REFRESH MATERIALIZED VIEW without CONCURRENTLY.',
  harm: 'Readers wait until the query behind the view is done.',
  instead: 'A unique index on the view, and REFRESH … CONCURRENTLY.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW sums AS SELECT user_id, sum(total) FROM orders GROUP BY 1;',
    sql: 'REFRESH MATERIALIZED VIEW sums;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW sums AS SELECT user_id, sum(total) FROM orders GROUP BY 1; CREATE UNIQUE INDEX u ON sums (user_id);',
    sql: 'REFRESH MATERIALIZED VIEW CONCURRENTLY sums;',
  },
  on: ['RefreshMatViewStmt'],
  check({ node }, at) {
    if (node.concurrent) return undefined
    if (node.skipData) return { categories: ['breaking'], message: `nobody can read ${at.name} until it is filled again`, newFile: true }
    const found = heldLong({ mode: 'ACCESS EXCLUSIVE', on: [at.name], work: 'while its query runs' }, [
      `REFRESH MATERIALIZED VIEW CONCURRENTLY ${at.written};`,
    ])
    return { ...found, newFile: true }
  },
}
