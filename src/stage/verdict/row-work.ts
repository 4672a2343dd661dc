// How rows are written: as constants, mended in place, or filled from other rows.
import { columnsIn, isNullLiteral, kindOf, type Node, nodesOf, relationName } from '../../lint/ast.ts'
import type { At } from '../../lint/at.ts'
import { isSmall } from '../../lint/rules/row-changes.ts'
import type { Act } from '../../lint/scene.ts'
import { isRows } from './effects.ts'
import { looksUp } from './lookup.ts'
import { isCounted } from './objects.ts'

export type How = 'constants' | 'mended' | 'filled' | 'deleted' | 'code'

export interface RowWork {
  readonly how: How
  readonly table: string | undefined
  /** The table was made by the same migration. */
  readonly fresh?: boolean
  /** Ids that are written as numbers. */
  readonly ids?: boolean
  /** A key is given a number that its sequence does not know of. */
  readonly explicitKey?: string
  /** Which rows are meant hangs on a text that is written out: where it is another by then, none is. */
  readonly byText?: boolean
}

export function rowWorkOf(act: Act, at: At): RowWork | undefined {
  if (!isRows(act)) return undefined
  const { node } = act
  const table = relationName(node.relation ?? node.relations?.[0]?.RangeVar).name
  const key = explicitKey(act, table, at)
  return {
    how: howOf(act, at),
    table,
    ...(at.isFresh({ name: table }) ? { fresh: true } : {}),
    ...(hardIds(node) ? { ids: true } : {}),
    ...(key ? { explicitKey: key } : {}),
    ...(node.whereClause && textIn(node.whereClause) ? { byText: true } : {}),
  }
}

function howOf(act: Act, at: At): How {
  const { kind, node } = act
  if (kind === 'DeleteStmt' || kind === 'TruncateStmt') return 'deleted'
  if (kind === 'InsertStmt')
    return isSmall(act) || !readsTables(node.selectStmt) || looksUp(node.selectStmt?.SelectStmt, at) ? 'constants' : 'filled'
  if (kind !== 'UpdateStmt') return 'filled'
  const targets: Node[] = (node.targetList ?? []).map((t: Node) => t.ResTarget ?? {})
  if (node.fromClause || targets.some(isFromElsewhere)) return 'filled'
  if (targets.length > 0 && targets.every(isInPlace)) return 'mended'
  const fills = targets.length > 0 && node.whereClause?.NullTest?.nulltesttype === 'IS_NULL'
  return fills || !node.whereClause ? 'filled' : 'mended'
}

/** By other rows, or by another column. */
const isFromElsewhere = ({ name, val }: Node): boolean => val !== undefined && (readsTables(val) || columnsIn(val).some((c) => c !== name))

/** Put right by what it is, or emptied. */
const isInPlace = ({ val }: Node): boolean => val !== undefined && (isNullLiteral(val) || columnsIn(val).length > 0)

const readsTables = (node: Node | undefined): boolean => [...nodesOf('SelectStmt', node ?? {})].some((s) => s.fromClause)

const isIdName = (name: string | undefined): boolean => name !== undefined && /(^|_)id$/i.test(name)
const isNumber = (node: Node | undefined): boolean => node?.A_Const?.ival !== undefined

function hardIds(node: Node): boolean {
  for (const { lexpr, rexpr } of nodesOf('A_Expr', node)) {
    const name = lexpr?.ColumnRef?.fields?.at(-1)?.String?.sval
    const values: Node[] = rexpr?.List?.items ?? [rexpr]
    if (isIdName(name) && values.some(isNumber)) return true
  }
  const columns = (node.cols ?? []).map((c: Node) => c.ResTarget?.name)
  return (node.selectStmt?.SelectStmt?.valuesLists ?? []).some((row: Node) =>
    (row.List?.items ?? []).some((v: Node, i: number) => isIdName(columns[i]) && isNumber(v)),
  )
}

/** The key of a table, by what is known of it: else `id`, or its own name with _id. */
function explicitKey({ kind, node }: Act, table: string, at: At): string | undefined {
  if (kind !== 'InsertStmt') return undefined
  const known = at.catalog.table({ name: table })
  const keys = known?.constraints.find((c) => c.kind === 'primary')?.columns ?? ['id', `${table}_id`]
  if (keys.length > 2) return undefined
  const columns: string[] = (node.cols ?? []).map((c: Node) => c.ResTarget?.name)
  const [row] = node.selectStmt?.SelectStmt?.valuesLists ?? []
  const found = columns.findIndex((c, i) => keys.includes(c) && isNumber(row?.List?.items?.[i]))
  const column = known?.columns.get(columns[found] ?? '')
  return found < 0 || (column && !isCounted(column)) ? undefined : `${table}.${columns[found]}`
}

const textIn = (where: Node): boolean => [...nodesOf('A_Const', where)].some((c) => kindOf(c) === 'sval' || c.sval !== undefined)
