import { optionOn } from '../ast.ts'
import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const reindexBlocking: Rule = {
  id: 'reindex-blocking',
  name: 'Indexes that are built anew while nobody can write',
  when: 'REINDEX without CONCURRENTLY, or with (CONCURRENTLY false).',
  harm: 'Writes wait until the index is built, and so do queries that would use it.',
  instead: 'REINDEX … CONCURRENTLY, from Postgres 12 on, outside of a transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'REINDEX TABLE orders;',
    transaction: false,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'REINDEX TABLE CONCURRENTLY orders;',
    transaction: false,
  },
  on: ['ReindexStmt'],
  check({ node }, at) {
    if (optionOn(node.params, 'concurrently')) return undefined
    const owner = node.kind === 'REINDEX_OBJECT_INDEX' ? at.catalog.indexOwner(node.relation?.relname) : undefined
    if (owner?.fresh) return undefined
    return heldLong({
      mode: 'SHARE',
      on: [node.relation ? at.name : (node.name ?? 'the database')],
      work: 'while its indexes are built',
      scans: true,
    })
  },
}
