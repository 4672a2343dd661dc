import type { Rule } from '../rule.ts'

export const syntax: Rule = {
  id: 'syntax',
  name: 'What the server cannot read',
  when: 'SQL that Postgres cannot parse.',
  harm: 'The server refuses.',
  instead: 'Mend it.',
  bad: { schema: '', sql: 'ALTER TABEL orders ADD COLUMN a int;' },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN a int;',
  },
  on: ['Unreadable'],
  always: true,
  check({ statement }) {
    return { categories: ['fails'], message: statement.error ?? 'it cannot be read' }
  },
}
