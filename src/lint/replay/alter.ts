// What ALTER changes.
import { dottedName, type Node, option, relationName, strings, typeOf } from '../ast.ts'
import { type Catalog, type Column, emptyTable, keyOf, type Table } from '../catalog.ts'
import type { Act, Scene } from '../scene.ts'
import { constraintOf, indexOf, writtenColumn } from './columns.ts'
import type { Effect, Effects } from './effects.ts'
import { published } from './make.ts'

/** A table that is altered is there, whether its making was seen or not. */
export function tableOf(act: Act, catalog: Catalog): Table {
  const name = relationName(act.whole.relation)
  const known = catalog.table(name)
  if (known) return known
  const table = emptyTable(name, { whole: false })
  catalog.put(table)
  return table
}

const column =
  (change: (c: Column, node: Node) => Partial<Column>): Effect =>
  (act, catalog) => {
    const table = tableOf(act, catalog)
    const found = table.columns.get(act.node.name ?? '')
    if (found) table.columns.set(found.name, { ...found, ...change(found, act.node) })
  }

export function publishedAfter(tables: readonly string[], node: Node): readonly string[] {
  const named = published(node)
  if (node.action === 'AP_SetObjects') return named
  return node.action === 'AP_DropObjects' ? tables.filter((t) => !named.includes(t)) : [...tables, ...named]
}

const madeIn = (scene: Scene): number | undefined => (scene.judging ? scene.transaction : undefined)

function addConstraint(act: Act, catalog: Catalog, scene: Scene): void {
  const table = tableOf(act, catalog)
  const node = act.node.def?.Constraint
  const found = constraintOf(node, table.name.name, [], madeIn(scene))
  if (!found) return
  const index = node.indexname && table.indexes.find((i) => i.name === node.indexname)
  const kept = index ? { ...found, columns: index.columns } : found
  table.constraints.push(kept)
  if (!index) table.indexes.push(...indexOf(kept))
  if (kept.kind !== 'primary' && !(kept.kind === 'notNull' && kept.validated)) return
  for (const name of kept.columns) {
    const c = table.columns.get(name)
    if (c) table.columns.set(name, { ...c, notNull: true })
  }
}

export const alterEffects: Effects = {
  AT_AddColumn(act, catalog, scene) {
    const table = tableOf(act, catalog)
    const definition = act.node.def?.ColumnDef
    if (!definition || table.columns.has(definition.colname)) return
    const written = writtenColumn(definition, table.name.name, madeIn(scene))
    table.columns.set(written.column.name, written.column)
    table.constraints.push(...written.constraints)
    table.indexes.push(...written.indexes)
  },
  AT_DropColumn(act, catalog) {
    const table = tableOf(act, catalog)
    table.columns.delete(act.node.name)
    table.constraints = table.constraints.filter((c) => !c.columns.includes(act.node.name))
    table.indexes = table.indexes.filter((i) => !i.columns.includes(act.node.name))
  },
  AT_AlterColumnType: column((_, node) => ({ type: typeOf(node.def?.ColumnDef?.typeName) })),
  AT_ColumnDefault: column((_, node) => ({ default: node.def })),
  AT_SetNotNull: column(() => ({ notNull: true })),
  AT_DropNotNull: column(() => ({ notNull: false })),
  AT_AddIdentity: column(() => ({ identity: true })),
  AT_SetLogged: (act, catalog) => void (tableOf(act, catalog).unlogged = false),
  AT_SetUnLogged: (act, catalog) => void (tableOf(act, catalog).unlogged = true),
  AT_EnableRowSecurity: (act, catalog) => void (tableOf(act, catalog).rowSecurity = true),
  AT_DisableRowSecurity: (act, catalog) => void (tableOf(act, catalog).rowSecurity = false),
  AT_DropIdentity: column(() => ({ identity: false })),
  AT_DropExpression: column(() => ({ generated: false })),
  AT_AddConstraint: addConstraint,
  AT_ValidateConstraint(act, catalog) {
    const table = tableOf(act, catalog)
    const seen = table.constraints.some((c) => c.name === act.node.name)
    table.constraints = table.constraints.map((c) => (c.name === act.node.name ? { ...c, validated: true } : c))
    if (!seen && !table.whole)
      table.constraints.push({ name: act.node.name ?? '', kind: 'check', columns: [], validated: true, unseen: true })
  },
  AT_DropConstraint(act, catalog) {
    const table = tableOf(act, catalog)
    table.constraints = table.constraints.filter((c) => c.name !== act.node.name)
    table.indexes = table.indexes.filter((i) => i.name !== act.node.name)
  },
  AT_AttachPartition(act, catalog) {
    const parent = tableOf(act, catalog)
    parent.partitions = (parent.partitions ?? 0) + 1
    if (act.node.def?.PartitionCmd?.bound?.is_default) parent.hasDefaultPartition = true
  },
  AlterEnumStmt({ node }, catalog, scene) {
    const name = dottedName(node.typeName).name
    const type = catalog.types.get(name)
    if (node.oldVal || type?.labels.includes(node.newVal)) return
    if (type) catalog.types.set(name, { ...type, labels: [...type.labels, node.newVal] })
    if (scene.judging && scene.inTransaction && !type?.fresh) scene.newLabels.add(node.newVal)
  },
  AlterDomainStmt({ node }, catalog) {
    const name = dottedName(node.typeName).name
    const type = catalog.types.get(name)
    if (type && (node.subtype === 'C' || node.subtype === 'O'))
      catalog.types.set(name, { ...type, constrained: true, notNull: type.notNull || node.subtype === 'O' })
  },
  AlterFunctionStmt({ node }, catalog) {
    const { name } = dottedName(node.func?.objname)
    const routine = catalog.routines.get(name)
    const volatility = option(node.actions, 'volatility')?.arg?.String?.sval
    if (routine && volatility) catalog.routines.set(name, { ...routine, volatility })
  },
  AlterPublicationStmt({ node }, catalog) {
    const known = catalog.publications.get(node.pubname)
    if (known) known.tables = publishedAfter(known.tables, node)
  },
  RenameStmt(act, catalog) {
    renames[act.node.renameType]?.(act.node, catalog)
  },
  AlterObjectSchemaStmt({ node }, catalog) {
    const table = node.relation && catalog.table(relationName(node.relation))
    if (table) moved(table, { schema: node.newschema, name: table.name.name }, catalog)
  },
}

function moved(table: Table, name: Table['name'], catalog: Catalog): void {
  catalog.tables.delete(keyOf(table.name))
  catalog.put({ ...table, name })
}

const relation = (node: Node, catalog: Catalog): void => {
  const table = catalog.table(relationName(node.relation))
  if (table) moved(table, { ...table.name, name: node.newname }, catalog)
}

const type = (node: Node, catalog: Catalog): void => {
  const name = strings(node.object?.List?.items).at(-1) ?? ''
  const known = catalog.types.get(name)
  catalog.types.delete(name)
  if (known) catalog.types.set(node.newname, known)
}

const renames: Readonly<Record<string, (node: Node, catalog: Catalog) => void>> = {
  OBJECT_TABLE: relation,
  OBJECT_VIEW: relation,
  OBJECT_MATVIEW: relation,
  OBJECT_SEQUENCE: relation,
  OBJECT_TYPE: type,
  OBJECT_DOMAIN: type,
  OBJECT_COLUMN(node, catalog) {
    const table = catalog.table(relationName(node.relation))
    const found = table?.columns.get(node.subname)
    if (!table || !found) return
    table.columns.delete(node.subname)
    table.columns.set(node.newname, { ...found, name: node.newname })
    const renamed = (names: readonly string[]) => names.map((n) => (n === node.subname ? node.newname : n))
    table.constraints = table.constraints.map((c) => ({ ...c, columns: renamed(c.columns) }))
    table.indexes = table.indexes.map((i) => ({ ...i, columns: renamed(i.columns) }))
  },
  OBJECT_TABCONSTRAINT(node, catalog) {
    const table = catalog.table(relationName(node.relation))
    if (table) table.constraints = table.constraints.map((c) => (c.name === node.subname ? { ...c, name: node.newname } : c))
  },
  OBJECT_INDEX(node, catalog) {
    const table = catalog.indexOwner(node.relation?.relname)
    if (table) table.indexes = table.indexes.map((i) => (i.name === node.relation.relname ? { ...i, name: node.newname } : i))
  },
}
