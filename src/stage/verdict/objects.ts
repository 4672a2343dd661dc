// What an act makes, changes, drops, reads and writes, by name.
import { routineBody } from '../../lint/acts.ts'
import { columnsIn, dottedName, type Node, nodesIn, nodesOf, objectName, ownerName, relationName, strings, typeOf } from '../../lint/ast.ts'
import type { At } from '../../lint/at.ts'
import type { Column } from '../../lint/catalog.ts'
import type { Act } from '../../lint/scene.ts'
import { anything } from '../readers/holes.ts'

/** `adds`: rows beside those that are there; `writes`: those that are; `holds`: rows must fit by then; `needs`: rows are there, `frees`: rows point elsewhere; `fires`: rows are written otherwise from then on; `lets`: it is held no more. */
export type Use = 'makes' | 'changes' | 'drops' | 'reads' | 'writes' | 'adds' | 'holds' | 'needs' | 'frees' | 'fires' | 'lets'

/** `table:orders`, `column:orders.total`, `type:state`, `function:f`, `index:i`, `rows:orders` */
export interface Touched {
  readonly use: Use
  readonly object: string
}

const makes = (object: string): Touched => ({ use: 'makes', object })
const changes = (object: string): Touched => ({ use: 'changes', object })
const drops = (object: string): Touched => ({ use: 'drops', object })
const reads = (object: string): Touched => ({ use: 'reads', object })
const holds = (table: string): Touched => ({ use: 'holds', object: `rows:${table}` })

const target = ({ whole, node }: Act): string => relationName(whole.relation ?? node.relation).name

const column = (act: Act, use: (object: string) => Touched): Touched[] => [
  use(`column:${target(act)}.${act.node.name ?? act.node.def?.ColumnDef?.colname}`),
]

const made: Readonly<Record<string, (act: Act) => readonly Touched[]>> = {
  CreateStmt: (act) => [makes(`table:${target(act)}`)],
  CreateTableAsStmt: ({ node }) => [makes(`table:${relationName(node.into?.rel).name}`)],
  ViewStmt: ({ node }) => [makes(`table:${relationName(node.view).name}`)],
  CreateSeqStmt: ({ node }) => [makes(`table:${relationName(node.sequence).name}`)],
  IndexStmt: (act) => [
    makes(`index:${act.node.idxname}`),
    changes(`table:${target(act)}`),
    ...(act.node.unique ? [makes(`constraint:${target(act)}.${act.node.idxname}`)] : []),
  ],
  CreateEnumStmt: ({ node }) => [makes(`type:${dottedName(node.typeName).name}`)],
  CreateDomainStmt: ({ node }) => [makes(`type:${dottedName(node.domainname).name}`)],
  CompositeTypeStmt: ({ node }) => [makes(`type:${node.typevar?.relname}`)],
  AlterEnumStmt: ({ node }) => [changes(`type:${dottedName(node.typeName).name}`)],
  CreateFunctionStmt: ({ node }) => [makes(`function:${strings(node.funcname).at(-1)}`)],
  CreateTrigStmt: (act) => [
    makes(`trigger:${act.node.trigname}`),
    changes(`table:${target(act)}`),
    reads(`function:${strings(act.node.funcname).at(-1)}`),
  ],
  AT_AddColumn: (act) => column(act, makes),
  AT_DropColumn: (act) => column(act, drops),
  // whoever takes all columns takes this one, too
  AT_AlterColumnType: (act) => [...column(act, changes), changes(`columns:${target(act)}`)],
  AT_ColumnDefault: (act) => [
    ...column(act, changes),
    changes(`default:${target(act)}.${act.node.name}`),
    changes(`default:${target(act)}`),
  ],
  AT_SetNotNull: (act) => column(act, changes),
  AT_DropNotNull: (act) => column(act, changes),
  AT_AddConstraint: (act) => [
    ...(act.node.def?.Constraint?.conname ? [makes(`constraint:${target(act)}.${act.node.def.Constraint.conname}`)] : []),
    changes(`table:${target(act)}`),
    ...strings(act.node.def?.Constraint?.keys ?? act.node.def?.Constraint?.fk_attrs).map((name) =>
      changes(`column:${target(act)}.${name}`),
    ),
  ],
  AT_DropConstraint: (act) => [drops(`constraint:${target(act)}.${act.node.name}`), changes(`table:${target(act)}`)],
  RenameStmt: renamed,
  DropStmt: ({ node }) => (node.objects ?? []).map((o: Node) => drops(droppedObject(node.removeType, o))),
  RefreshMatViewStmt: (act) => [changes(`table:${target(act)}`)],
}

const kinds: Readonly<Record<string, string>> = {
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
  OBJECT_INDEX: 'index',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
}

function droppedObject(kind: string, object: Node): string {
  if (kind === 'OBJECT_TRIGGER') return `trigger:${strings(object.List?.items).at(-1)} on ${ownerName(object).name}`
  return `${kinds[kind] ?? 'table'}:${objectName(object).name}`
}

function renamed({ node }: Act): Touched[] {
  const table = relationName(node.relation).name
  if (node.renameType === 'OBJECT_COLUMN')
    return [reads(`table:${table}`), drops(`column:${table}.${node.subname}`), makes(`column:${table}.${node.newname}`)]
  if (node.renameType === 'OBJECT_TABLE' || node.renameType === 'OBJECT_VIEW' || node.renameType === 'OBJECT_MATVIEW')
    return [drops(`table:${table}`), makes(`table:${node.newname}`)]
  if (node.renameType === 'OBJECT_TYPE') return [drops(`type:${objectName(node.object ?? {}).name}`), makes(`type:${node.newname}`)]
  return table ? [changes(`table:${table}`)] : []
}

const rowKinds = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt']

/** Columns that rows have to fit from then on, or that they lose. */
const heldBy: Readonly<Record<string, (node: Node) => readonly string[]>> = {
  AT_SetNotNull: ({ name }) => [name],
  AT_AlterColumnType: ({ name }) => [name],
  AT_ColumnDefault: ({ name }) => [name],
  AT_DropColumn: ({ name }) => [name],
  AT_AddConstraint: ({ def }) => {
    const { keys, fk_attrs, raw_expr } = def?.Constraint ?? {}
    return keys || fk_attrs ? strings(keys ?? fk_attrs) : columnsIn(raw_expr)
  },
  IndexStmt: ({ unique, indexParams, whereClause }) =>
    unique ? [...(indexParams ?? []).map((p: Node) => p.IndexElem?.name), ...columnsIn([indexParams, whereClause])].filter(Boolean) : [],
  RenameStmt: ({ renameType, subname }) => (renameType === 'OBJECT_COLUMN' ? [subname] : []),
}

/** Not where the migration has made the table or all of the columns itself, and put nothing into them: what others wrote is not in them. */
function held(act: Act, at: At): Touched[] {
  const columns = heldBy[act.kind]?.(act.node) ?? []
  const table = target(act)
  if (columns.length === 0) return []
  const own = at.earlier.filter((a) => target(a) === table)
  const wasFilled = own.some((a) => rowKinds.includes(a.kind))
  if (!wasFilled && at.isFresh(at.target)) return []
  const added = own.map((a) => (a.kind === 'AT_AddColumn' ? a.node.def?.ColumnDef?.colname : undefined))
  const empty = !wasFilled && columns.every((c) => added.includes(c))
  const other = act.node.def?.Constraint?.pktable
  return empty ? [] : [holds(table), ...(other ? [holds(relationName(other).name)] : [])]
}

/** Tables whose rows are written otherwise from then on: with another trigger, or with nothing pointing at them any more. */
function fired(act: Act, at: At): string[] {
  const { kind, node } = act
  if (kind === 'CreateTrigStmt') return [target(act)]
  if (kind === 'AT_DropColumn' || kind === 'AT_DropConstraint')
    return (at.catalog.table({ name: target(act) })?.constraints ?? [])
      .filter((c) => c.name === node.name || c.columns.includes(node.name))
      .flatMap((c) => lastName(c.references) ?? [])
  if (kind !== 'DropStmt') return []
  if (node.removeType === 'OBJECT_TRIGGER') return (node.objects ?? []).map((o: Node) => ownerName(o).name)
  return (node.objects ?? []).flatMap((o: Node) => [
    ...(at.catalog.table(objectName(o))?.constraints ?? []).flatMap((c) => lastName(c.references) ?? []),
    ...(node.behavior === 'DROP_CASCADE' ? pointingAt(objectName(o).name, at) : []),
  ])
}

const pointingAt = (table: string, at: At): string[] =>
  [...at.catalog.tables.values()]
    .filter((t) => t.name.name !== table && t.constraints.some((c) => lastName(c.references) === table))
    .map((t) => t.name.name)

/** Columns that a view holds as they are until it is dropped. */
const letGo = ({ kind, node }: Act, at: At): Touched[] =>
  kind === 'DropStmt'
    ? (node.objects ?? []).flatMap((o: Node) =>
        [...(at.catalog.table(objectName(o))?.reads ?? [])].map((c): Touched => ({ use: 'lets', object: `column:${c}` })),
      )
    : []

/** Whether it gets its numbers from a sequence. */
export const isCounted = ({ identity, default: from }: Column): boolean =>
  identity === true || /"(big|small)?serial[248]?"|"nextval"/.test(JSON.stringify(from ?? null))

/** A key that comes from a sequence is another where others come before it. */
function counted({ kind, node }: Act, table: string, at: At): Touched[] {
  if (kind !== 'InsertStmt' || !node.cols) return []
  const given = new Set<string>(node.cols.map((c: Node) => c.ResTarget?.name))
  const columns = [...(at.catalog.table({ name: table })?.columns ?? [])]
  return columns.some(([name, c]) => isCounted(c) && !given.has(name)) ? [changes(`sequence:${table}`)] : []
}

/** Columns that are left out get what is their default by then. */
function leftOut({ kind, node }: Act, table: string, at: At): Touched[] {
  if (kind !== 'InsertStmt' || !node.cols) return []
  const known = at.catalog.table({ name: table })
  if (!known?.whole) return [reads(`default:${table}`)]
  const given = new Set<string>(node.cols.map((c: Node) => c.ResTarget?.name))
  return [...known.columns.keys()].filter((name) => !given.has(name)).map((name) => reads(`default:${table}.${name}`))
}

/** Views that go with what they are over. */
function droppedBeside({ kind, node }: Act, at: At): Touched[] {
  if (kind !== 'DropStmt' || node.behavior !== 'DROP_CASCADE') return []
  const found = new Set<string>((node.objects ?? []).map((o: Node) => objectName(o).name))
  for (const name of found) for (const view of at.catalog.viewsOver(name)) found.add(view)
  return [...found].map((name) => drops(`table:${name}`))
}

/** Rows that new ones point at, and rows that must point nowhere else before those are deleted that they point at. */
function heldTogether({ kind, node }: Act, table: string, at: At): Touched[] {
  if (kind === 'DeleteStmt') return pointingAt(table, at).map((name) => ({ use: 'frees', object: `rows:${name}` }))
  const given = (node.cols ?? (kind === 'UpdateStmt' ? node.targetList : undefined))?.map((c: Node) => c.ResTarget?.name)
  return (at.catalog.table({ name: table })?.constraints ?? []).flatMap((c) => {
    const other = lastName(c.references)
    const points = other !== undefined && other !== table && (!given || c.columns.some((name) => given.includes(name)))
    return points ? [{ use: 'needs', object: `rows:${other}` } as const] : []
  })
}

const lastName = (dotted: string | undefined): string | undefined => dotted?.split('.').at(-1)

/** Tables that the text of a function names, as far as they are there. */
const namedIn = (body: string, at: At): string[] => {
  const words = new Set(body.toLowerCase().match(/\w+/g))
  return [...at.catalog.tables.values()].map((t) => t.name.name).filter((name) => words.has(name.toLowerCase()))
}

/** SQL in a function is checked when it is made. */
function ofBody({ kind, node, text }: Act, at: At): Touched[] {
  if (kind !== 'CreateFunctionStmt') return []
  const { language, body } = routineBody(node, text)
  return language === 'sql' ? namedIn(body, at).map((name) => reads(`table:${name}`)) : []
}

const ofCalled = (names: readonly string[], at: At): Touched[] =>
  names.flatMap((name) => namedIn(at.catalog.routines.get(name)?.body ?? '', at).map((table) => reads(`rows:${table}`)))

const toldApart = [
  'RangeVar',
  'CommonTableExpr',
  'Constraint',
  'ColumnRef',
  'IndexElem',
  'TypeName',
  'ColumnDef',
  'TypeCast',
  'FuncCall',
] as const

/** Nodes of those kinds, found in one walk. */
function nodesByKind(within: Node): Record<(typeof toldApart)[number], Node[]> {
  const found = Object.fromEntries(toldApart.map((kind): [string, Node[]] => [kind, []])) as Record<(typeof toldApart)[number], Node[]>
  for (const node of nodesIn(within)) for (const kind of toldApart) if (typeof node[kind] === 'object') found[kind].push(node[kind])
  return found
}

/** Everything that it names; `act.node` for the commands of ALTER TABLE, whose table is named beside them. */
export function touchedBy(act: Act, at: At): Touched[] {
  const own = made[act.kind]?.(act) ?? []
  const table = target(act)
  const isRows = rowKinds.includes(act.kind)
  // a view reads its rows when it is asked, and a materialized one when it is refreshed
  const now = isRows || act.kind === 'SelectStmt' || (act.kind === 'CreateTableAsStmt' && act.node.objtype !== 'OBJECT_MATVIEW')
  const nodes = nodesByKind(act.node)
  const called = nodes.FuncCall.map((f) => strings(f.funcname).at(-1) ?? '')
  const ctes = nodes.CommonTableExpr.map((c) => c.ctename)
  const others = nodes.RangeVar.map((r) => relationName(r).name).filter((name) => !ctes.includes(name))
  const read = others.flatMap((name) =>
    own.some((o) => o.object === `table:${name}`) ? [] : [reads(`table:${name}`), ...(now ? [reads(`rows:${name}`)] : [])],
  )
  const keys = nodes.Constraint.flatMap((c) => (c.pktable ? [reads(`table:${relationName(c.pktable).name}`)] : []))
  const columns = [
    ...nodes.ColumnRef.map((c) => strings(c.fields).at(-1)),
    ...nodes.IndexElem.map((e) => e.name),
    ...(act.node.cols ?? []).map((c: Node) => c.ResTarget?.name),
    ...(act.node.targetList ?? []).map((c: Node) => c.ResTarget?.name),
  ].filter(Boolean)
  const within = new Set([...(table ? [table] : []), ...others])
  const tied = [
    ...held(act, at),
    ...fired(act, at).map((name): Touched => ({ use: 'fires', object: `rows:${name}` })),
    ...letGo(act, at),
    ...(isRows && table ? heldTogether(act, table, at) : []),
  ]
  return [
    ...own,
    ...tied,
    // under another name it would not be found
    ...tied.map(({ object }) => reads(`table:${object.slice(object.indexOf(':') + 1).split('.')[0]}`)),
    ...droppedBeside(act, at),
    ...counted(act, table, at),
    ...leftOut(act, table, at),
    ...wholeRows(act, table, ctes).map((name) => reads(`columns:${name}`)),
    ...read,
    ...keys,
    ...ofBody(act, at),
    ...(now ? ofCalled(called, at) : []),
    ...(isRows && table
      ? [{ use: act.kind === 'InsertStmt' ? 'adds' : 'writes', object: `rows:${table}` } as const, reads(`table:${table}`)]
      : []),
    ...(act.kind.startsWith('AT_') && table ? [reads(`table:${table}`)] : []),
    ...[...within].flatMap((t) => columns.filter((name) => mayHave(t, name, at)).map((name) => reads(`column:${t}.${name}`))),
    ...typesIn([...nodes.TypeName, ...[...nodes.ColumnDef, ...nodes.TypeCast].flatMap((n) => n.typeName ?? [])]).map((name) =>
      reads(`type:${name}`),
    ),
    ...called.map((name) => reads(`function:${name}`)),
  ].filter(({ object }) => !object.includes(anything) && !/:(undefined)?$/.test(object))
}

/** Tables of which it takes all columns there are, in their order. */
function wholeRows({ kind, node }: Act, table: string, ctes: readonly string[]): string[] {
  const selects = [...nodesOf('SelectStmt', node), ...(kind === 'SelectStmt' ? [node] : [])]
  const starred = selects.flatMap((s) =>
    (s.targetList ?? []).flatMap((t: Node) => {
      const fields: Node[] = t.ResTarget?.val?.ColumnRef?.fields ?? []
      if (!fields.at(-1)?.A_Star) return []
      const from = [...nodesIn(s.fromClause ?? [])].flatMap((n) => (n.RangeVar ? [n.RangeVar] : []))
      const meant =
        fields.length > 1 ? from.filter((r) => [r.alias?.aliasname, r.relname].includes(strings(fields.slice(0, -1)).at(-1))) : from
      return meant.map((r) => relationName(r).name)
    }),
  )
  return [...starred.filter((name) => !ctes.includes(name)), ...(kind === 'InsertStmt' && !node.cols && table ? [table] : [])]
}

/** A column that is named beside several tables is of those that have it. */
function mayHave(table: string, column: string, at: At): boolean {
  const known = at.catalog.table({ name: table })
  return known?.kind !== 'table' || !known.whole || known.columns.size === 0 || known.columns.has(column)
}

const typesIn = (nodes: readonly Node[]): string[] =>
  nodes.filter((t) => !strings(t.names).includes('pg_catalog')).map((t) => typeOf(t).name)
