// Rows that are looked up by a key that is written out: there are no more of them than were written.
import { type Node, nodesOf, strings } from '../../lint/ast.ts'
import type { At } from '../../lint/at.ts'

interface Named {
  /** As it is called in the statement. */
  readonly alias: string
  readonly table: string
}

interface Fixed {
  readonly alias: string | undefined
  readonly column: string
}

/** Whether every table that it reads is asked for rows by a key. */
export function looksUp(select: Node | undefined, at: At): boolean {
  const tables = (select?.fromClause ?? []).flatMap(tablesIn)
  if (tables.length === 0 || tables.includes(undefined)) return false
  const named: Named[] = tables.filter((t: Named | undefined) => t !== undefined)
  const fixed = [select?.whereClause, ...[...nodesOf('JoinExpr', select?.fromClause ?? [])].map((j) => j.quals)].flatMap(fixedIn)
  return named.every(({ alias, table }) =>
    fixed.some((f) => (f.alias === undefined ? named.length === 1 : f.alias === alias) && isKey(table, f.column, at)),
  )
}

/** Undefined for what is no table. */
function tablesIn({ RangeVar: table, JoinExpr: join }: Node): (Named | undefined)[] {
  if (table) return [{ alias: table.alias?.aliasname ?? table.relname, table: table.relname }]
  return join ? [...tablesIn(join.larg), ...tablesIn(join.rarg)] : [undefined]
}

function fixedIn(condition: Node | undefined): Fixed[] {
  if (condition?.BoolExpr?.boolop === 'AND_EXPR') return condition.BoolExpr.args.flatMap(fixedIn)
  const { kind, name, lexpr, rexpr } = condition?.A_Expr ?? {}
  const isOneOf = (kind === 'AEXPR_OP' || kind === 'AEXPR_IN') && strings(name)[0] === '='
  const values: Node[] = rexpr?.List?.items ?? [rexpr]
  if (!isOneOf || !lexpr?.ColumnRef || !values.every(isWritten)) return []
  const [column, alias] = strings(lexpr.ColumnRef.fields).toReversed()
  return column ? [{ alias, column }] : []
}

const isWritten = (value: Node | undefined): boolean => Boolean(value?.A_Const || (value?.TypeCast && isWritten(value.TypeCast.arg)))

function isKey(table: string, column: string, at: At): boolean {
  const known = at.catalog.table({ name: table })
  const alone = (columns: readonly string[]) => columns.length === 1 && columns[0] === column
  return Boolean(
    known?.constraints.some((c) => (c.kind === 'primary' || c.kind === 'unique') && alone(c.columns)) ||
      known?.indexes.some((i) => i.unique && i.plain && alone(i.columns)),
  )
}
