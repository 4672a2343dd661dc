import { columnsIn, type Node, nodesOf, relationName, said } from '../ast.ts'
import { type At, heldLong } from '../at.ts'
import type { Table } from '../catalog.ts'
import { sureOf } from '../replay/columns.ts'
import type { Found, Rule } from '../rule.ts'

export const attachPartitionScanning: Rule = {
  id: 'attach-partition-scanning',
  name: 'A partition whose rows are all read',
  when: 'ATTACH PARTITION of a table that no validated CHECK proves to lie within the bounds; or beside a default partition.',
  harm: 'The table that is attached, and the default partition, are locked against everything while their rows are read.',
  instead: 'A CHECK of the bounds NOT VALID, VALIDATE, then ATTACH, then drop the CHECK.',
  bad: {
    schema: 'CREATE TABLE log (at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE log_1 (at date NOT NULL);',
    sql: "ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
  },
  good: {
    schema:
      "CREATE TABLE log (at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE log_1 (at date NOT NULL, CHECK (at >= '2026-01-01' AND at < '2026-02-01'));",
    sql: "ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
  },
  on: ['AT_AttachPartition', 'CreateStmt'],
  always: true,
  check({ kind, node, whole }, at) {
    if (kind === 'CreateStmt') return beside(node, at)
    // an index that is attached is compared by what it says of itself
    if (whole.objtype === 'OBJECT_INDEX') return undefined
    const { name, bound } = node.def?.PartitionCmd ?? {}
    const child = at.catalog.table(relationName(name))
    // a default partition of nothing may hold whatever it likes
    if (bound?.is_default && at.catalog.closed && at.table?.whole && !at.table.partitions) return undefined
    const bothScanned = at.table?.hasDefaultPartition && !at.table.fresh && !bound?.is_default
    if (!bothScanned && (child?.fresh || (child && proved(child, at.table?.partitionKey, bound)))) return undefined
    const on = said(relationName(name))
    return heldLong({
      mode: 'ACCESS EXCLUSIVE',
      on: [bothScanned ? `${on} and the default partition` : on],
      work: 'while every row is read',
      scans: true,
    })
  },
}

/** Of a new partition only the rows of the default one are read. */
function beside(node: Node, at: At): Found | undefined {
  const parent = node.partbound && !node.partbound.is_default ? at.catalog.table(relationName(node.inhRelations?.[0]?.RangeVar)) : undefined
  if (!parent?.hasDefaultPartition || parent.fresh) return undefined
  return heldLong({
    mode: 'ACCESS EXCLUSIVE',
    on: [`the default partition of ${said(parent.name)}`],
    work: 'while every row is read',
    scans: true,
  })
}

/** A check over the key that holds all constants of the bounds; of a range also that the key is never NULL. */
function proved(child: Table, key: readonly string[] | undefined, bound: Node | undefined): boolean {
  const checks = child.constraints.filter((c) => c.kind === 'check' && c.validated)
  const keys = key ?? checks.flatMap((c) => columnsIn(c.expression)).slice(0, 1)
  const sure = keys.every((k) => child.columns.get(k)?.notNull || checks.some((c) => sureOf(c.expression).includes(k)))
  if (bound?.strategy === 'l') return sure && checks.some((c) => amongst(c.expression, keys, constants(bound)))
  const held = new Set(checks.flatMap((c) => constants(c.expression)))
  const named = keys.every((k) => checks.some((c) => columnsIn(c.expression).includes(k)))
  if (bound?.strategy === 'h') return named && constants(bound).every((w) => held.has(w))
  return sure && keys.length === 1 ? inRange(checks, keys[0]!, bound) : sure && named && constants(bound).every((w) => held.has(w))
}

/** Of a list: the check lets no value in that the bounds do not have. */
function amongst(expression: Node | undefined, keys: readonly string[], wanted: readonly string[]): boolean {
  if (expression?.BoolExpr?.boolop === 'AND_EXPR') return expression.BoolExpr.args.some((a: Node) => amongst(a, keys, wanted))
  const found = constants(expression)
  return (
    found.length > 0 &&
    !expression?.BoolExpr &&
    columnsIn(expression).some((c) => keys.includes(c)) &&
    found.every((c) => wanted.includes(c))
  )
}

/** Of a range: what the checks say of the least and the greatest value lies within the bounds. */
function inRange(checks: readonly { expression?: Node | undefined }[], key: string, bound: Node | undefined): boolean {
  const said = checks.flatMap((c) => comparisons(c.expression, key))
  const [from, to] = [constants(bound?.lowerdatums)[0], constants(bound?.upperdatums)[0]]
  const above = from === undefined || said.some(({ operator, value }) => ['>=', '>', '='].includes(operator) && order(value, from) >= 0)
  const below =
    to === undefined ||
    said.some(
      ({ operator, value }) => (operator === '<' && order(value, to) <= 0) || (['<=', '='].includes(operator) && order(value, to) < 0),
    )
  return said.length > 0 && above && below
}

interface Comparison {
  readonly operator: string
  readonly value: string
}

const turned: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' }

/** In a conjunction, `key < value`, `value >= key`, `key BETWEEN a AND b`. */
function comparisons(expression: Node | undefined, key: string): Comparison[] {
  const { BoolExpr: both, A_Expr: compared } = expression ?? {}
  if (both?.boolop === 'AND_EXPR') return both.args.flatMap((a: Node) => comparisons(a, key))
  const [left, right] = [compared?.lexpr, compared?.rexpr]
  if (compared?.kind === 'AEXPR_BETWEEN' && columnsIn(left)[0] === key) {
    const [least, most] = constants(right)
    return [
      { operator: '>=', value: least ?? '' },
      { operator: '<=', value: most ?? '' },
    ]
  }
  if (compared?.kind !== 'AEXPR_OP') return []
  const operator: string = compared.name?.[0]?.String?.sval ?? ''
  if (left?.ColumnRef && columnsIn(left)[0] === key) return constants(right).map((value) => ({ operator, value }))
  if (right?.ColumnRef && columnsIn(right)[0] === key) return constants(left).map((value) => ({ operator: turned[operator] ?? '', value }))
  return []
}

/** Numbers as numbers; dates as they are written, from the year on. */
function order(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y
  const [dayA, dayB] = [a.replace(/ 00:00(:00)?$/, ''), b.replace(/ 00:00(:00)?$/, '')]
  return dayA < dayB ? -1 : Number(dayA > dayB)
}

const constants = (within: unknown): string[] =>
  [...nodesOf('A_Const', within)].map((c) => String(c.sval?.sval ?? (c.ival ? (c.ival.ival ?? 0) : undefined) ?? c.fval?.fval ?? ''))
