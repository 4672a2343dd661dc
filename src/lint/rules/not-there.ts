import { columnsIn, dottedName, type Node, nodesOf, relationName, relationsIn, said, strings } from '../ast.ts'
import { type At, constraintNode } from '../at.ts'
import { areForeign } from '../casts.ts'
import { anyName, type Column, type Table } from '../catalog.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const notThere: Rule = {
  id: 'not-there',
  name: 'What is not there, or is there already',
  when: 'A table, column or constraint that the schema, where all of it is known, does not have; one that is made twice.',
  harm: 'The server refuses.',
  instead: 'IF EXISTS or IF NOT EXISTS, or the right name.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders DROP COLUMN nothing;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders DROP COLUMN IF EXISTS nothing;',
  },
  on: [
    'CreateStmt',
    'IndexStmt',
    'ViewStmt',
    'CreateEnumStmt',
    'CreateDomainStmt',
    'AlterEnumStmt',
    'InsertStmt',
    'UpdateStmt',
    'DeleteStmt',
    'SelectStmt',
    'CreateTableAsStmt',
    'DropStmt',
    'RenameStmt',
    'AT_AddColumn',
    'AT_DropColumn',
    'AT_AlterColumnType',
    'AT_SetNotNull',
    'AT_ColumnDefault',
    'AT_AddConstraint',
    'AT_AttachPartition',
  ],
  always: true,
  check(act, at) {
    // a block may have asked before, or catches what is thrown
    if (act.within || (act.whole.objtype && act.whole.objtype !== 'OBJECT_TABLE')) return undefined
    const message = asked[act.kind]?.(act, at)
    return message ? { categories: ['fails'], message } : undefined
  },
}

type Asked = (act: Act, at: At) => string | undefined

const missing = (name: string, at: At): string | undefined => {
  if (!at.table) return at.catalog.lacks(at.target) && !at.act.whole.missing_ok ? `there is no table ${at.name}` : undefined
  return at.table.whole && at.table.kind === 'table' && !at.table.columns.has(name) && !system.includes(name)
    ? `${at.name} has no column ${name}`
    : undefined
}
const system = ['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax', anyName]

const named: Asked = ({ node }, at) => (node.missing_ok ? undefined : missing(node.name, at))

const typeThere = (name: string, at: At): string | undefined => (at.catalog.types.has(name) ? `there is a type ${name} already` : undefined)

const written = (list: readonly Node[] | undefined, at: At): string | undefined => {
  const names: string[] = (list ?? []).map((t) => t.ResTarget?.name).filter(Boolean)
  return (names.length ? names : ['ctid']).map((n) => missing(n, at)).find(Boolean)
}

/** The table of a foreign key, and the columns of it that have to be unique and of the same kind. */
function leadsNowhere(key: Node | undefined, at: At): string | undefined {
  if (key?.contype !== 'CONSTR_FOREIGN') return undefined
  const name = relationName(key.pktable)
  const table = at.catalog.table(name)
  if (!table) return at.catalog.lacks(name) && said(name) !== at.name ? `there is no table ${said(name)}` : undefined
  const columns = strings(key.pk_attrs)
  const other = strings(key.fk_attrs).find((c, i) => isOtherKind(at.column(c), keyed(table, columns)[i], at))
  if (other) return `${other} is of another kind than what it refers to in ${said(name)}`
  if (!table.whole || columns.length === 0 || said(name) === at.name) return undefined
  const unique = table.indexes.some(
    (i) => i.unique && i.plain && i.columns.length === columns.length && columns.every((c) => i.columns.includes(c)),
  )
  return unique ? undefined : `${said(name)} (${columns.join(', ')}) is not unique`
}

/** What a foreign key leads to: columns that it names, or the primary key. */
const keyed = (table: Table, named: readonly string[]): readonly (Column | undefined)[] =>
  (named.length ? named : (table.constraints.find((c) => c.kind === 'primary')?.columns ?? [])).map((c) => table.columns.get(c))

const isOtherKind = (a: Column | undefined, b: Column | undefined, at: At): boolean =>
  a !== undefined && b !== undefined && areForeign(a.type, b.type, at.catalog)

/** ON CONFLICT (columns) wants a unique index over just these. */
function conflictsOverNothing(clause: Node | undefined, at: At): string | undefined {
  const elements: Node[] = (clause?.infer?.indexElems ?? []).map((e: Node) => e.IndexElem ?? {})
  const columns = elements.map((e) => e.name)
  if (columns.length === 0 || !columns.every(Boolean) || !at.catalog.closed || !at.table?.whole || at.table.kind !== 'table')
    return undefined
  const unique = at.table.indexes.some((i) => i.unique && columns.every((c) => i.columns.includes(c)))
  return unique ? undefined : `${at.name} (${columns.join(', ')}) is not unique, which ON CONFLICT wants`
}

/** Tables that a query reads, but for its own CTEs. */
function readsNothing(node: Node, at: At): string | undefined {
  const own = new Set([...nodesOf('CommonTableExpr', node)].map((c) => c.ctename))
  const lost = relationsIn(node).find((r) => !own.has(r.relname) && at.catalog.lacks(relationName(r)))
  return lost ? `there is no table ${said(relationName(lost))}` : undefined
}

const notParted = (table: Table | undefined): string | undefined =>
  table?.whole && table.kind === 'table' && !table.partitionKey ? `${said(table.name)} has no partitions` : undefined

const asked: Readonly<Record<string, Asked>> = {
  CreateStmt({ node }, at) {
    const names: string[] = (node.tableElts ?? []).map((e: Node) => e.ColumnDef?.colname).filter(Boolean)
    const twice = names.find((n, i) => names.indexOf(n) < i)
    if (twice) return `the column ${twice} stands twice`
    const keys: Node[] = [...(node.tableElts ?? []), ...(node.tableElts ?? []).flatMap((e: Node) => e.ColumnDef?.constraints ?? [])]
    const nowhere = keys.map((k) => leadsNowhere(k.Constraint, at)).find(Boolean)
    if (nowhere) return nowhere
    const parent = node.partbound && notParted(at.catalog.table(relationName(node.inhRelations?.[0]?.RangeVar)))
    if (parent) return parent
    return at.table?.whole && !node.if_not_exists ? `there is a table ${at.name} already` : undefined
  },
  IndexStmt({ node }, at) {
    const owner = node.idxname && at.catalog.indexOwner(node.idxname)
    const sameSchema = owner && (owner.name.schema ?? 'public') === (at.table?.name.schema ?? at.target.schema ?? 'public')
    if (sameSchema) return node.if_not_exists ? undefined : `there is an index ${node.idxname} already`
    const columns: string[] = (node.indexParams ?? []).map((p: Node) => p.IndexElem?.name).filter(Boolean)
    return columns.map((c) => missing(c, at)).find(Boolean)
  },
  ViewStmt({ node }, at) {
    const name = relationName(node.view)
    if (at.catalog.table(name) && !node.replace) return `there is a ${at.catalog.table(name)!.kind} ${name.name} already`
    return readsNothing(node.query, at)
  },
  CreateEnumStmt: ({ node }, at) => typeThere(dottedName(node.typeName).name, at),
  CreateDomainStmt: ({ node }, at) => typeThere(dottedName(node.domainname).name, at),
  AlterEnumStmt({ node }, at) {
    const labels = at.catalog.types.get(dottedName(node.typeName).name)?.labels ?? []
    if (node.oldVal) return labels.length && !labels.includes(node.oldVal) ? `there is no value '${node.oldVal}'` : undefined
    return labels.includes(node.newVal) && !node.skipIfNewValExists ? `there is a value '${node.newVal}' already` : undefined
  },
  DropStmt({ node }, at) {
    if (node.removeType !== 'OBJECT_TABLE' || node.missing_ok) return undefined
    const gone = (node.objects ?? [])
      .map((o: Node) => dottedName(o.List?.items))
      .find((n: ReturnType<typeof dottedName>) => at.catalog.lacks(n))
    return gone ? `there is no table ${gone.name}` : undefined
  },
  AT_AddColumn({ node }, at) {
    const name = node.def?.ColumnDef?.colname
    if (at.column(name)) return node.missing_ok ? undefined : `${at.name} has a column ${name} already`
    return at.table ? undefined : missing(name, at)
  },
  AT_AddConstraint(act, at) {
    const node = constraintNode(act)
    if (node.contype === 'CONSTR_PRIMARY' && at.table?.constraints.some((c) => c.kind === 'primary'))
      return `${at.name} has a primary key already`
    const twice = node.conname && at.table?.constraints.some((c) => c.name === node.conname)
    return twice
      ? `there is a constraint ${node.conname} already`
      : ([...strings(node.keys ?? node.fk_attrs), ...columnsIn(node.raw_expr)].map((c) => missing(c, at)).find(Boolean) ??
          leadsNowhere(node, at))
  },
  RenameStmt({ node }, at) {
    if (node.renameType !== 'OBJECT_COLUMN' || node.missing_ok) return undefined
    return at.column(node.newname) ? `${at.name} has a column ${node.newname} already` : missing(node.subname, at)
  },
  InsertStmt: ({ node }, at) => written(node.cols, at) ?? conflictsOverNothing(node.onConflictClause, at) ?? readsNothing(node, at),
  UpdateStmt: ({ node }, at) => written(node.targetList, at) ?? readsNothing(node, at),
  DeleteStmt: ({ node }, at) => written([], at) ?? readsNothing(node, at),
  SelectStmt: ({ node }, at) => readsNothing({ ...node, intoClause: undefined }, at),
  CreateTableAsStmt: ({ node }, at) => readsNothing(node.query, at),
  AT_AttachPartition: (_, at) => notParted(at.table),
  AT_DropColumn: named,
  AT_AlterColumnType: named,
  AT_SetNotNull: named,
  AT_ColumnDefault: named,
}
