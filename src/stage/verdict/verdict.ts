// A migration's verdict: its classes, what kind of work it is, its way back, its risk and how sure all that is.
import { list } from '../../text.ts'
import type { Migration } from '../types.ts'
import { type Class, classes } from './classes.ts'
import { type Label, labelOf } from './label.ts'
import type { JudgedOperation } from './replay.ts'

export type Certainty = 'high' | 'medium' | 'low'
export type Downgrade = 'real' | 'empty' | 'lossy'

export interface Verdict {
  readonly class: Class
  readonly classes: readonly Class[]
  readonly label: Label
  readonly downgrade: Downgrade
  readonly risk: 'low' | 'medium' | 'high'
  readonly certainty: Certainty
  /** Why it is of its class, what makes it a risk, and what could not be read: one line each. */
  readonly reasons: readonly string[]
  readonly operations: readonly JudgedOperation[]
}

export function verdictOf(migration: Migration, operations: readonly JudgedOperation[]): Verdict {
  const found = new Set<Class>(operations.flatMap((o) => o.reasons.map((r) => r.class)))
  if (migration.unread.some((u) => u.grave)) found.add('caution')
  const applying = classes.filter((c) => found.has(c) || (c === 'safe-additive' && adds(operations, found)))
  const gravest = applying[0] ?? 'safe-additive'
  const label = labelOf(operations, migration)
  const downgrade = downgradeOf(migration, operations)
  const flags = flagsOf(migration, operations, downgrade)
  const certainty = certaintyOf(migration, operations)
  return {
    class: gravest,
    classes: applying,
    label,
    downgrade,
    risk: riskOf(gravest, downgrade, certainty, flags.length),
    certainty,
    reasons: [...why(operations), ...flags, ...migration.notes, ...unreadLines(migration)],
    operations,
  }
}

/** Something that was not there is made besides; or nothing graver was found at all. */
function adds(operations: readonly JudgedOperation[], found: ReadonlySet<Class>): boolean {
  const dropped = new Set(operations.flatMap((o) => o.touched.filter((t) => t.use === 'drops').map((t) => t.object)))
  const makes = (o: JudgedOperation) =>
    o.kinds.includes('AlterEnumStmt') || o.touched.some((t) => t.use === 'makes' && !dropped.has(t.object))
  const isNew = (o: JudgedOperation) => o.reasons.length === 0 && makes(o)
  return found.size === 0 || operations.some(isNew)
}

const why = (operations: readonly JudgedOperation[]): string[] => {
  const all = operations
    .flatMap((o) => o.reasons)
    .toSorted((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class) || a.line - b.line)
  return [...new Set(all.map((r) => `${r.class}: ${r.why} (line ${r.line})`))]
}

const unreadLines = (migration: Migration): string[] => migration.unread.map((u) => `not read: ${u.why} (${u.file}:${u.line})`)

const writesRows = (operations: readonly JudgedOperation[]): boolean => operations.some((o) => o.rows.some((r) => !r.fresh))

function downgradeOf({ back, down, up }: Migration, operations: readonly JudgedOperation[]): Downgrade {
  if (up.length === 0 && back !== 'none') return 'real'
  if (back !== 'real') return 'empty'
  const loses = operations.some((o) =>
    o.findings.some((f) => ['drop-column', 'drop-table', 'truncate', 'unbounded-delete', 'drop-cascade'].includes(f.rule)),
  )
  const touchesRows = down.some((o) => o.effect === 'rows' || /\b(insert|update|delete|merge)\b/i.test(o.sql ?? ''))
  return loses || (writesRows(operations) && !touchesRows) ? 'lossy' : 'real'
}

function flagsOf(migration: Migration, operations: readonly JudgedOperation[], downgrade: Downgrade): string[] {
  const rows = operations.flatMap((o) => o.rows)
  const rules = new Set(operations.flatMap((o) => o.findings.map((f) => f.rule)))
  const sequences = operations.some((o) => /\bsetval\b/i.test(o.operation.sql ?? ''))
  const keys = [...new Set(rows.flatMap((r) => r.explicitKey ?? []))]
  const byText = [...new Set(rows.filter((r) => r.byText && r.how !== 'constants').map((r) => r.table))]
  const repeated = operations.some((o) => o.operation.repeated && o.rows.length)
  return [
    ...(downgrade === 'real' ? [] : [downgrade === 'empty' ? 'there is no way back' : 'the way back does not bring back what was lost']),
    ...(migration.up.some((o) => o.live) ? ['it needs a live connection'] : []),
    ...(migration.up.some((o) => o.conditional) ? ['part of it is done only where the database is as it expects'] : []),
    ...(repeated ? ['rows are worked on one by one, as many as are found'] : []),
    ...(rows.some((r) => r.ids) ? ['ids are written out: they must be the same in every database'] : []),
    ...(keys.length && !sequences ? [`${list(keys)} is given a number, and its sequence is not told`] : []),
    ...(byText.length
      ? [`rows of ${list(byText.map(String))} are chosen by a text: where none has it nothing is done, and nothing is said`]
      : []),
    ...(rules.has('add-required-column') ? ['a required column without a default: it works only while the table is empty'] : []),
  ]
}

/** Names and numbers that are not known leave the kind of work known; what is not read at all does not. */
function certaintyOf(migration: Migration, operations: readonly JudgedOperation[]): Certainty {
  if (migration.unread.some((u) => u.grave) || operations.some((o) => o.unread && o.kinds.length === 0)) return 'low'
  const nameless = operations.some((o) => o.operation.holes && o.reasons.length > 0 && !o.operation.repeated)
  const partly =
    migration.unread.length > 0 ||
    nameless ||
    operations.some((o) => o.unread || o.operation.conditional || o.kinds.includes('NotRead') || o.kinds.includes('Code'))
  return partly ? 'medium' : 'high'
}

function riskOf(gravest: Class, downgrade: Downgrade, certainty: Certainty, flags: number): Verdict['risk'] {
  if (gravest === 'destructive-breaking' || certainty === 'low') return 'high'
  if (gravest === 'data-migration') return downgrade === 'real' && flags < 3 ? 'medium' : 'high'
  return gravest === 'lock-heavy' || (gravest === 'caution' && downgrade !== 'real') ? 'medium' : 'low'
}
