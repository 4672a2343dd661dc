import { type Name, nameInSql, objectName, said } from '../ast.ts'
import { heldLong } from '../at.ts'
import type { Table } from '../catalog.ts'
import type { Rule } from '../rule.ts'

export const dropIndexBlocking: Rule = {
  id: 'drop-index-blocking',
  name: 'An index that is dropped while queries wait',
  when: 'DROP INDEX without CONCURRENTLY.',
  harm: 'The table is locked against everything. It is short, but it waits behind every query that runs, and everything else waits behind it.',
  instead: 'DROP INDEX CONCURRENTLY, outside of a transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE INDEX orders_user ON orders (user_id);',
    sql: 'DROP INDEX orders_user;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE INDEX orders_user ON orders (user_id);',
    sql: 'DROP INDEX CONCURRENTLY orders_user;',
    transaction: false,
  },
  on: ['DropStmt'],
  check({ node }, at) {
    if (node.removeType !== 'OBJECT_INDEX' || node.concurrent) return undefined
    const names = (node.objects ?? []).map(objectName)
    const owners = names.map((n: { name: string }) => at.catalog.indexOwner(n.name))
    if (owners.every((o: Table | undefined) => o?.fresh || (!o && node.missing_ok && at.catalog.closed))) return undefined
    const on = owners.map((o: Table | undefined, i: number) => (o ? said(o.name) : `the table of ${said(names[i])}`))
    return heldLong(
      at.short('ACCESS EXCLUSIVE', on),
      names.map((n: Name) => `DROP INDEX CONCURRENTLY ${nameInSql(n)};`),
    )
  },
}
