import { dottedName, type Name, type Node, objectName, ownerName, said } from '../ast.ts'
import type { At } from '../at.ts'
import { columnsGiven } from '../replay/queries.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const dropViewFunctionTrigger: Rule = {
  id: 'drop-view-function-trigger',
  name: 'A view, function or trigger that is gone',
  when: 'DROP VIEW, MATERIALIZED VIEW, FUNCTION, PROCEDURE, TRIGGER, unless it is made again in the same migration, a view with the columns that it had.',
  harm: 'What reads or calls it fails; what a trigger did is no longer done.',
  instead: 'CREATE OR REPLACE; drop it when nobody uses it.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE VIEW v AS SELECT id FROM orders;',
    sql: 'DROP VIEW v;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE VIEW v AS SELECT id FROM orders;',
    sql: 'DROP VIEW v; CREATE VIEW v AS SELECT id, note FROM orders;',
    transaction: true,
  },
  on: ['DropStmt'],
  check({ node }, at) {
    const remade = kinds[node.removeType]
    if (!remade) return undefined
    const names: Name[] = (node.objects ?? []).map((o: Node) =>
      node.removeType === 'OBJECT_TRIGGER' ? { name: objectName(o).name } : objectName(o),
    )
    const gone = (n: Name) => node.missing_ok && at.catalog.closed && !isThere(node, n, at)
    const old = names.filter(
      (n) =>
        !gone(n) &&
        !at.isFresh(n) &&
        !at.catalog.routines.get(n.name)?.fresh &&
        !at.later.some((a) => remade(a) === n.name && !leavesOut(n, a, at)),
    )
    const triggersOfFresh = node.removeType === 'OBJECT_TRIGGER' && (node.objects ?? []).every((o: Node) => at.isFresh(ownerName(o)))
    return old.length && !triggersOfFresh
      ? { categories: ['breaking'], message: `what uses ${old.map(said).join(', ')} fails, or is no longer done` }
      : undefined
  },
}

/** A view that comes back without a column that it had. */
function leavesOut(view: Name, { kind, node }: Act, at: At): boolean {
  const wanted = kind === 'ViewStmt' ? columnsGiven(node.query, at.catalog, node.aliases) : undefined
  return wanted !== undefined && (at.catalog.table(view)?.gives ?? []).some((column) => !wanted.includes(column))
}

/** Of a trigger: on its table. */
function isThere(node: Node, name: Name, at: At): boolean {
  if (node.removeType !== 'OBJECT_TRIGGER') return Boolean(at.catalog.table(name) ?? at.catalog.routines.get(name.name))
  return (node.objects ?? []).some((o: Node) => at.catalog.table(ownerName(o))?.triggers.has(name.name))
}

type Made = (act: Act) => string | undefined
const view: Made = ({ kind, node }) =>
  kind === 'ViewStmt'
    ? node.view?.relname
    : kind === 'CreateTableAsStmt'
      ? node.into?.rel?.relname
      : kind === 'CreateStmt'
        ? node.relation?.relname
        : undefined
const routine: Made = ({ kind, node }) => (kind === 'CreateFunctionStmt' ? dottedName(node.funcname).name : undefined)
const kinds: Readonly<Record<string, Made>> = {
  OBJECT_VIEW: view,
  OBJECT_MATVIEW: view,
  OBJECT_FUNCTION: routine,
  OBJECT_PROCEDURE: routine,
  OBJECT_ROUTINE: routine,
  OBJECT_AGGREGATE: routine,
  OBJECT_TRIGGER: ({ kind, node }) => (kind === 'CreateTrigStmt' ? node.trigname : undefined),
}
