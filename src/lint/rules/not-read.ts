import type { Rule } from '../rule.ts'

export const notRead: Rule = {
  id: 'not-read',
  name: 'SQL that is only known when it runs',
  when: 'A DO block or function whose SQL is put together in a way that cannot be followed; a file that psql reads (\\\\i, \\\\ir), and \\\\gexec.',
  harm: 'Nothing of it was judged.',
  instead: 'Write the statements out.',
  bad: {
    schema: 'CREATE TABLE steps (command text);',
    sql: 'DO $$ declare r record; begin for r in select command from steps loop execute r.command; end loop; end $$;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "DO $$ begin execute 'SELECT 1'; end $$;",
  },
  on: ['NotRead', 'Included'],
  always: true,
  check({ kind }) {
    const what = kind === 'Included' ? 'what it reads here' : 'part of it'
    return { categories: ['caution'], message: `${what} is only known when it runs, and was not judged` }
  },
}
