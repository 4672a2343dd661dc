import type { Rule } from '../rule.ts'

export const dropNotNull: Rule = {
  id: 'drop-not-null',
  name: 'NULL where there was none',
  when: 'DROP NOT NULL.',
  harm: 'Programs that read the column may not expect NULL.',
  instead: 'Look at who reads it first.',
  bad: { schema: 'CREATE TABLE a (x int NOT NULL);', sql: 'ALTER TABLE a ALTER COLUMN x DROP NOT NULL;' },
  good: { schema: 'CREATE TABLE a (x int NOT NULL);', sql: 'ALTER TABLE a ALTER COLUMN x SET DEFAULT 1;' },
  on: ['AT_DropNotNull'],
  check({ node }, at) {
    return { categories: ['caution'], message: `readers of ${at.name}.${node.name} may meet NULL` }
  },
}
