import { type Node, nodesOf, optionOn } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const version: Rule = {
  id: 'version',
  name: 'What this version of the server does not have',
  when: 'Syntax of a newer Postgres than the one that it is for.',
  harm: 'The server refuses.',
  instead: 'The form that this version has.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) VIRTUAL;',
    pg: 15,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) VIRTUAL;',
    pg: 18,
  },
  on: [
    'AT_AddColumn',
    'AT_AddConstraint',
    'MergeStmt',
    'AT_DetachPartition',
    'ReindexStmt',
    'AT_SetExpression',
    'AT_SetAccessMethod',
    'AT_SetCompression',
    'IndexStmt',
    'CreateTrigStmt',
    'CreateStmt',
  ],
  always: true,
  check(act, at) {
    const needed = Math.max(0, ...(since[act.kind] ?? []).map(([version, has]) => (has(act.node) ? version : 0)))
    if (needed <= at.scene.pg) return undefined
    return { categories: ['fails'], message: `it needs Postgres ${needed}, and this is ${at.scene.pg}: the server refuses` }
  },
}

type Has = readonly [number, (node: Node) => boolean]
const always: (node: Node) => boolean = () => true
const isNotEnforced = (c: Node): boolean =>
  c.contype === 'CONSTR_ATTR_NOT_ENFORCED' || (['CONSTR_CHECK', 'CONSTR_FOREIGN'].includes(c.contype) && !c.is_enforced)
const constraints = (node: Node): Node[] => [...nodesOf('Constraint', node)]
const written: readonly Has[] = [
  [12, (n) => constraints(n).some((c) => c.contype === 'CONSTR_GENERATED' && c.generated_kind === 's')],
  [15, (n) => constraints(n).some((c) => c.nulls_not_distinct)],
  [18, (n) => constraints(n).some((c) => (c.contype === 'CONSTR_GENERATED' && c.generated_kind === 'v') || c.without_overlaps)],
  [18, (n) => n.def?.Constraint?.contype === 'CONSTR_NOTNULL'],
  [18, (n) => constraints(n).some(isNotEnforced)],
]
const since: Readonly<Record<string, readonly Has[]>> = {
  AT_AddColumn: written,
  AT_AddConstraint: written,
  CreateStmt: written,
  MergeStmt: [
    [15, always],
    [17, (n) => (n.mergeWhenClauses ?? []).some((c: Node) => c.MergeWhenClause?.matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE')],
  ],
  AT_DetachPartition: [[14, (n) => n.def?.PartitionCmd?.concurrent === true]],
  ReindexStmt: [[12, (n) => optionOn(n.params, 'concurrently')]],
  AT_SetExpression: [[17, always]],
  AT_SetAccessMethod: [[15, always]],
  AT_SetCompression: [[14, always]],
  IndexStmt: [[15, (n) => n.nulls_not_distinct === true]],
  CreateTrigStmt: [[14, (n) => n.replace === true]],
}
