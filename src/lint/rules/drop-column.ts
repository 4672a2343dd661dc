import { type At, isOn } from '../at.ts'
import type { Rule } from '../rule.ts'

export const dropColumn: Rule = {
  id: 'drop-column',
  name: 'A column that is gone',
  when: 'DROP COLUMN.',
  harm: 'Its values are lost, and every program that still names it fails.',
  instead: 'Stop using it, deploy, and drop it a release later.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders DROP COLUMN note;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;',
  },
  on: ['AT_DropColumn'],
  check({ node }, at) {
    const gone = node.missing_ok && at.table?.whole && !at.table.columns.has(node.name)
    if (gone || wasAddedHere(at, node.name)) return undefined
    return { categories: ['destructive', 'breaking'], message: `the values of ${at.name}.${node.name} are lost, and what names it fails` }
  },
}

const wasAddedHere = (at: At, column: string): boolean =>
  at.earlier.some((a) => isOn(a, 'AT_AddColumn', at.name) && a.node.def?.ColumnDef?.colname === column && !a.node.missing_ok)
