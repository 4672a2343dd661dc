import { addedHere } from '../at.ts'
import type { Rule } from '../rule.ts'

export const renameColumn: Rule = {
  id: 'rename-column',
  name: 'A column under another name',
  when: 'RENAME COLUMN.',
  harm: 'Programs that run know the old name, and fail.',
  instead: 'A new column beside it, written by a trigger, until nobody reads the old one; or a view with both.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders RENAME COLUMN note TO remark;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN remark varchar(50);',
  },
  on: ['RenameStmt'],
  check({ node }, at) {
    if (node.renameType !== 'OBJECT_COLUMN' && node.renameType !== 'OBJECT_ATTRIBUTE') return undefined
    return addedHere(at, node.subname)
      ? undefined
      : { categories: ['breaking'], message: `programs that know ${at.name}.${node.subname} fail` }
  },
}
