import { heldLong } from '../at.ts'
import { beside, isSerial } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import { alreadyThere, filledLater, isNextval } from './adding.ts'
import { definitionOf } from './retyping.ts'

export const addColumnSerial: Rule = {
  id: 'add-column-serial',
  name: 'A serial column, which writes every row',
  when: 'ADD COLUMN of type serial, bigserial or smallserial, or with nextval as its default.',
  harm: 'Every row gets a number while the table is locked against everything.',
  instead: 'A bigint column, filled in batches; then the default from a sequence.',
  bad: { schema: 'CREATE TABLE log (line text);', sql: 'ALTER TABLE log ADD COLUMN id bigserial;' },
  good: { schema: 'CREATE TABLE log (line text);', sql: 'ALTER TABLE log ADD COLUMN id bigint;' },
  on: ['AT_AddColumn'],
  check(act, at) {
    const definition = definitionOf(act)
    const numbered = isSerial(definition) || isNextval(beside(definition, 'CONSTR_DEFAULT')?.raw_expr)
    if (!numbered || alreadyThere(act, at)) return undefined
    return heldLong(at.long('ACCESS EXCLUSIVE', 'rewritten'), filledLater(at, definition.colname), true)
  },
}
