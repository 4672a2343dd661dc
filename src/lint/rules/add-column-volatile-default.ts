import { isNullLiteral, typeOf } from '../ast.ts'
import { heldLong } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import { volatilityOf } from '../volatile.ts'
import { alreadyThere, filledLater, isNextval } from './adding.ts'
import { definitionOf } from './retyping.ts'

export const addColumnVolatileDefault: Rule = {
  id: 'add-column-volatile-default',
  name: 'A default that is another for every row',
  when: 'ADD COLUMN with a default that calls a VOLATILE function; before Postgres 11 any default.',
  harm: 'Every row is written while the table is locked against everything.',
  instead: 'Add the column without, SET DEFAULT, and fill the old rows in batches.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN made timestamptz DEFAULT now();',
  },
  on: ['AT_AddColumn'],
  check(act, at) {
    const definition = definitionOf(act)
    const value = beside(definition, 'CONSTR_DEFAULT')?.raw_expr ?? at.catalog.types.get(typeOf(definition.typeName).name)?.default
    if (!value || alreadyThere(act, at) || isNextval(value)) return undefined
    if (at.scene.pg >= 11 ? !volatilityOf(value, at.catalog).volatile : isNullLiteral(value)) return undefined
    return heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), filledLater(at, definition.colname), true)
  },
}
