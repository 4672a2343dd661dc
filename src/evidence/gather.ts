// What a dossier is made of: the plan, the ledger, and the report, at one moment.
import type { Database, Session } from '../databases/database.ts'
import { type Audited, audited } from '../ledger/audit.ts'
import type { Plan } from '../plan/plan.ts'
import { gatherReport, type Report } from '../report/index.ts'
import type { Rehearsed } from '../run/rehearse.ts'
import { maskedBy } from '../text.ts'
import { rehearsalOf } from './rehearsals.ts'

export interface Quarantined {
  readonly mapping: string
  readonly key: string
  readonly code: string
  readonly columns: string
  readonly says: string
  readonly since: string
  readonly waived: string | null
  /** Values by their shape only, unless they were asked for. */
  readonly row: Readonly<Record<string, string | null>>
}

export interface Mark {
  readonly step: string
  readonly pass: number
  readonly at: string
  readonly detail: unknown
}

export interface Evidence {
  readonly plan: Plan
  readonly database: string
  readonly report: Report
  readonly audit: readonly Audited[]
  readonly marks: readonly Mark[]
  readonly approvals: readonly Readonly<Record<string, unknown>>[]
  readonly quarantine: readonly Quarantined[]
  /** What the run was begun with: what its plan's id is made of. */
  readonly lines: Readonly<Record<string, string>>
  /** Of the same plan, if there was one. */
  readonly rehearsal: Rehearsed | undefined
}

export async function gatherEvidence(
  plan: Plan,
  db: Database,
  options: { readonly showValues: boolean; readonly folder?: string },
): Promise<Evidence> {
  const report = await gatherReport(plan, db, { showValues: options.showValues })
  const run = Number(report.run.id.slice(1))
  const mask = maskedBy(!options.showValues)
  const kept = await db.session((s) =>
    s.transaction((tx) => fromLedger(tx, plan.migration, run, mask), { isolation: 'repeatable read', readOnly: true }),
  )
  const rehearsal = options.folder === undefined ? undefined : rehearsalOf(options.folder, report.run.plan)
  return { plan, database: db.name, report, ...kept, rehearsal }
}

async function fromLedger(tx: Session, migration: string, run: number, mask: (value: string) => string) {
  return {
    audit: await audited(tx, run),
    marks: await marksOf(tx, run),
    approvals: await approvalsOf(tx, run),
    quarantine: await quarantineOf(tx, migration, mask),
    lines: JSON.parse(
      (await tx.query(`select (plan_data -> 'lines')::text as lines from godwit.run where id = $1`, [run])).rows[0]!['lines']!,
    ),
  }
}

async function marksOf(tx: Session, run: number): Promise<Mark[]> {
  const { rows } = await tx.query(
    `select step, pass::text as pass, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, detail::text as detail from godwit.mark where run = $1 order by mark.at, step`,
    [run],
  )
  return rows.map((r) => ({ step: r['step']!, pass: Number(r['pass']), at: r['at']!, detail: JSON.parse(r['detail'] ?? 'null') }))
}

async function approvalsOf(tx: Session, run: number): Promise<Record<string, unknown>[]> {
  const { rows } = await tx.query('select to_jsonb(a)::text as body from godwit.approval a where run = $1 order by seq', [run])
  return rows.map((r) => JSON.parse(r['body']!) as Record<string, unknown>)
}

async function quarantineOf(tx: Session, migration: string, mask: (value: string) => string): Promise<Quarantined[]> {
  const { rows } = await tx.query(
    `select mapping, key, code, array_to_string(columns, ', ') as columns, says, to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since, waived_why, raw::text as raw
      from godwit.quarantine where migration = $1 order by mapping, key collate "C"`,
    [migration],
  )
  return rows.map((r) => ({
    mapping: r['mapping']!,
    key: r['key']!,
    code: r['code']!,
    columns: r['columns']!,
    says: r['says']!,
    since: r['since']!,
    waived: r['waived_why']!,
    row: masked(JSON.parse(r['raw'] ?? '{}') as Record<string, string | null>, mask),
  }))
}

const masked = (row: Record<string, string | null>, mask: (value: string) => string) =>
  Object.fromEntries(Object.entries(row).map(([name, v]) => [name, v === null ? null : mask(String(v))]))
