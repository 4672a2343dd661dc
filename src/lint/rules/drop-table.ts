import { type Name, objectName, said } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const dropTable: Rule = {
  id: 'drop-table',
  name: 'A table that is gone',
  when: 'DROP TABLE.',
  harm: 'All its rows are lost, and every program that still names it fails.',
  instead: 'Rename it, wait, and drop it when nobody has missed it.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'DROP TABLE orders;',
  },
  good: { schema: '', sql: 'CREATE TABLE t (a int); DROP TABLE t;' },
  on: ['DropStmt'],
  check({ node }, at) {
    if (node.removeType !== 'OBJECT_TABLE' && node.removeType !== 'OBJECT_FOREIGN_TABLE') return undefined
    const old = (node.objects ?? [])
      .map(objectName)
      .filter((n: Name) => !at.isFresh(n) && !at.catalog.lacks(n))
      .map(said)
    return old.length
      ? { categories: ['destructive', 'breaking'], message: `the rows of ${old.join(', ')} are lost, and what names it fails` }
      : undefined
  },
}
