import { type Node, objectName } from '../ast.ts'
import type { At } from '../at.ts'
import type { Rule } from '../rule.ts'

const onParted = (index: Node, at: At): boolean => at.catalog.indexOwner(objectName(index).name)?.partitionKey !== undefined

export const concurrentlyImpossible: Rule = {
  id: 'concurrently-impossible',
  name: 'What cannot be done in the gentle way',
  when: 'CREATE or DROP INDEX CONCURRENTLY of a partitioned table, DROP INDEX CONCURRENTLY of several or with CASCADE, DETACH CONCURRENTLY beside a default partition, REFRESH CONCURRENTLY without a unique index; before Postgres 18 a foreign key NOT VALID on a partitioned table.',
  harm: 'The server refuses.',
  instead: 'Each partition by itself: CREATE INDEX ON ONLY the parent, CONCURRENTLY on each partition, then ATTACH. One DROP a statement.',
  bad: {
    schema: 'CREATE TABLE log (at date) PARTITION BY RANGE (at);',
    sql: 'CREATE INDEX CONCURRENTLY i ON log (at);',
    transaction: false,
  },
  good: { schema: 'CREATE TABLE log (at date) PARTITION BY RANGE (at);', sql: 'CREATE INDEX i ON ONLY log (at);', transaction: false },
  on: ['IndexStmt', 'DropStmt', 'AT_AddConstraint', 'AT_DetachPartition', 'RefreshMatViewStmt'],
  always: true,
  check({ kind, node }, at) {
    const parted = at.table?.partitionKey !== undefined
    const key = node.def?.Constraint
    const refused: Readonly<Record<string, boolean>> = {
      IndexStmt: node.concurrent === true && parted,
      DropStmt:
        node.concurrent === true &&
        ((node.objects ?? []).length > 1 || node.behavior === 'DROP_CASCADE' || (node.objects ?? []).some((o: Node) => onParted(o, at))),
      AT_DetachPartition: node.def?.PartitionCmd?.concurrent === true && at.table?.hasDefaultPartition === true,
      RefreshMatViewStmt:
        node.concurrent === true && at.table?.kind === 'matview' && at.catalog.closed && !at.table.indexes.some((i) => i.unique && i.plain),
      AT_AddConstraint: key?.contype === 'CONSTR_FOREIGN' && key.skip_validation === true && parted && at.scene.pg < 18,
    }
    return refused[kind] ? { categories: ['fails'], message: 'the server does not do it this way, and refuses' } : undefined
  },
}
