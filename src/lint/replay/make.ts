// What is made: tables, indexes, views, types, functions.

import { routineBody } from '../acts.ts'
import { columnsIn, dottedName, isTemporary, type Node, option, relationName, said, strings, typeOf, typeText } from '../ast.ts'
import { type Catalog, emptyTable, type Table } from '../catalog.ts'
import type { Scene } from '../scene.ts'
import { constraintOf, indexOf, writtenColumn } from './columns.ts'
import type { Effects } from './effects.ts'
import { columnsGiven, readBy, typesGiven } from './queries.ts'

export const makeEffects: Effects = {
  CreateStmt({ node }, catalog, scene) {
    const name = relationName(node.relation)
    if (node.if_not_exists && catalog.table(name)) return
    const parent = node.inhRelations?.[0]?.RangeVar && catalog.table(relationName(node.inhRelations[0].RangeVar))
    const key =
      node.partspec && (node.partspec.partParams ?? []).flatMap((p: Node) => p.PartitionElem?.name ?? columnsIn(p.PartitionElem?.expr))
    const table = emptyTable(name, {
      fresh: scene.judging || isTemporary(node.relation),
      unlogged: node.relation?.relpersistence === 'u',
      whole: !node.ofTypename && (!node.inhRelations || parent?.whole === true),
      ...(key ? { partitionKey: key } : {}),
    })
    for (const [column, kept] of parent?.columns ?? []) table.columns.set(column, kept)
    for (const element of node.tableElts ?? []) addElement(table, element, catalog, scene)
    for (const c of node.constraints ?? []) addElement(table, c, catalog, scene)
    if (parent && node.partbound) parent.partitions = (parent.partitions ?? 0) + 1
    if (parent && node.partbound?.is_default) parent.hasDefaultPartition = true
    catalog.put(table)
  },
  CreateForeignTableStmt: (act, catalog, scene) =>
    makeEffects['CreateStmt']!({ ...act, node: act.node.base ?? act.node.base_stmt ?? {} }, catalog, scene),
  CreateTableAsStmt({ node }, catalog, scene) {
    const into = node.into?.rel
    const kind = node.objtype === 'OBJECT_MATVIEW' ? 'matview' : 'table'
    const fresh = scene.judging || isTemporary(into)
    if (into) catalog.put(emptyTable(relationName(into), { kind, fresh, whole: false, reads: readBy(node.query, catalog) }))
  },
  SelectStmt({ node }, catalog, scene) {
    const into = node.intoClause?.rel
    if (into) catalog.put(emptyTable(relationName(into), { fresh: scene.judging || isTemporary(into), whole: false }))
  },
  ViewStmt({ node }, catalog, scene) {
    const name = relationName(node.view)
    const fresh = (scene.judging && catalog.table(name)?.fresh !== false) || isTemporary(node.view)
    catalog.put(
      emptyTable(name, {
        kind: 'view',
        fresh,
        whole: false,
        reads: readBy(node.query, catalog),
        gives: columnsGiven(node.query, catalog, node.aliases),
        givesTypes: typesGiven(node.query, catalog),
      }),
    )
  },
  CreateSeqStmt({ node }, catalog, scene) {
    catalog.put(emptyTable(relationName(node.sequence), { kind: 'sequence', fresh: scene.judging }))
  },
  IndexStmt({ node }, catalog) {
    const table = catalog.table(relationName(node.relation))
    if (!table) return
    const columns = (node.indexParams ?? []).flatMap((p: Node) => p.IndexElem?.name ?? columnsIn(p.IndexElem?.expr))
    const name = node.idxname ?? [table.name.name, ...columns, 'idx'].join('_')
    if (node.if_not_exists && catalog.indexOwner(name)) return
    const partial = Boolean(node.whereClause)
    const plain = !partial && (node.indexParams ?? []).every((p: Node) => p.IndexElem?.name)
    table.indexes.push({ name, columns: [...columns, ...columnsIn(node.whereClause)], unique: node.unique === true, partial, plain })
  },
  CreateEnumStmt({ node }, catalog, scene) {
    const made = scene.transaction
    const name = dottedName(node.typeName).name
    catalog.types.set(name, { kind: 'enum', constrained: false, labels: strings(node.vals), fresh: scene.judging, made })
  },
  CreateDomainStmt({ node }, catalog, scene) {
    const held: string[] = (node.constraints ?? []).map((c: Node) => c.Constraint?.contype)
    const base = typeOf(node.typeName)
    const constrained =
      held.some((c) => c === 'CONSTR_CHECK' || c === 'CONSTR_NOTNULL') || catalog.types.get(base.name)?.constrained === true
    const given = (node.constraints ?? []).find((c: Node) => c.Constraint?.contype === 'CONSTR_DEFAULT')?.Constraint?.raw_expr
    const value = given ?? catalog.types.get(base.name)?.default
    catalog.types.set(dottedName(node.domainname).name, {
      kind: 'domain',
      constrained,
      notNull: held.includes('CONSTR_NOTNULL') || catalog.types.get(base.name)?.notNull,
      base,
      default: value,
      labels: [],
      fresh: scene.judging,
    })
  },
  CompositeTypeStmt({ node }, catalog, scene) {
    catalog.types.set(node.typevar?.relname ?? '', { kind: 'composite', constrained: false, labels: [], fresh: scene.judging })
  },
  CreateSchemaStmt({ node }, catalog, scene) {
    if (scene.judging && node.schemaname) catalog.schemas.add(node.schemaname)
  },
  CreateFunctionStmt({ node, text }, catalog, scene) {
    const { name } = dottedName(node.funcname)
    const volatility = option(node.options, 'volatility')?.arg?.String?.sval ?? 'volatile'
    const fresh = scene.judging && catalog.routines.get(name)?.fresh !== false
    catalog.routines.set(name, { name, volatility, fresh, ...signature(node), ...routineBody(node, text) })
  },
  CreateTrigStmt({ node }, catalog) {
    catalog.table(relationName(node.relation))?.triggers.add(node.trigname ?? '')
  },
  CreatePublicationStmt({ node }, catalog, scene) {
    catalog.publications.set(node.pubname ?? '', { tables: published(node), fresh: scene.judging })
  },
  CreateExtensionStmt({ node }, catalog) {
    catalog.extensions.add(node.extname ?? '')
  },
  CreatePolicyStmt({ node }, catalog) {
    const table = catalog.table(relationName(node.table))
    if (table) table.policies++
  },
}

/** Tables that a publication names. */
export const published = (node: Node): string[] =>
  (node.pubobjects ?? []).flatMap((o: Node) => {
    const relation = o.PublicationObjSpec?.pubtable?.relation
    return relation ? [said(relationName(relation))] : []
  })

/** What a function takes and gives, in types: two of the same name may take others. */
export function signature(node: Node): { takes: string; gives: string } {
  const parameters: Node[] = (node.parameters ?? []).map((p: Node) => p.FunctionParameter ?? {})
  const of = (modes: readonly string[]) => parameters.filter((p) => modes.includes(p.mode)).map((p) => typeText(typeOf(p.argType)))
  const back = node.returnType ? `${node.returnType.setof ? 'setof ' : ''}${typeText(typeOf(node.returnType))}` : ''
  return {
    takes: of(['FUNC_PARAM_DEFAULT', 'FUNC_PARAM_IN', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_VARIADIC']).join(),
    gives: [back, ...of(['FUNC_PARAM_TABLE', 'FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT'])].join(),
  }
}

function addElement(table: Table, element: Node, catalog: Catalog, scene: Scene): void {
  const like = element.TableLikeClause && catalog.table(relationName(element.TableLikeClause.relation))
  for (const [name, column] of like?.columns ?? []) table.columns.set(name, column)
  if (element.ColumnDef) {
    const written = writtenColumn(element.ColumnDef, table.name.name, scene.judging ? scene.transaction : undefined)
    table.columns.set(written.column.name, written.column)
    table.constraints.push(...written.constraints)
    table.indexes.push(...written.indexes)
  }
  const constraint = constraintOf(element.Constraint, table.name.name, [], undefined)
  if (!constraint) return
  table.constraints.push(constraint)
  table.indexes.push(...indexOf(constraint))
  if (constraint.kind === 'primary' || constraint.kind === 'notNull')
    for (const name of constraint.columns) {
      const column = table.columns.get(name)
      if (column) table.columns.set(name, { ...column, notNull: true })
    }
}
