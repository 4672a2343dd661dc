import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { definitionOf, newColumn, retyping } from './retyping.ts'

export const typeChangeRebuildsIndex: Rule = {
  id: 'type-change-rebuilds-index',
  name: 'A change of type or collation that builds indexes anew',
  when: 'A type that is stored alike but sorted otherwise (citext, COLLATE, timestamp and timestamptz) on a column that has an index; any change of type where the index has an expression or a condition.',
  harm: 'The table is locked against everything while the indexes are built.',
  instead: 'A new column, with its index built CONCURRENTLY.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE INDEX n ON orders (note);',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE text COLLATE "C";',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE INDEX n ON orders (note);',
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE text;',
  },
  on: ['AT_AlterColumnType'],
  check(act, at) {
    const change = retyping(act, at)
    const sorted = change === 'index' || (change === 'free' && definitionOf(act).collClause)
    const its = at.table?.indexes.filter((i) => i.columns.includes(act.node.name)) ?? []
    const free = change === 'free' && its.some((i) => !i.plain)
    return (sorted && its.length) || free ? heldLong(at.long('ACCESS EXCLUSIVE', 'indexed'), newColumn(at, act.node.name)) : undefined
  },
}
