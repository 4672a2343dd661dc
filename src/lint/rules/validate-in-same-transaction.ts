import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const validateInSameTransaction: Rule = {
  id: 'validate-in-same-transaction',
  name: 'A validation under the lock that it should do without',
  when: 'VALIDATE CONSTRAINT in the transaction that added the constraint NOT VALID.',
  harm: 'The lock of ADD CONSTRAINT is held until the end of the transaction, and so through the reading of every row.',
  instead: 'Two transactions.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c;',
    transaction: true,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID;',
    sql: 'ALTER TABLE orders VALIDATE CONSTRAINT c;',
    transaction: true,
  },
  on: ['AT_ValidateConstraint'],
  check(act, at) {
    const found = at.table?.constraints.find((c) => c.name === act.node.name)
    const here = found?.made !== undefined && found.made === at.scene.transaction && !found.validated
    return here ? heldLong(at.long(found.kind === 'foreign' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', 'read')) : undefined
  },
}
