import { typeOf } from '../ast.ts'
import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import { alreadyThere, filledLater } from './adding.ts'
import { definitionOf } from './retyping.ts'

export const addColumnConstrainedDomain: Rule = {
  id: 'add-column-constrained-domain',
  name: 'A column of a domain with a constraint, which writes every row',
  when: 'ADD COLUMN whose type is a domain with CHECK or NOT NULL.',
  harm: 'Every row is written while the table is locked against everything, even for a constant default or none.',
  instead: 'The type below the domain, and a CHECK NOT VALID that is validated later.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE DOMAIN cents AS int CHECK (VALUE >= 0);',
    sql: 'ALTER TABLE orders ADD COLUMN fee cents DEFAULT 0;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE DOMAIN cents AS int;',
    sql: 'ALTER TABLE orders ADD COLUMN fee cents DEFAULT 0;',
  },
  on: ['AT_AddColumn'],
  check(act, at) {
    const definition = definitionOf(act)
    if (!at.catalog.types.get(typeOf(definition.typeName).name)?.constrained || alreadyThere(act, at)) return undefined
    return heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), filledLater(at, definition.colname), true)
  },
}
