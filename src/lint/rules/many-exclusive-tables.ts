import type { Rule } from '../rule.ts'

export const manyExclusiveTables: Rule = {
  id: 'many-exclusive-tables',
  name: 'Several tables closed at once',
  when: 'ALTER TABLE on two or more tables in one transaction.',
  harm: 'Each lock is held until the last is had. Two programs that take them in another order stop each other.',
  instead: 'One table a transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN a int; ALTER TABLE users ADD COLUMN b int;',
    transaction: true,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN a int; ALTER TABLE orders ADD COLUMN b int;',
    transaction: true,
  },
  on: ['AT_AddColumn', 'AT_AlterColumnType', 'AT_SetNotNull', 'AT_DropColumn', 'AT_AddConstraint'],
  check(_, at) {
    const held = [...at.scene.exclusive].filter((t) => t !== at.name)
    if (held.length === 0 || !at.scene.inTransaction) return undefined
    return { categories: ['caution'], message: `${at.name} is locked while ${held.join(' and ')} still is: one table a transaction` }
  },
}
