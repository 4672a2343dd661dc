// `godwit/api`: what the commands do, for programs.
import { DatabaseAddress, isPath, sourceSchemes } from './config/address.ts'
import type { Database } from './databases/database.ts'
import { startPostgres } from './databases/embedded/index.ts'
import type { FileTables } from './databases/files/declared.ts'
import { openSource, openTarget } from './databases/open.ts'
import { openPostgres } from './databases/postgres/postgres.ts'
import { withSources } from './databases/sources.ts'
import { delivered } from './databases/workshop/delivered.ts'
import { scratchOn } from './databases/workshop/scratch.ts'
import { openWorkshop } from './databases/workshop/workshop.ts'
import { installLedger } from './ledger/tables.ts'
import type { Plan } from './plan/plan.ts'
import { type Repaired, repairRun, verifyRun } from './run/check.ts'
import { inOurWords } from './run/failures.ts'
import { planned } from './run/planned.ts'
import { type Cause, causes, type QuarantinedRow, quarantined, type Retried, retry, type Which, waive } from './run/quarantine.ts'
import { run as runPlan } from './run/run.ts'
import { type Trace, traceRow } from './run/trace.ts'
import { undo as undoPlan } from './run/undo.ts'
import type { Verification } from './run/verify.ts'

export { type Config, defineConfig } from './config/config.ts'
export type { Database } from './databases/database.ts'
export { GodwitError } from './errors/error.ts'
export type { Answer, Event, Observe, Verdict } from './events/event.ts'
export type { View } from './events/view.ts'
export type { Plan } from './plan/plan.ts'
export type { RunOptions } from './run/run.ts'
export type { UndoOptions } from './run/undo.ts'

type SourceAt = string | { readonly files: string; readonly tables?: FileTables | undefined }

/**
 * `sources`: other databases that tables may be read from, by name: a URL, `sqlite:` and a file, `files:` and a folder, or a folder with what
 * is to be said of its files. Nothing is written there.
 */
export async function connect(
  url: string,
  options: { readonly sources?: Readonly<Record<string, SourceAt>>; readonly workshop?: string } = {},
): Promise<Database> {
  const named = Object.entries(options.sources ?? {})
  const target = await openDatabase(url, options.workshop)
  if (!named.length) return target
  const open = (at: SourceAt) => {
    if (typeof at !== 'string') return openSource({ engine: 'files', at: at.files, tables: at.tables })
    const address = DatabaseAddress.parse(at, { schemes: sourceSchemes })
    return openSource({ engine: address.engine, at: isPath(address) ? address.database! : at })
  }
  const opened = await Promise.all(named.map(async ([name, at]) => [name, await open(at)] as const))
  return withSources(target, new Map(opened))
}

/** `workshop`: a Postgres for scratch databases, where `url` is none (`sqlite:` and a file); left out, one is started and ends with `close()`. */
async function openDatabase(url: string, workshop: string | undefined): Promise<Database> {
  if (/^postgres(ql)?:/.test(url)) return openPostgres({ url })
  const address = DatabaseAddress.parse(url)
  const target = await openTarget({
    engine: address.engine,
    at: address.engine === 'sqlite' ? address.database! : url,
    shown: address.describe(),
  })!
  const server = workshop === undefined ? await startPostgres() : undefined
  const scratch = await scratchOn(workshop ?? server!.url)
  const drop = async () => {
    await scratch.drop()
    await server?.stop()
  }
  return openWorkshop(target, { ...scratch, drop }, { install: installLedger })
}

/** What the server says comes out as an error with a code, a hint and an exit. */
const inWords =
  <A extends unknown[], R>(body: (...args: A) => Promise<R>) =>
  (...args: A): Promise<R> =>
    body(...args).catch((error: unknown) => {
      throw inOurWords(error)
    })

/** A migration met with a database: everything that a run will do. Reads, and changes nothing. */
export const plan = inWords(planned)

/** Carries a plan out, from where its run stands. */
export const run = inWords(runPlan)
/** Takes its run back, and proves it. */
export const undo = inWords(undoPlan)
/** What became of the run of this plan, asked of the data. */
export const verify = inWords((of: Plan, db: Database): Promise<Verification> => verifyRun(of, db))
/** Source rows whose target rows are not as the mapping says, remapped; then verified again. */
export const repair = inWords((of: Plan, db: Database): Promise<Repaired> => repairRun(of, db))

export const quarantineCauses = inWords((of: Plan, db: Database): Promise<Cause[]> => db.session((s) => causes(s, of.migration)))
export const quarantineList = inWords(
  (of: Plan, db: Database, which: Which = {}): Promise<QuarantinedRow[]> => db.session((s) => quarantined(s, of.migration, which)),
)
export const quarantineRetry = inWords(
  (of: Plan, db: Database, which: Which = {}): Promise<Retried> => delivered(db, () => retry(of, db, which)),
)
export const quarantineWaive = inWords(
  (of: Plan, db: Database, which: Which, by: string, why: string): Promise<number> =>
    delivered(db, () => db.session((s) => waive(s, of.migration, which, by, why))),
)
export const trace = inWords((of: Plan, db: Database, row: string): Promise<Trace> => db.session((s) => traceRow(s, of, row)))
