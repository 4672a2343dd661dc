import type { Rule } from '../rule.ts'

export const columnUsedByView: Rule = {
  id: 'column-used-by-view',
  name: 'A column that a view or a generated column reads',
  when: 'DROP COLUMN, or a change of type, of a column in a view; a change of type of one that another is generated from.',
  harm: 'The server refuses.',
  instead: 'Drop the view, change the column, make the view again: in one transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE VIEW v AS SELECT note FROM orders;',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE text;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE VIEW v AS SELECT id FROM orders;',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE text;',
  },
  on: ['AT_DropColumn', 'AT_AlterColumnType'],
  always: true,
  check({ kind, node }, at) {
    const made = [...(at.table?.columns.values() ?? [])].filter((c) => c.from?.includes(node.name)).map((c) => c.name)
    if (kind === 'AT_AlterColumnType' && made.length)
      return { categories: ['fails'], message: `${made.join(', ')} is generated from ${at.name}.${node.name}: the server refuses` }
    const views = at.catalog.viewsOver(at.target.name, node.name)
    if (views.length === 0 || node.behavior === 'DROP_CASCADE') return undefined
    return { categories: ['fails'], message: `${views.join(', ')} reads ${at.name}.${node.name}: the server refuses` }
  },
}
