// What kind of work a migration is, in one word.
import type { Migration } from '../types.ts'
import type { JudgedOperation } from './replay.ts'

export type Label =
  | 'no-op'
  | 'metadata only'
  | 'reference data'
  | 'data fix'
  | 'backfill'
  | 'contract'
  | 'mixed'
  | 'view/analytics'
  | 'schema'

const told = (kind: string): boolean => !['SelectStmt', 'VariableSetStmt', 'VariableShowStmt', 'TransactionStmt', 'NotRead'].includes(kind)
const metadata = ['CommentStmt', 'SecLabelStmt']
const analytic = [
  'ViewStmt',
  'RefreshMatViewStmt',
  'CreateFunctionStmt',
  'GrantStmt',
  'CommentStmt',
  'CreateRoleStmt',
  'AlterDefaultPrivilegesStmt',
]

export function labelOf(operations: readonly JudgedOperation[], { unread }: Migration): Label {
  const kinds = operations.flatMap((o) => o.kinds).filter(told)
  if (kinds.length === 0) return unread.length ? 'mixed' : 'no-op'
  if (kinds.every((k) => metadata.includes(k))) return 'metadata only'
  if (operations.every((o) => o.kinds.filter(told).every((k) => isAnalytic(k, o)))) return 'view/analytics'
  return ofWork(operations)
}

/** A view is dropped to be made anew, and a materialized one is made as a table is. */
const isAnalytic = (kind: string, { operation }: JudgedOperation): boolean =>
  analytic.includes(kind) ||
  (kind === 'DropStmt' && /\b(view|function)\b/i.test(operation.sql ?? '')) ||
  (kind === 'CreateTableAsStmt' && /materialized/i.test(operation.sql ?? ''))

export const rowLabel = (operation: JudgedOperation): 'reference data' | 'data fix' | 'backfill' | undefined => {
  const ways = operation.rows.map((r) => r.how)
  if (ways.length === 0) return undefined
  if (ways.includes('filled') || ways.includes('code') || operation.operation.repeated) return 'backfill'
  return ways.includes('mended') || ways.includes('deleted') ? 'data fix' : 'reference data'
}

function ofWork(operations: readonly JudgedOperation[]): Label {
  const old = operations.filter((o) => o.rows.some((r) => !r.fresh))
  const shape = operations.filter((o) => o.rows.length === 0 && o.kinds.some((k) => told(k) && !metadata.includes(k)))
  const rows = rowsLabel(operations)
  const destructive = shape.some((o) => o.reasons.some((r) => r.class === 'destructive-breaking'))
  if (shape.length === 0) return rows ?? 'metadata only'
  if (old.length > 0) return 'mixed'
  if (destructive) return shape.every((o) => o.reasons.length > 0) ? 'contract' : 'mixed'
  return rows ?? 'schema'
}

/** The hardest of its works on rows. */
function rowsLabel(operations: readonly JudgedOperation[]): Label | undefined {
  const found = operations.map(rowLabel)
  return (['backfill', 'data fix', 'reference data'] as const).find((label) => found.includes(label))
}
