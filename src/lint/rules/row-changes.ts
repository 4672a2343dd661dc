// Which rows a statement reaches.
import { type Node, relationsIn, strings } from '../ast.ts'
import { type At, isOn } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Act } from '../scene.ts'

/** Rows that are written out, or those with one value. */
export function isSmall({ kind, node }: Act): boolean {
  if (kind === 'InsertStmt') return !readsTables(node.selectStmt?.SelectStmt)
  if (kind === 'SelectStmt') return !readsTables(node) || Boolean(node.limitCount) || equals(node.whereClause)
  if (kind === 'CreateTableAsStmt') return !readsTables(node.query?.SelectStmt)
  return kind !== 'AT_ValidateConstraint' && equals(node.whereClause)
}

export const readsTables = (select: Node | undefined): boolean => reads(select).length > 0

/** Tables of the server itself are never large. */
const reads = (select: Node | undefined): Node[] =>
  relationsIn(select?.fromClause ?? []).filter((r) => !/^(pg_|information_schema$)/.test(r.schemaname ?? r.relname ?? ''))

const equals = (where: Node | undefined): boolean =>
  where?.BoolExpr?.boolop === 'AND_EXPR'
    ? where.BoolExpr.args.some(equals)
    : (where?.A_Expr?.kind === 'AEXPR_OP' && strings(where.A_Expr.name)[0] === '=' && isConstant(where.A_Expr.rexpr)) ||
      where?.A_Expr?.kind === 'AEXPR_IN'

const isConstant = (n: Node | undefined): boolean => Boolean(n?.A_Const || n?.ParamRef || (n?.TypeCast && isConstant(n.TypeCast.arg)))

/** Columns that are never NULL, and those that are in every row. */
interface Sure {
  readonly never?: (column: string) => boolean
  readonly always?: (column: string) => boolean
}

/** One that this very migration has added, with nothing in it. */
export const sureAt = (at: At): Required<Sure> => ({
  never: (column) => at.column(column)?.notNull === true,
  always: (column) =>
    at.earlier.some((a) => {
      const definition = isOn(a, 'AT_AddColumn', at.name) && a.node.def?.ColumnDef
      return definition?.colname === column && !beside(definition, 'CONSTR_DEFAULT') && !beside(definition, 'CONSTR_GENERATED')
    }),
})

/** Whether a condition leaves any row out: neither `true` nor what only joins does. */
export function filters(where: Node | undefined, sure: Sure = {}): boolean {
  if (!where || where.A_Const || (isConstant(where) && !where.ParamRef)) return false
  const { BoolExpr: both, A_Expr: compared } = where
  if (both?.boolop === 'AND_EXPR') return both.args.some((a: Node) => filters(a, sure))
  if (both?.boolop === 'OR_EXPR') return both.args.every((a: Node) => filters(a, sure))
  if (both?.boolop === 'NOT_EXPR') return !both.args[0].A_Const
  if (where.NullTest) {
    if (isConstant(where.NullTest.arg)) return false
    const column = strings(where.NullTest.arg?.ColumnRef?.fields).at(-1) ?? ''
    return !(where.NullTest.nulltesttype === 'IS_NOT_NULL' ? sure.never?.(column) : sure.always?.(column))
  }
  if (compared?.kind !== 'AEXPR_OP') return true
  const joins = compared.lexpr?.ColumnRef && compared.rexpr?.ColumnRef && strings(compared.name)[0] === '='
  const nothing = isConstant(compared.lexpr) && isConstant(compared.rexpr)
  return !joins && !nothing
}

/** Rows of a join are as few as those of what is joined. */
export function boundedBy(sources: readonly Node[] | undefined, ctes: readonly Node[] | undefined): boolean {
  return (sources ?? []).some((source) => {
    const cte = (ctes ?? []).find((c) => c.CommonTableExpr?.ctename === source.RangeVar?.relname)?.CommonTableExpr?.ctequery?.SelectStmt
    const select = source.RangeSubselect?.subquery?.SelectStmt ?? cte
    return Boolean(select && (select.valuesLists || select.limitCount || filters(select.whereClause)))
  })
}
