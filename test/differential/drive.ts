// Cases through the engine: run, run again, change the sources and run again, look for a spoilt cell or take it all back.
// Some share a migration.
import type pg from 'pg'
import { type Answer, type Database, GodwitError, type Plan, plan, quarantineRetry, run, undo, verify } from '../../src/api.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import { withSources } from '../../src/databases/sources.ts'
import { migration } from '../../src/index.ts'
import type { Expected } from '../oracle/map.ts'
import type { Casing } from '../oracle/text.ts'
import { casingOf, connected } from './connection.ts'
import { KeptSessions } from './kept.ts'
import type { CaseSpec } from './spec.ts'
import { spoil } from './spoil.ts'
import { Subject, type Tally, told } from './subject.ts'

export interface Lane {
  readonly client: pg.Client
  readonly db: Database
  readonly kept: KeptSessions
  /** The name under which the sources are read as another server's. */
  readonly elsewhere?: string
  readonly casing: Casing
  close(): Promise<void>
}

export async function openLane(url: string, elsewhere?: string): Promise<Lane> {
  const client = await connected(url)
  const kept = new KeptSessions(url)
  const db = elsewhere === undefined ? kept : withSources(kept, new Map([[elsewhere, await openPostgresSource({ url })]]))
  const close = async () => {
    await db.close()
    await client.end()
  }
  return { client, db, kept, casing: await casingOf(client), close, ...(elsewhere === undefined ? {} : { elsewhere }) }
}

const wrong = (what: string): never => {
  throw new Error(what)
}

/** Why plans were refused, and how often. */
export const refusals = new Map<string, number>()
let batches = 0

export async function drive(specs: readonly CaseSpec[], lane: Lane, tally: Tally): Promise<void> {
  const name = `case_${++batches}`
  const subjects = specs.map(
    (spec, i) => new Subject(spec, `${name}_${i}`, specs.length > 1 ? ` ${i}` : '', lane.client, lane.casing, lane.elsewhere),
  )
  await lane.client.query(subjects.map((s) => s.setup).join('\n'))
  try {
    lane.kept.sight = subjects.map((s) => `${s.schema}.*`)
    for (const s of subjects) s.before = await s.now()
    tally.cases += specs.length
    const planned = await planOf(name, subjects, lane, tally)
    if (planned) await new Drive(planned, lane, tally).all()
  } finally {
    await lane.client.query(subjects.map((s) => `drop schema ${s.schema} cascade`).join(';'))
    await clearLedger(lane.client, name)
    await lane.kept.reset()
  }
}

/** The ledger's tables of a batch, so that the catalogue does not grow with the cases. */
async function clearLedger(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query(
    `select format('drop table if exists godwit.%I cascade', relname) as sql from pg_class where relnamespace = to_regnamespace('godwit') and relkind = 'r' and relname ~ '^[a-z0-9]+_${name}_'`,
  )
  if (rows.length) await client.query(rows.map((r) => r.sql).join(';'))
}

interface Planned {
  readonly name: string
  readonly subjects: readonly Subject[]
  readonly plan: Plan
}

/** A plan that is refused names a mistake of the mapping; the generator makes few, and they are left out. */
async function planOf(name: string, subjects: readonly Subject[], lane: Lane, tally: Tally): Promise<Planned | undefined> {
  const attempt = (some: readonly Subject[]): Promise<Plan | GodwitError> => {
    const { workers, chunk } = some[0]!.spec
    const whole = migration(name, ...some.flatMap((s) => s.given.mappings))
    return plan(whole, lane.db, { workers, chunk, budget: { rows: 1e9, percent: 100 } }).catch((error: unknown) =>
      error instanceof GodwitError && error.exit === 2 ? error : Promise.reject(error),
    )
  }
  const all = await attempt(subjects)
  if (lane.elsewhere !== undefined && !(all instanceof GodwitError) && !all.brought.length) wrong(`${name} reads nothing of another server`)
  if (!(all instanceof GodwitError)) return { name, subjects, plan: all }
  const good: Subject[] = []
  for (const s of subjects) {
    const alone = subjects.length > 1 ? await attempt([s]) : all
    if (!(alone instanceof GodwitError)) good.push(s)
    else refusals.set(alone.message, (refusals.get(alone.message) ?? 0) + 1)
  }
  tally.refused += subjects.length - good.length
  const rest = good.length ? await attempt(good) : undefined
  return rest === undefined ? undefined : rest instanceof GodwitError ? Promise.reject(rest) : { name, subjects: good, plan: rest }
}

class Drive {
  private readonly planned: Planned
  private readonly lane: Lane
  private readonly tally: Tally

  constructor(planned: Planned, lane: Lane, tally: Tally) {
    this.planned = planned
    this.lane = lane
    this.tally = tally
  }

  async all(): Promise<void> {
    const { subjects, plan: p } = this.planned
    const { story } = subjects[0]!.spec
    const first = await this.run('the first run')
    if (story === 'a second run') await this.secondRun()
    if (story === 'spoilt cells') await this.spoilt(first)
    if (subjects.some((s) => s.spec.changes.length)) {
      for (const s of subjects) await s.change()
      if (story === 'changes and a retry') await quarantineRetry(p, this.lane.db)
      await this.run('the run after changes')
    }
    if (story === 'undo') await this.takeBack()
  }

  private async run(what: string): Promise<Expected[]> {
    const { subjects, plan: p, name } = this.planned
    const expected: Expected[] = []
    for (const s of subjects) expected.push(await s.expected())
    const answers: Answer[] = []
    const failed = await run(p, this.lane.db, { observe: (e) => e.type === 'check.answered' && answers.push(e.answer) }).catch(
      (error: unknown) => error,
    )
    // where there is nothing to compare, nothing is verified; the rows are looked at all the same
    if (failed instanceof Error && !(failed instanceof GodwitError && failed.code === 'GW_VERIFY_NO')) throw failed
    await this.compare(what, expected)
    const no = answers.filter((a) => a.verdict === 'failed')
    if (no.length)
      wrong(
        `${what} of ${name}: all is right, and its verification says no:\n  ${no.map((a) => `${a.title} ${JSON.stringify(a.sample)}`).join('\n  ')}`,
      )
    return expected
  }

  private async compare(what: string, expected: readonly Expected[]): Promise<void> {
    const ledger = await told(this.lane.client, this.planned.name)
    for (const [i, s] of this.planned.subjects.entries()) {
      const found = await s.wrong(expected[i]!, ledger, this.tally)
      if (found.length) wrong([`${what}:`, ...found].join('\n  '))
    }
  }

  /** Nothing has changed, so nothing is written: every row is the very same version. */
  private async secondRun(): Promise<void> {
    const before = await this.versions()
    await this.run('the second run')
    const after = await this.versions()
    for (const [i, was] of before.entries()) if (was !== after[i]) wrong(`the second run wrote:\n  ${was}\n  ${after[i]}`)
  }

  private async versions(): Promise<string[]> {
    const found: string[] = []
    for (const s of this.planned.subjects) found.push(await s.versions())
    return found
  }

  private async takeBack(): Promise<void> {
    await undo(this.planned.plan, this.lane.db)
    for (const s of this.planned.subjects) {
      const left = await s.notRestored()
      if (left.length) wrong(`after undo\n${left.join('\n')}`)
      this.tally.undone++
    }
  }

  /** Cells changed behind its back must be found, and named. */
  private async spoilt(expected: readonly Expected[]): Promise<void> {
    const cells: { sql: string; column: string; table: string }[] = []
    for (const [i, s] of this.planned.subjects.entries()) {
      const cell = await spoil(s.spec, s.schema, this.lane.client, expected[i]!, s.before.targets)
      if (cell) cells.push(cell)
    }
    if (!cells.length) return
    const { verdict, answers } = await verify(this.planned.plan, this.lane.db)
    const no = answers.filter((a) => a.verdict === 'failed')
    for (const cell of cells) {
      const named = no.some((a) =>
        a.sample.some((row) => row.table === cell.table && (row.columns ?? '').includes(JSON.stringify(cell.column))),
      )
      if (!named) wrong(`${cell.sql}\n  verify says ${verdict}: ${JSON.stringify(no)}`)
    }
    this.tally.spoilt += cells.length
  }
}
