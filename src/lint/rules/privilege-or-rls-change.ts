import { type Node, objectName, ownerName, relationName, said } from '../ast.ts'
import type { At } from '../at.ts'
import type { Found, Rule } from '../rule.ts'

export const privilegeOrRlsChange: Rule = {
  id: 'privilege-or-rls-change',
  name: 'Rows or tables that somebody no longer sees',
  when: 'REVOKE; ENABLE ROW LEVEL SECURITY where there is no policy; DROP POLICY of the last one.',
  harm: 'Whoever relied on it gets errors, or no rows at all.',
  instead: 'The policy first, and a look at who uses the privilege.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE POLICY all_rows ON orders USING (true);',
    sql: 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY;',
  },
  on: ['GrantStmt', 'AT_EnableRowSecurity', 'GrantRoleStmt', 'DropStmt'],
  check({ kind, node }, at) {
    if (kind === 'AT_EnableRowSecurity') {
      const policies =
        (at.table?.policies ?? 0) +
        at.later.filter((a) => a.kind === 'CreatePolicyStmt' && said(relationName(a.node.table)) === at.name).length
      return policies ? undefined : { categories: ['breaking'], message: `without a policy nobody but the owner sees a row of ${at.name}` }
    }
    if (kind === 'DropStmt') return node.removeType === 'OBJECT_POLICY' ? lastPolicy(node, at) : undefined
    const objects: Node[] = node.objects ?? []
    const fresh =
      objects.length > 0 &&
      objects.every((o) => (o.RangeVar ? at.isFresh(relationName(o.RangeVar)) : at.catalog.routines.get(objectName(o).name)?.fresh))
    return node.is_grant || fresh ? undefined : { categories: ['breaking'], message: 'whoever relied on the privilege is refused' }
  },
}

function lastPolicy(node: Node, at: At): Found | undefined {
  const owner = ownerName(node.objects?.[0] ?? {})
  const table = at.catalog.table(owner)
  const again = at.later.some((a) => a.kind === 'CreatePolicyStmt' && relationName(a.node.table).name === owner.name)
  const open = table?.whole && !table.rowSecurity
  if (open || table?.fresh || (table && table.policies > 1) || again) return undefined
  return { categories: ['breaking'], message: `without a policy nobody but the owner sees a row of ${said(owner)}` }
}
