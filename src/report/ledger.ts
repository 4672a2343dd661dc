// What the ledger remembers of a run, asked for a report. Reads only.
import { type Assessment, isAssessment } from '../assess/assessment.ts'
import type { Row, Session } from '../databases/database.ts'
import type { Event } from '../events/event.ts'
import type { Plan } from '../plan/plan.ts'
import type { Process, QuarantineCause, Report, RunFacts, Warning } from './report.ts'

/** Postgres writes times as ISO 8601 itself, so that none passes through this machine's clock. */
const iso = (sql: string): string => `to_char((${sql}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export interface KeptRun {
  readonly id: number
  readonly facts: Omit<RunFacts, 'error' | 'gate'>
  /** Seconds since the runner last said that it lives; undefined if it never did. */
  readonly silence: number | undefined
}

/** The run that has not been taken back, else the last one that was. */
export async function lastRun(session: Session, migration: string): Promise<KeptRun | undefined> {
  const { rows } = await session.query(
    `select r.id::text as id, r.state, r.plan, r.environment, r.pass::text as pass, ${iso('r.started_at')} as started, ${iso('r.finished_at')} as finished,
      (select extract(epoch from clock_timestamp() - at)::int::text from godwit.heartbeat) as silence
      from godwit.run r where r.migration = $1 order by (r.state <> 'undone') desc, r.id desc limit 1`,
    [migration],
  )
  const r = rows[0]
  if (!r) return undefined
  const facts = {
    id: `r${r['id']}`,
    state: r['state']!,
    plan: r['plan']!,
    environment: r['environment'] ?? undefined,
    startedAt: r['started']!,
    finishedAt: r['finished'] ?? undefined,
    passes: Number(r['pass']),
  }
  return { id: Number(r['id']), facts, silence: r['silence'] === null ? undefined : Number(r['silence']) }
}

export async function serverFacts(session: Session): Promise<{ now: string; server: string }> {
  const { rows } = await session.query(`select ${iso('clock_timestamp()')} as now, current_setting('server_version') as version`)
  return { now: rows[0]!['now']!, server: `PostgreSQL ${rows[0]!['version']}` }
}

export async function eventsOf(session: Session, run: number): Promise<Event[]> {
  const { rows } = await session.query('select body::text as body from godwit.event where run = $1 order by seq', [run])
  return rows.map((r) => JSON.parse(r['body']!) as Event)
}

export interface KeptVerification {
  readonly at: string
  readonly notes: readonly string[]
  /** No row has been touched since. */
  readonly current: boolean
}

export async function keptVerification(session: Session, run: number, pass: number): Promise<KeptVerification | undefined> {
  const { rows } = await session.query(
    `select ${iso('m.at')} as at, m.detail::text as detail, (not exists (select 1 from godwit.unit u where u.run = m.run and u.at > m.at))::text as current
      from godwit.mark m where m.run = $1 and m.step = 'verify' and m.pass = $2`,
    [run, pass],
  )
  const r = rows[0]
  if (!r) return undefined
  const detail = JSON.parse(r['detail'] ?? '{}') as { notes?: string[] }
  return { at: r['at']!, notes: detail.notes ?? [], current: r['current'] === 'true' }
}

const names = (list: string | null): string[] => JSON.parse(list ?? '[]') as string[]

/** A row of a cause says what it has in the first of its columns; the three lowest keys stand for all. */
export async function causesOf(session: Session, migration: string, mask: (value: string) => string): Promise<QuarantineCause[]> {
  const { rows } = await session.query(
    `select mapping, code, array_to_json(columns)::text as columns, min(says) as says, min(at) as at, count(*)::text as n, count(waived_at)::text as waived,
      to_jsonb(array_remove(array_agg(distinct waived_why), null))::text as reasons,
      to_jsonb((array_agg(jsonb_build_array(key, raw ->> columns[1]) order by length(key), key))[1:3])::text as examples
      from godwit.quarantine where migration = $1 group by mapping, code, columns, says order by count(*) desc, mapping, code, columns`,
    [migration],
  )
  return rows.map((r) => ({
    ...ruleOf(r),
    waived: Number(r['waived']),
    reasons: names(r['reasons']!),
    examples: (JSON.parse(r['examples']!) as [string, string | null][]).map(([key, v]) => ({
      key,
      value: v === null ? undefined : mask(v),
    })),
  }))
}

const ruleOf = (r: Row): Warning => ({
  mapping: r['mapping']!,
  code: r['code']!,
  columns: names(r['columns']!),
  says: r['says']!,
  at: r['at'] ?? undefined,
  rows: Number(r['n']),
})

export async function warningsOf(session: Session, migration: string): Promise<Warning[]> {
  const { rows } = await session.query(
    `select w.mapping, r.code, array_to_json(r.columns)::text as columns, r.says, r.at, count(*)::text as n from godwit.warning w
      join godwit.rule r on r.migration = w.migration and r.mapping = w.mapping and r.n = w.rule
      where w.migration = $1 group by 1, 2, r.columns, 4, 5 order by count(*) desc, 1, 2, 3`,
    [migration],
  )
  return rows.map(ruleOf)
}

export async function processesOf(session: Session, run: number): Promise<Process[]> {
  const { rows } = await session.query(
    `select pass::text as pass, ${iso('min(at)')} as "from", ${iso('max(at)')} as "to", count(*)::text as units, sum(read) filter (where upto is not null)::text as rows
      from godwit.unit where run = $1 group by unit.pass, epoch order by unit.pass, epoch`,
    [run],
  )
  return rows.map((r) => ({
    pass: Number(r['pass']),
    from: r['from']!,
    to: r['to']!,
    units: Number(r['units']),
    rows: Number(r['rows'] ?? 0),
  }))
}

export async function sequencesOf(session: Session, run: number): Promise<Report['sequences']> {
  const { rows } = await session.query(
    `select s.sequence, (case when s.is_called then s.last_value + p.seqincrement else s.last_value end)::text as before, s.left_at::text as after
      from godwit.sequence s join pg_sequence p on p.seqrelid = s.sequence::regclass where s.run = $1 order by s.sequence`,
    [run],
  )
  return rows.map((r) => ({ sequence: r['sequence']!, nextBefore: r['before']!, nextAfter: r['after']! }))
}

export async function notOursOf(session: Session, run: number): Promise<Report['notOurs']> {
  const { rows } = await session.query(
    'select relation, count(*)::text as n from godwit.native where run = $1 group by relation order by relation',
    [run],
  )
  return rows.map((r) => ({ table: r['relation']!, rows: Number(r['n']) }))
}

export async function onlyReadOf(session: Session, run: number): Promise<{ table: string; rows: number }[]> {
  const { rows } = await session.query('select relation, rows::text as n from godwit.reading where run = $1 order by relation', [run])
  return rows.map((r) => ({ table: r['relation']!, rows: Number(r['n']) }))
}

/** The audit that a step of the run has made before anything was written. */
export async function assessmentOf(session: Session, plan: Plan, run: number): Promise<Assessment | undefined> {
  const step = plan.steps.find((s) => s.kind === 'assessment')
  if (!step) return undefined
  const { rows } = await session.query('select body::text as body from godwit.memory where run = $1 and step = $2', [run, step.id])
  const kept: unknown = JSON.parse(rows[0]?.['body'] ?? 'null')
  return isAssessment(kept) ? kept : undefined
}

export async function approvalsOf(session: Session, run: number): Promise<Report['approvals']> {
  const { rows } = await session.query(
    `select question, step, plan, verdict, person, array_to_json(roles)::text as roles, proof, ${iso('at')} as at, note from godwit.approval where run = $1 order by seq`,
    [run],
  )
  return rows.map((r) => ({
    question: r['question']!,
    step: r['step']!,
    plan: r['plan']!,
    verdict: r['verdict'] as 'approved',
    person: r['person']!,
    roles: names(r['roles'] ?? null),
    proof: r['proof'] as 'signed',
    at: r['at']!,
    note: r['note'] ?? undefined,
  }))
}
