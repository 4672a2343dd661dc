// What the ledger says of runs: read, never changed.
import type { Database, Session } from '../databases/database.ts'
import { noRun } from '../errors/run.ts'
import type { BooksTotals } from '../events/event.ts'
import { type KnownRun, liveRun } from '../ledger/runs.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { count, duration } from '../text.ts'

export interface Books {
  readonly mapping: string
  readonly pass: number
  readonly totals: BooksTotals
}
export interface RunState {
  readonly run: string
  readonly migration: string
  readonly plan: string
  readonly state: string
  readonly pass: number
  readonly environment: string | null
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly books: readonly Books[]
  /** The cutover has begun, and was not taken back. */
  readonly cutOver: boolean
  /** What it waits for, if it does. */
  readonly gate: { readonly why: string; readonly next: readonly string[]; readonly until: string | undefined } | undefined
  readonly verified: { readonly verdict: string; readonly checks: number; readonly at: string } | undefined
}

export async function runsIn(session: Session): Promise<RunState[]> {
  if (!(await ledgerThere(session))) return []
  const { rows } = await session.query(
    `select r.id::text as id, migration, plan, state, r.pass::text as pass, environment, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') as started, to_char(finished_at, 'YYYY-MM-DD HH24:MI:SS') as finished,
      exists (select 1 from godwit.mark c where c.run = r.id and c.step = 'cut over')::text as late, case r.state when 'waiting' then (select e.body from godwit.event e where e.run = r.id and e.body ->> 'type' = 'run.waiting' order by e.seq desc limit 1) end::text as gate,
      to_char(m.at, 'YYYY-MM-DD HH24:MI:SS') as verified, m.detail ->> 'verdict' as verdict, m.detail ->> 'checks' as checks
      from godwit.run r left join godwit.mark m on m.run = r.id and m.step = 'verify' and m.pass = r.pass order by r.id`,
  )
  const books = await booksIn(session)
  return rows.map((r) => ({
    run: `r${r.id}`,
    migration: r.migration!,
    plan: r.plan!,
    state: r.state!,
    pass: Number(r.pass),
    environment: r.environment!,
    startedAt: r.started!,
    finishedAt: r.finished!,
    books: books.filter((b) => b.run === r.id && b.pass === Number(r.pass)).map(({ mapping, pass, totals }) => ({ mapping, pass, totals })),
    cutOver: r.late === 'true',
    gate: gateIn(r.gate!),
    verified:
      r.verdict && r.verdict !== 'nothing to verify' ? { verdict: r.verdict, checks: Number(r.checks), at: r.verified! } : undefined,
  }))
}

function gateIn(event: string | null): RunState['gate'] {
  if (!event) return undefined
  const { why, next, until } = JSON.parse(event) as { why: string; next: string[]; until?: number }
  return { why, next, until: until === undefined ? undefined : new Date(until).toISOString() }
}

const waitsFor = ({ gate }: Pick<RunState, 'gate'>): string =>
  gate ? `${gate.why}${gate.until ? ` (until ${gate.until.slice(0, 16).replace('T', ' ')} UTC)` : ''}` : 'it says why'

async function booksIn(session: Session): Promise<(Books & { run: string })[]> {
  const { rows } = await session.query(
    'select run::text as run, mapping, pass::text as pass, read::text as read, migrated::text as migrated, quarantined::text as quarantined, filtered::text as filtered, warned::text as warned from godwit.books order by run, mapping',
  )
  const n = (r: Record<string, string | null>, name: string) => Number(r[name])
  return rows.map((r) => ({
    run: r.run!,
    mapping: r.mapping!,
    pass: n(r, 'pass'),
    totals: {
      read: n(r, 'read'),
      migrated: n(r, 'migrated'),
      quarantined: n(r, 'quarantined'),
      filtered: n(r, 'filtered'),
      warned: n(r, 'warned'),
    },
  }))
}

/** The run of a migration that has not been taken back, if there is one. */
export const runOf = (db: Database, migration: string): Promise<KnownRun | undefined> =>
  db.session(async (s) => ((await ledgerThere(s)) ? liveRun(s, migration) : undefined))

export async function theRunOf(db: Database, migration: string): Promise<KnownRun> {
  const run = await runOf(db, migration)
  if (!run) throw noRun({ migration })
  return run
}

/** ` at row 8,000 (last committed unit, 14 s ago)`; nothing if there is none. */
export async function lastUnit(session: Session, migration: string): Promise<string> {
  if (!(await ledgerThere(session))) return ''
  const { rows } = await session.query(
    `select sum(u.read)::text as read, round(extract(epoch from clock_timestamp() - max(u.at)))::text as ago
      from godwit.run r join godwit.unit u on u.run = r.id and u.pass = r.pass and u.upto is not null where r.migration = $1 and r.state not in ('undone', 'finished')`,
    [migration],
  )
  const r = rows[0]!
  return r.read === null || r.ago === null ? '' : ` at row ${count(Number(r.read))} (last committed unit, ${duration(Number(r.ago))} ago)`
}

/** What `godwit run` would do now. */
export function nextStep(
  plan: Plan | undefined,
  run: Pick<RunState, 'run' | 'plan' | 'state' | 'books' | 'cutOver' | 'gate'> | undefined,
  held: boolean,
): string {
  if (held) return 'wait: somebody works here'
  if (!run || run.state === 'undone') return 'godwit run begins a run'
  if (run.state === 'undoing') return `godwit undo ${run.run} takes back what is left`
  const changed = plan !== undefined && plan.id !== run.plan
  const rows = run.books.reduce((n, b) => n + b.totals.read, 0)
  if (run.state === 'waiting') return `godwit run asks the gate again: ${waitsFor(run)}`
  if (run.cutOver) return `godwit run goes on behind the cutover; godwit undo ${run.run} --to verify takes it back`
  if (run.state === 'finished')
    return `godwit run passes over the source again${changed ? ' with the changed rules' : ''} and brings over what has changed`
  if (changed)
    return `godwit run would be refused: the plan is another one than ${run.run} was begun with. Put the file back, or godwit undo ${run.run}`
  return `godwit run goes on behind row ${count(rows)}`
}
