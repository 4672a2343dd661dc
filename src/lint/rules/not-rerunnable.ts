import { type Name, nameInSql, objectName } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const notRerunnable: Rule = {
  id: 'not-rerunnable',
  name: 'What cannot be run a second time',
  when: 'CREATE INDEX CONCURRENTLY without IF NOT EXISTS, DROP INDEX CONCURRENTLY without IF EXISTS: these run in no transaction.',
  harm: 'Broken off, it leaves an index behind that is not valid, or half of the file done; the second run stops at it.',
  instead: 'DROP INDEX CONCURRENTLY IF EXISTS before it, which also takes away one that is not valid.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'CREATE INDEX CONCURRENTLY orders_user ON orders (user_id);',
    transaction: false,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'DROP INDEX CONCURRENTLY IF EXISTS orders_user; CREATE INDEX CONCURRENTLY orders_user ON orders (user_id);',
    transaction: false,
  },
  on: ['IndexStmt', 'DropStmt'],
  check({ kind, node }, at) {
    if (node.concurrent !== true || node.if_not_exists || node.missing_ok) return undefined
    const index: Name = kind === 'IndexStmt' ? { name: node.idxname ?? '' } : objectName(node.objects?.[0] ?? {})
    const cleared = at.earlier.some(
      (a) =>
        a.kind === 'DropStmt' && a.node.missing_ok && (a.node.objects ?? []).some((o: typeof node) => objectName(o).name === index.name),
    )
    return cleared
      ? undefined
      : {
          categories: ['caution'],
          message: 'broken off, it cannot be run again',
          instead: index.name ? [`DROP INDEX CONCURRENTLY IF EXISTS ${nameInSql(index)};`] : [],
        }
  },
}
