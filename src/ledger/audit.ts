// Who did what, where and under which plan: appended only, each entry sealed with the one before it, so that none can be changed or left out
// without its showing.
import { createHash } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { Session } from '../databases/database.ts'
import type { Plain } from '../steps/hands.ts'

export interface Entry {
  /** In words that stay the same: `run started`, `approved`. */
  readonly what: string
  readonly run?: number | undefined
  readonly plan?: string | undefined
  readonly detail?: Plain
  /** Who says so, where that is another than who started the process. */
  readonly who?: string | undefined
}

export interface Audited {
  readonly seq: number
  /** ISO 8601, by the clock of whoever wrote it. */
  readonly at: string
  readonly who: string
  readonly host: string
  readonly run: number | null
  readonly what: string
  readonly plan: string | null
  /** JSON, as it was sealed. */
  readonly detail: string
  readonly before: string
  readonly seal: string
}

/** What the first entry is sealed with. */
export const origin = '0'.repeat(64)

export function sealOf({ before, seq, at, who, host, run, what, plan, detail }: Omit<Audited, 'seal'>): string {
  return createHash('sha256')
    .update(JSON.stringify([before, seq, at, who, host, run, what, plan, detail]))
    .digest('hex')
}

/** The system's user, unless the environment names a person. */
export function whoIs(): string {
  if (process.env['GODWIT_USER']) return process.env['GODWIT_USER']
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

export async function audit(session: Session, entries: readonly Entry[], now: number): Promise<void> {
  if (!entries.length) return
  await session.transaction(async (tx) => {
    // one after another, whoever writes: each needs the seal of the one before
    await tx.query('select pg_advisory_xact_lock(1735353463, 6)')
    const { rows } = await tx.query('select seq::text as seq, seal from godwit.audit order by audit.seq desc limit 1')
    const sealed = chained(entries, now, { seq: Number(rows[0]?.['seq'] ?? 0), seal: rows[0]?.['seal'] ?? origin })
    await tx.query(
      `insert into godwit.audit (seq, at, who, host, run, what, plan, detail, before, seal)
        select seq, at, who, host, run, what, plan, detail, before, seal from jsonb_to_recordset($1::jsonb) as e(seq bigint, at text, who text, host text, run integer, what text, plan text, detail text, before text, seal text)`,
      [JSON.stringify(sealed)],
    )
  })
}

function chained(entries: readonly Entry[], now: number, last: { seq: number; seal: string }): Audited[] {
  const at = new Date(now).toISOString()
  let { seq, seal } = last
  return entries.map(({ what, run, plan, detail, who }) => {
    const entry = {
      seq: ++seq,
      at,
      who: who ?? whoIs(),
      host: hostname(),
      run: run ?? null,
      what,
      plan: plan ?? null,
      detail: JSON.stringify(detail ?? null),
      before: seal,
    }
    seal = sealOf(entry)
    return { ...entry, seal }
  })
}

export async function audited(session: Session, run?: number): Promise<Audited[]> {
  const { rows } = await session.query(
    `select seq::text as seq, at, who, host, run::text as run, what, plan, detail, before, seal from godwit.audit where $1::integer is null or audit.seq <= (select max(seq) from godwit.audit where run = $1) order by audit.seq`,
    [run ?? null],
  )
  return rows.map((r) => ({
    seq: Number(r['seq']),
    at: r['at']!,
    who: r['who']!,
    host: r['host']!,
    run: r['run'] === null ? null : Number(r['run']),
    what: r['what']!,
    plan: r['plan']!,
    detail: r['detail']!,
    before: r['before']!,
    seal: r['seal']!,
  }))
}

/** The first entry that does not fit, and why; nothing where all do. */
export function broken(entries: readonly Audited[]): { readonly seq: number; readonly why: string } | undefined {
  let [seq, seal] = [0, origin]
  for (const e of entries) {
    if (e.seq !== seq + 1) return { seq: seq + 1, why: `entry ${seq + 1} is missing: the next one there is ${e.seq}` }
    if (e.before !== seal) return { seq: e.seq, why: `entry ${e.seq} is not sealed with the one before it` }
    if (sealOf(e) !== e.seal) return { seq: e.seq, why: `entry ${e.seq} (${e.what}) is not what was sealed` }
    ;({ seq, seal } = e)
  }
  return undefined
}
