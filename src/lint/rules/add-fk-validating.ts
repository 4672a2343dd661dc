import { type Node, relationName, said } from '../ast.ts'
import { type At, constraintNode, heldLong } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Found, Rule } from '../rule.ts'
import type { Act } from '../scene.ts'
import { notValid } from './not-valid.ts'

export const addFkValidating: Rule = {
  id: 'add-fk-validating',
  name: 'A foreign key that is checked against every row',
  when: 'ADD CONSTRAINT … FOREIGN KEY without NOT VALID, or a new column with REFERENCES and a default.',
  harm: 'Both tables refuse writes until every row has been looked up.',
  instead:
    'Add it NOT VALID, and VALIDATE it in a later transaction, which stops nobody. Before Postgres 18 a partitioned table takes no NOT VALID: add it to each partition.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;',
  },
  on: ['AT_AddConstraint', 'AT_AddColumn', 'AT_AlterConstraint'],
  check(act, at) {
    if (act.kind === 'AT_AlterConstraint') return enforced(act, at)
    const key = act.kind === 'AT_AddColumn' ? besideDefault(act) : constraintNode(act)
    if (key?.contype !== 'CONSTR_FOREIGN' || key.skip_validation || beside(act.node.def?.ColumnDef ?? {}, 'CONSTR_ATTR_NOT_ENFORCED'))
      return undefined
    const other = said(relationName(key.pktable))
    return heldLong(
      at.long('SHARE ROW EXCLUSIVE', 'read', other === at.name ? [] : [other]),
      act.kind === 'AT_AddColumn' ? [] : notValid(act, at),
    )
  },
}

/** Without a default there is nothing to look up, and the server looks nothing up. */
function besideDefault({ node }: Act): Node | undefined {
  const definition = node.def?.ColumnDef ?? {}
  return beside(definition, 'CONSTR_DEFAULT') ? beside(definition, 'CONSTR_FOREIGN') : undefined
}

/** One that was NOT ENFORCED is held against every row. */
function enforced({ node }: Act, at: At): Found | undefined {
  const { conname, alterEnforceability, is_enforced } = node.def?.ATAlterConstraint ?? {}
  const other = at.table?.constraints.find((c) => c.name === conname)?.references
  return alterEnforceability && is_enforced
    ? heldLong(at.long('ACCESS EXCLUSIVE', 'read', other && other !== at.name ? [other] : []))
    : undefined
}
