import { type Name, type Node, relationName, said } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const truncateCascade: Rule = {
  id: 'truncate-cascade',
  name: 'All rows of other tables, gone',
  when: 'TRUNCATE … CASCADE.',
  harm: 'Every table that references it is emptied too.',
  instead: 'Name the tables.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'TRUNCATE orders CASCADE;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'DELETE FROM orders WHERE id = 4;',
  },
  on: ['TruncateStmt'],
  check({ node }, at) {
    const old = (node.relations ?? []).map((r: Node) => relationName(r.RangeVar)).filter((n: Name) => !at.isFresh(n))
    if (node.behavior !== 'DROP_CASCADE' || old.length === 0) return undefined
    return { categories: ['destructive', 'data'], message: `tables that reference ${old.map(said).join(', ')} are emptied too` }
  },
}
