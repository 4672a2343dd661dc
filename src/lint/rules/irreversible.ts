import type { Rule } from '../rule.ts'

export const irreversible: Rule = {
  id: 'irreversible',
  name: 'A change with no way back',
  when: 'A file of goose, dbmate or sql-migrate whose way down is missing or empty, where rows or columns go or change.',
  harm: 'When it has to be taken back, nobody has thought of how.',
  instead: 'Write the way down; where there is none, say so in it, and take a backup first.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: '-- +goose Up\nALTER TABLE orders DROP COLUMN note;\n-- +goose Down\n',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: '-- +goose Up\nALTER TABLE orders ADD COLUMN remark text;\n-- +goose Down\nALTER TABLE orders DROP COLUMN remark;\n',
  },
  on: ['NoWayBack'],
  always: true,
  check(_, at) {
    const taken = at.earlier.some((a) => takes.includes(a.kind) || (a.kind === 'DropStmt' && a.node.removeType === 'OBJECT_TABLE'))
    return taken ? { categories: ['caution'], message: 'rows or columns go or change, and the file says no way back' } : undefined
  },
}

const takes = ['AT_DropColumn', 'AT_AlterColumnType', 'TruncateStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']
