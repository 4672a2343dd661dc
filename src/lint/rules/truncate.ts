import { type Name, type Node, relationName, said } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const truncate: Rule = {
  id: 'truncate',
  name: 'All rows, gone',
  when: 'TRUNCATE.',
  harm: 'All rows are lost; the table is locked against everything.',
  instead: 'DELETE in batches, after a backup.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'TRUNCATE orders;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'DELETE FROM orders WHERE id = 4;',
  },
  on: ['TruncateStmt'],
  check({ node }, at) {
    const old = (node.relations ?? []).map((r: Node) => relationName(r.RangeVar)).filter((n: Name) => !at.isFresh(n))
    if (old.length === 0) return undefined
    return {
      categories: ['destructive', 'data'],
      message: `all rows of ${old.map(said).join(', ')} are lost`,
      lock: at.short('ACCESS EXCLUSIVE', old.map(said)),
      newFile: true,
    }
  },
}
