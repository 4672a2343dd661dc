import type { Node } from '../ast.ts'
import type { Rule } from '../rule.ts'
import { boundedBy, filters, sureAt } from './row-changes.ts'

export const unboundedDelete: Rule = {
  id: 'unbounded-delete',
  name: 'All rows, deleted',
  when: 'DELETE without a WHERE that leaves rows out; MERGE … THEN DELETE without a condition; also in a CTE.',
  harm: 'All rows are lost.',
  instead: 'A condition, batches, and a backup.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'DELETE FROM orders;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'DELETE FROM orders WHERE total = 0;',
  },
  on: ['DeleteStmt', 'MergeStmt'],
  check({ kind, node }, at) {
    const bounded =
      kind === 'DeleteStmt'
        ? filters(node.whereClause, sureAt(at)) || (node.whereClause && boundedBy(node.usingClause, node.withClause?.ctes))
        : !mergeDeletes(node)
    return bounded
      ? undefined
      : { categories: ['destructive', 'data'], message: `rows of ${at.name} are lost, and no condition holds any back` }
  },
}

const mergeDeletes = (node: Node): boolean =>
  (node.mergeWhenClauses ?? []).some(({ MergeWhenClause: when }: Node) => {
    const few = when?.matchKind === 'MERGE_WHEN_MATCHED' && boundedBy([node.sourceRelation], node.withClause?.ctes)
    return when?.commandType === 'CMD_DELETE' && !filters(when.condition) && !few
  })
