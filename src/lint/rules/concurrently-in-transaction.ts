import { type Node, optionOn } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const concurrentlyInTransaction: Rule = {
  id: 'concurrently-in-transaction',
  name: 'What cannot run in a transaction',
  when: 'CONCURRENTLY of an index or a partition, VACUUM and their like, within a transaction or a DO block.',
  harm: 'The server refuses.',
  instead: 'A migration of its own that runs without a transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'CREATE INDEX CONCURRENTLY i ON orders (note);',
    transaction: true,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'CREATE INDEX CONCURRENTLY i ON orders (note);',
    transaction: false,
  },
  on: [
    'IndexStmt',
    'DropStmt',
    'ReindexStmt',
    'AT_DetachPartition',
    'VacuumStmt',
    'CreatedbStmt',
    'DropdbStmt',
    'CreateTableSpaceStmt',
    'DropTableSpaceStmt',
    'AlterSystemStmt',
    'ClusterStmt',
  ],
  always: true,
  check(act, at) {
    const { kind, node } = act
    if (!(at.scene.inTransaction || act.within) || !alone(kind, node)) return undefined
    return { categories: ['fails'], message: 'it cannot run in a transaction: the server refuses' }
  },
}

function alone(kind: string, node: Node): boolean {
  if (kind === 'IndexStmt' || kind === 'DropStmt') return node.concurrent === true
  if (kind === 'ReindexStmt')
    return optionOn(node.params, 'concurrently') || !['REINDEX_OBJECT_INDEX', 'REINDEX_OBJECT_TABLE'].includes(node.kind)
  if (kind === 'AT_DetachPartition') return node.def?.PartitionCmd?.concurrent === true
  if (kind === 'ClusterStmt') return !node.relation
  return kind !== 'VacuumStmt' || node.is_vacuumcmd === true
}
