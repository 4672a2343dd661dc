// Who holds what a change waits for: asked while it waits, for afterwards nobody can say.

import type { PlannedStep } from '../../plan/plan.ts'
import { duration, plainText, shortened } from '../../text.ts'
import type { Work } from '../context.ts'

export async function namingWhoHolds<T>(work: Work, step: PlannedStep, body: () => Promise<T>): Promise<T> {
  const { rows } = await work.control.query('select pg_backend_pid()::text as pid')
  const looking = setTimeout(() => void tell(work, step, rows[0]!['pid']!).catch(() => undefined), work.settings.lockTimeoutMs / 2)
  try {
    return await body()
  } finally {
    clearTimeout(looking)
  }
}

async function tell(work: Work, step: PlannedStep, pid: string): Promise<void> {
  const { rows } = await work.db.session((s) =>
    s.query(
      `select a.pid::text as pid, coalesce(nullif(a.application_name, ''), a.usename, a.backend_type) as who, a.state, extract(epoch from clock_timestamp() - a.xact_start)::int::text as since, a.query
        from unnest(pg_blocking_pids($1::int)) b join pg_stat_activity a on a.pid = b order by a.xact_start`,
      [pid],
    ),
  )
  for (const r of rows) {
    const since = r['since'] === null ? '' : `, ${duration(Number(r['since']))} in its transaction`
    work.bus.emit({
      type: 'step.waiting',
      step: step.id,
      why: `held by ${plainText(r['who']!)} (pid ${r['pid']}, ${r['state']}${since}): ${shortened(withoutValues(r['query']!))}`,
    })
  }
}

/** What people have put into a statement is theirs. */
const withoutValues = (sql: string): string =>
  plainText(
    sql
      .replace(/'(?:[^']|'')*'/g, '?')
      .replace(/\b\d+(\.\d+)?\b/g, '?')
      .replace(/\s+/g, ' '),
  )
