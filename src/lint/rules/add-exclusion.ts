import { constraintNode, heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const addExclusion: Rule = {
  id: 'add-exclusion',
  name: 'An exclusion constraint that builds its index under lock',
  when: 'ADD CONSTRAINT … EXCLUDE.',
  harm: 'The table is locked against everything while the index is built. There is no NOT VALID for it.',
  instead: 'A new table with the constraint, filled and swapped in; or a window in which nobody works.',
  bad: {
    schema: 'CREATE TABLE stays (id int, during tsrange);',
    sql: 'ALTER TABLE stays ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&);',
  },
  good: { schema: '', sql: 'CREATE TABLE stays (id int, during tsrange, CONSTRAINT apart EXCLUDE USING gist (during WITH &&));' },
  on: ['AT_AddConstraint'],
  check(act, at) {
    return constraintNode(act).contype === 'CONSTR_EXCLUSION' ? heldLong(at.long('ACCESS EXCLUSIVE', 'indexed')) : undefined
  },
}
