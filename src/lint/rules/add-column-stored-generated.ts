import { heldLong } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import { alreadyThere, filledLater } from './adding.ts'
import { definitionOf } from './retyping.ts'

export const addColumnStoredGenerated: Rule = {
  id: 'add-column-stored-generated',
  name: 'A stored generated column, which writes every row',
  when: 'ADD COLUMN … GENERATED ALWAYS AS (…) STORED.',
  harm: 'Every row is written while the table is locked against everything.',
  instead: 'A plain column that a trigger fills, and batches for the old rows. From Postgres 18 on: VIRTUAL.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) STORED;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) VIRTUAL;',
    pg: 18,
  },
  on: ['AT_AddColumn'],
  check(act, at) {
    const definition = definitionOf(act)
    if (!(beside(definition, 'CONSTR_GENERATED')?.generated_kind === 's') || alreadyThere(act, at)) return undefined
    return heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), filledLater(at, definition.colname), true)
  },
}
