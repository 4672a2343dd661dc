import { heldLong } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import { alreadyThere, filledLater } from './adding.ts'
import { definitionOf } from './retyping.ts'

export const addColumnIdentity: Rule = {
  id: 'add-column-identity',
  name: 'An identity column, which writes every row',
  when: 'ADD COLUMN … GENERATED … AS IDENTITY.',
  harm: 'Every row gets a number while the table is locked against everything.',
  instead: 'A bigint column, filled in batches; NOT NULL as by set-not-null-scanning; then ADD GENERATED … AS IDENTITY.',
  bad: { schema: 'CREATE TABLE log (line text);', sql: 'ALTER TABLE log ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;' },
  good: { schema: 'CREATE TABLE log (id bigint NOT NULL);', sql: 'ALTER TABLE log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;' },
  on: ['AT_AddColumn'],
  check(act, at) {
    const definition = definitionOf(act)
    if (!beside(definition, 'CONSTR_IDENTITY') || alreadyThere(act, at)) return undefined
    return heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), filledLater(at, definition.colname), true)
  },
}
