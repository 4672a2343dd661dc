import { relationName } from '../ast.ts'
import type { Rule } from '../rule.ts'
import { isSmall } from './row-changes.ts'

const shapes = ['IndexStmt', 'DropStmt', 'RenameStmt', 'TruncateStmt']

export const schemaAndDataMixed: Rule = {
  id: 'schema-and-data-mixed',
  name: 'Shape and rows in one transaction',
  when: 'DDL and changes of rows in one transaction; not single rows that are written out.',
  harm: 'Locks are held while rows are worked on, and neither half can be taken back alone.',
  instead: 'Two migrations.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN a int; UPDATE users SET id = 2 WHERE id = 1;',
    transaction: true,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'UPDATE users SET id = 2 WHERE id = 1;',
    transaction: true,
  },
  on: ['UpdateStmt', 'DeleteStmt', 'MergeStmt', 'InsertStmt'],
  check(act, at) {
    if (!at.scene.inTransaction || (act.kind === 'InsertStmt' && isSmall(act))) return undefined
    const shape = at.earlier.some(
      (a) => (a.kind.startsWith('AT_') || shapes.includes(a.kind)) && !at.isFresh(relationName(a.whole.relation)),
    )
    return shape ? { categories: ['caution'], message: 'rows are changed in the transaction that changes tables' } : undefined
  },
}
