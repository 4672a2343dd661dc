// Columns as they are written: with their type, and the constraints that stand beside them.
import { columnsIn, isNullLiteral, type Node, relationName, said, strings, type Type, typeOf } from '../ast.ts'
import type { Column, Constraint, ConstraintKind, Index } from '../catalog.ts'

export interface Written {
  readonly column: Column
  readonly constraints: readonly Constraint[]
  readonly indexes: readonly Index[]
}

const kinds: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_CHECK: 'check',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_EXCLUSION: 'exclude',
  CONSTR_NOTNULL: 'notNull',
}

const endings: Readonly<Record<ConstraintKind, string>> = {
  check: 'check',
  unique: 'key',
  primary: 'pkey',
  foreign: 'fkey',
  exclude: 'excl',
  notNull: 'not_null',
}

/** The constraints that stand beside a column, by their kind. */
export const beside = (definition: Node, kind: string): Node | undefined =>
  (definition.constraints ?? []).map((c: Node) => c.Constraint).find((c: Node | undefined) => c?.contype === kind)

export const isSerial = (definition: Node): boolean => typeOf(definition.typeName).name.endsWith('serial')

const numbered: Readonly<Record<string, string>> = { serial: 'int4', bigserial: 'int8', smallserial: 'int2' }

/** A serial is a number with a default. */
const stored = (type: Type): Type => ({ ...type, name: numbered[type.name] ?? type.name })

export function writtenColumn(definition: Node, table: string, made: number | undefined): Written {
  const name = definition.colname ?? ''
  const expression = beside(definition, 'CONSTR_DEFAULT')?.raw_expr
  const identity = Boolean(beside(definition, 'CONSTR_IDENTITY'))
  const constraints = (definition.constraints ?? []).flatMap((c: Node) => constraintOf(c.Constraint, table, [name], made) ?? [])
  const column = {
    name,
    type: stored(typeOf(definition.typeName)),
    notNull: identity || isSerial(definition) || constraints.some((c: Constraint) => c.kind === 'primary' || c.kind === 'notNull'),
    default: isSerial(definition) ? definition.typeName : isNullLiteral(expression) ? undefined : expression,
    from: beside(definition, 'CONSTR_GENERATED') ? columnsIn(beside(definition, 'CONSTR_GENERATED')?.raw_expr) : [],
    generated: Boolean(beside(definition, 'CONSTR_GENERATED')),
    virtual: beside(definition, 'CONSTR_GENERATED')?.generated_kind === 'v',
    identity,
  }
  return { column, constraints: constraints.filter((c: Constraint) => c.kind !== 'notNull'), indexes: constraints.flatMap(indexOf) }
}

export function constraintOf(
  node: Node | undefined,
  table: string,
  beside: readonly string[],
  made: number | undefined,
): Constraint | undefined {
  const kind = kinds[node?.contype ?? '']
  if (!node || !kind) return undefined
  const given = strings(node.keys ?? node.fk_attrs)
  const columns = given.length ? given : kind === 'check' && beside.length === 0 ? [...new Set(columnsIn(node.raw_expr))] : [...beside]
  const name = node.conname ?? [table, ...(kind === 'primary' ? [] : columns), endings[kind]].join('_')
  const references = kind === 'foreign' ? said(relationName(node.pktable)) : undefined
  return { name, kind, columns, validated: node.skip_validation !== true, expression: node.raw_expr, made, references }
}

export const indexOf = ({ kind, name, columns }: Constraint): Index[] =>
  kind === 'unique' || kind === 'primary' ? [{ name, columns, unique: true, partial: false, plain: true }] : []

/** Columns that a check says are never null: `a IS NOT NULL` or `NOT a IS NULL`, alone or in a conjunction. */
export function sureOf(expression: Node | undefined): string[] {
  if (expression?.BoolExpr?.boolop === 'AND_EXPR') return expression.BoolExpr.args.flatMap(sureOf)
  const denied = expression?.BoolExpr?.boolop === 'NOT_EXPR' ? expression.BoolExpr.args[0]?.NullTest : undefined
  if (denied?.nulltesttype === 'IS_NULL') return columnsIn(denied.arg)
  const test = expression?.NullTest
  return test?.nulltesttype === 'IS_NOT_NULL' ? columnsIn(test.arg) : []
}
