import { relationName, relationsIn } from '../ast.ts'
import { type At, heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'
import { isSmall } from './row-changes.ts'

export const workUnderExclusiveLock: Rule = {
  id: 'work-under-exclusive-lock',
  name: 'Rows that are changed while the table is closed',
  when: 'UPDATE, DELETE, INSERT … SELECT or a query over a table after an ALTER TABLE in the same transaction.',
  harm: 'The lock that ALTER TABLE took is held for as long as the query takes: nobody reads the table meanwhile.',
  instead: 'Two transactions, the ALTER TABLE in one of its own.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "ALTER TABLE orders ADD COLUMN state text; UPDATE orders SET state = 'old' WHERE total > 10;",
    transaction: true,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "UPDATE orders SET note = 'old' WHERE total > 10;",
    transaction: true,
  },
  on: ['UpdateStmt', 'DeleteStmt', 'InsertStmt', 'SelectStmt', 'CreateTableAsStmt', 'AT_ValidateConstraint'],
  always: true,
  check(act, at) {
    if (!at.scene.inTransaction || at.scene.exclusive.size === 0 || isSmall(act) || onlyItsOwn(act, at)) return undefined
    return heldLong({
      mode: 'ACCESS EXCLUSIVE',
      on: [...at.scene.exclusive],
      work: `while ${act.kind === 'AT_ValidateConstraint' ? 'a constraint is validated' : `rows ${at.target.name ? `of ${at.name} are changed` : 'are read'}`}`,
      scans: true,
    })
  },
}

/** Rows of tables that the migration itself made are as few as it made them. */
const onlyItsOwn = (act: Act, at: At): boolean => {
  const named = relationsIn(act.whole).map(relationName)
  return named.length > 0 && named.every((n) => at.isFresh(n))
}
