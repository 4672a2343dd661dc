import { nameInSql, relationName } from '../ast.ts'
import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const detachPartitionBlocking: Rule = {
  id: 'detach-partition-blocking',
  name: 'A partition that is taken off while queries wait',
  when: 'DETACH PARTITION without CONCURRENTLY.',
  harm: 'The parent, and so every partition, is locked against everything: briefly, but behind every query that runs.',
  instead: 'DETACH PARTITION … CONCURRENTLY, from Postgres 14 on, outside of a transaction; FINALIZE if it was broken off.',
  bad: {
    schema:
      'CREATE TABLE log (at date) PARTITION BY RANGE (at); CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (MINVALUE) TO (MAXVALUE);',
    sql: 'ALTER TABLE log DETACH PARTITION log_1;',
  },
  good: {
    schema:
      'CREATE TABLE log (at date) PARTITION BY RANGE (at); CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (MINVALUE) TO (MAXVALUE);',
    sql: 'ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY;',
    transaction: false,
  },
  on: ['AT_DetachPartition'],
  check({ node }, at) {
    const { name, concurrent } = node.def?.PartitionCmd ?? {}
    if (concurrent) return undefined
    return heldLong(at.short('ACCESS EXCLUSIVE'), [
      `ALTER TABLE ${at.written} DETACH PARTITION ${nameInSql(relationName(name))} CONCURRENTLY;`,
    ])
  },
}
