import { constraintNode, heldLong } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import { notValid } from './not-valid.ts'

export const addCheckValidating: Rule = {
  id: 'add-check-validating',
  name: 'A check that is held against every row',
  when: 'ADD CONSTRAINT … CHECK without NOT VALID, or a new column with a CHECK of its own.',
  harm: 'The table is locked against everything while all its rows are read.',
  instead: 'Add it NOT VALID, and VALIDATE it in a later transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;',
  },
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  check(act, at) {
    const check = act.kind === 'AT_AddColumn' ? beside(act.node.def?.ColumnDef ?? {}, 'CONSTR_CHECK') : constraintNode(act)
    if (check?.contype !== 'CONSTR_CHECK' || check.skip_validation || beside(act.node.def?.ColumnDef ?? {}, 'CONSTR_ATTR_NOT_ENFORCED'))
      return undefined
    return heldLong(at.long('ACCESS EXCLUSIVE', 'read'), act.kind === 'AT_AddColumn' ? [] : notValid(act, at))
  },
}
