import { type Node, relationName, said, strings } from '../ast.ts'
import type { At } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const foreignKeyWithoutIndex: Rule = {
  id: 'foreign-key-without-index',
  name: 'A foreign key whose columns begin no index',
  when: 'A foreign key, and no index, made before it or in the same migration, that begins with its columns.',
  harm: 'Nothing now. Each DELETE, and each change of a key, in the table that it refers to reads the whole table that holds it.',
  instead: 'An index over the columns, CONCURRENTLY where the table is there already.',
  bad: {
    schema: 'CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
  },
  good: {
    schema: 'CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE INDEX ON orders (user_id);',
  },
  on: ['CreateStmt', 'AT_AddColumn', 'AT_AddConstraint'],
  always: true,
  check(act, at) {
    const begun = beginnings(act, at)
    const bare = foreignKeys(act).filter((columns) => !begun.some((b) => columns.every((c) => b.slice(0, columns.length).includes(c))))
    return bare.length
      ? { categories: ['style'], message: `no index begins with ${bare.map((columns) => columns.join(', ')).join(', nor with ')}` }
      : undefined
  },
}

const tableOf = ({ whole, node }: Act): string => said(relationName(whole.relation ?? node.relation))

/** Columns of each index that the table has, or gets further down, in order. */
function beginnings(act: Act, at: At): (readonly string[])[] {
  const there = at.catalog.table(relationName(act.whole.relation ?? act.node.relation))?.indexes ?? []
  return [...there.map((i) => i.columns), ...[act, ...at.later].filter((a) => tableOf(a) === tableOf(act)).flatMap(indexesIn)]
}

const definitions = ({ kind, node }: Act): Node[] =>
  kind === 'CreateStmt' ? (node.tableElts ?? []).flatMap((e: Node) => e.ColumnDef ?? []) : [node.def?.ColumnDef ?? {}]

const constraints = ({ kind, node }: Act): Node[] =>
  kind === 'CreateStmt' ? (node.tableElts ?? []).map((e: Node) => e.Constraint ?? {}) : [node.def?.Constraint ?? {}]

const foreignKeys = (act: Act): string[][] => [
  ...constraints(act).flatMap((c) => (c.contype === 'CONSTR_FOREIGN' ? [strings(c.fk_attrs)] : [])),
  ...definitions(act).flatMap((d) => (beside(d, 'CONSTR_FOREIGN') ? [[d.colname ?? '']] : [])),
]

const keys = ['CONSTR_PRIMARY', 'CONSTR_UNIQUE']

function indexesIn(act: Act): string[][] {
  if (act.kind === 'IndexStmt') return [(act.node.indexParams ?? []).map((p: Node) => p.IndexElem?.name ?? '')]
  return [
    ...constraints(act).flatMap((c) => (keys.includes(c.contype) && c.keys ? [strings(c.keys)] : [])),
    ...definitions(act).flatMap((d) => (keys.some((k) => beside(d, k)) ? [[d.colname ?? '']] : [])),
  ]
}
