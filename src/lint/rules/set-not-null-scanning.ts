import { type Node, strings } from '../ast.ts'
import { type At, constraintNode, heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'
import { neverNull, setNotNull } from './never-null.ts'
import { sureAt } from './row-changes.ts'

export const setNotNullScanning: Rule = {
  id: 'set-not-null-scanning',
  name: 'NOT NULL that is looked for in every row',
  when: 'SET NOT NULL on a column that no validated CHECK says is never NULL.',
  harm: 'The table is locked against everything while all its rows are read.',
  instead:
    'CHECK (column IS NOT NULL) NOT VALID, VALIDATE in a later transaction, SET NOT NULL, drop the CHECK. From Postgres 18 on: ADD CONSTRAINT … NOT NULL … NOT VALID.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); ALTER TABLE orders ADD CONSTRAINT user_set CHECK (user_id IS NOT NULL);',
    sql: 'ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;',
  },
  on: ['AT_SetNotNull', 'AT_AddConstraint'],
  check(act, at) {
    const constraint = act.kind === 'AT_AddConstraint' ? constraintNode(act) : undefined
    if (constraint && (constraint.contype !== 'CONSTR_NOTNULL' || constraint.skip_validation)) return undefined
    const column = constraint ? (strings(constraint.keys)[0] ?? '') : act.node.name
    const known = at.table?.constraints.some((c) => c.kind === 'notNull' && c.validated && c.columns.includes(column))
    if (known || at.column(column)?.notNull || neverNull(at, column, droppedWith(act))) return undefined
    const found = heldLong(at.long('ACCESS EXCLUSIVE', 'read'), setNotNull(at, column))
    return addedEmpty(column, at) ? { ...found, categories: [...found.categories, 'fails'] } : found
  },
}

/** Added by this very migration, and nothing was put in since: any row that is there stops it. */
const addedEmpty = (column: string, at: At): boolean =>
  sureAt(at).always(column) && !at.earlier.some((a) => a.kind === 'UpdateStmt' || a.kind === 'MergeStmt')

/** What one ALTER TABLE drops is gone before the rest of it is done. */
const droppedWith = (act: Act): string[] =>
  (act.whole.cmds ?? []).flatMap((c: Node) => (c.AlterTableCmd?.subtype === 'AT_DropConstraint' ? [c.AlterTableCmd.name] : []))
