// `godwit/api`: what the commands do, for programs.

import type { AssessOptions } from './assess/assess.ts'
import type { Assessment } from './assess/assessment.ts'
import { assessFor, assessPlan } from './assess/of-plan.ts'
import type { Backup } from './backup/folder.ts'
import { type Verified, verifyBackup } from './backup/verify.ts'
import { DatabaseAddress, isPath, sourceSchemes } from './config/address.ts'
import type { Restored } from './databases/backup.ts'
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
import { type Audience, factsOf } from './notify/announce/announcement.ts'
import { windowOf } from './notify/announce/window.ts'
import { announced } from './notify/announce/write.ts'
import { type NotifyChannel, openChannel } from './notify/channels/index.ts'
import type { Format } from './notify/markup.ts'
import { type Notifier, notifier as notifierOf } from './notify/notifier.ts'
import { type Place, runbook as runbookOf } from './notify/runbook/runbook.ts'
import type { Plan } from './plan/plan.ts'
import { gatherShadows, type Shadows } from './report/shadow.ts'
import { type BackupWanted, backUp, bringBack, type RestoreWanted } from './run/backups.ts'
import { type Repaired, repairRun, verifyRun } from './run/check.ts'
import { wallClock } from './run/clock.ts'
import { type CutoverUndone, undoCutover as takeCutoverBack } from './run/cutover.ts'
import { makeDue as due, type MadeDue } from './run/due.ts'
import { inOurWords } from './run/failures.ts'
import {
  type Answered,
  type Answering,
  acceptQuarantine as acceptRows,
  answer as takeAnswer,
  answerSigned as takeSigned,
} from './run/gates/answer.ts'
import type { SignedReply } from './run/gates/reply.ts'
import { type ExportedFile, keepExported as keepFiles, type NewWrites, newWrites as writtenSince } from './run/new-writes.ts'
import { planned } from './run/planned.ts'
import { type Purged, type PurgeOptions, purge as purgePlan } from './run/purge.ts'
import { type Cause, causes, type QuarantinedRow, quarantined, type Retried, retry, type Which, waive } from './run/quarantine.ts'
import type { Rehearsed } from './run/rehearse.ts'
import { type RunOptions, run as runPlan } from './run/run.ts'
import { type Trace, traceRow } from './run/trace.ts'
import { undo as undoPlan } from './run/undo.ts'
import type { Verification } from './run/verify.ts'

export { type Config, defineConfig } from './config/config.ts'
export { readConfiguration } from './consolidate/configuration.ts'
export type { Database } from './databases/database.ts'
export { GodwitError } from './errors/error.ts'
export type { Answer, Event, Observe, Verdict } from './events/event.ts'
export type { View } from './events/view.ts'
export type { Facts as AnnouncementFacts } from './notify/announce/announcement.ts'
export { isSigned } from './notify/signature.ts'
export type { Plan } from './plan/plan.ts'
export type { Answered, Answering } from './run/gates/answer.ts'
export type { People, Person } from './run/gates/people.ts'
export { type Reply, type SignedReply, signReply } from './run/gates/reply.ts'
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

/** Audits the data that a plan is about, as they are now. Reads, and writes nothing. */
export const assess = inWords(
  (of: Plan, db: Database, options: AssessOptions = {}): Promise<Assessment> => assessFor(of, db, wallClock.now(), options),
)

/** Carries a plan out, from where its run stands. */
export const run = inWords((of: Plan, db: Database, options: RunOptions = {}) => runPlan(of, db, { assess: assessPlan, ...options }))
/** Takes its run back, and proves it. */
export const undo = inWords(undoPlan)
/** Takes back what its cutover did, and leaves the rows. */
export const undoCutover: (of: Plan, db: Database, options?: RunOptions) => Promise<CutoverUndone> = inWords(takeCutoverBack)
/** What became of the run of this plan, asked of the data. */
export const verify = inWords((of: Plan, db: Database): Promise<Verification> => verifyRun(of, db))
/** Source rows whose target rows are not as the mapping says, remapped; then verified again. */
export const repair = inWords((of: Plan, db: Database): Promise<Repaired> => repairRun(of, db))

/** A snapshot that is brought back into a scratch database and compared; only then it is there. */
export const backup = inWords((db: Database, wanted: BackupWanted): Promise<Backup> => backUp(db, wanted))
/** Every file of a backup against its manifest; needs no database. Throws with the first thing that does not fit. */
export const backupVerify = inWords((folder: string, name: string): Promise<Verified> => verifyBackup(folder, name))
/** Brings it back, all or some tables, and compares; never over rows. */
export const backupRestore = inWords((db: Database, name: string, wanted: RestoreWanted): Promise<Restored> => bringBack(db, name, wanted))

/** Pairs of the old and the new way, and measures after the cutover, by the step that made them. */
export const shadows = inWords((of: Plan, db: Database): Promise<Shadows> => db.session((s) => gatherShadows(s, of)))
/** Makes the pair or the measure that is due, and goes through no gate. */
export const makeDue = inWords((of: Plan, db: Database, options: RunOptions = {}): Promise<MadeDue> => due(of, db, options))

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

/** Says yes to what a run asks. */
export const approve = inWords((db: Database, given: Answering): Promise<Answered> => takeAnswer(db, 'approved', given))
/** Says no, and why: the run stays where it is until the same person says yes, or the plan is another one. */
export const reject = inWords(
  (db: Database, given: Answering & { readonly note: string }): Promise<Answered> => takeAnswer(db, 'rejected', given),
)
/** So many rows may stay in quarantine when a protected environment is cut over. */
export const acceptQuarantine = inWords((db: Database, rows: number, given: Answering): Promise<Answered> => acceptRows(db, rows, given))
/** An answer that was signed elsewhere, as JSON that was read. `withinMs`: how long ago at most. */
export const answerSigned = inWords(
  (db: Database, reply: SignedReply, options: Parameters<typeof takeSigned>[2]): Promise<Answered> => takeSigned(db, reply, options),
)

interface Telling {
  /** By names of one's own, as under `notify.channels`; `${NAME}` is not looked up here. */
  readonly channels: Readonly<Record<string, NotifyChannel>>
  readonly environment?: string
  /** What paths and programs of channels are relative to; left out, where the process is. */
  readonly root?: string
}
/** Tells people of a run: `observe` goes to `run` or `undo`, and `settle()` is waited for at the end. */
export function notifier(db: Database, { channels, environment, root = '.' }: Telling): Notifier {
  return notifierOf(db, { environment, channels: Object.entries(channels).map(([name, said]) => openChannel(name, said, root)) })
}

interface Announcing {
  readonly audience?: Audience
  readonly format?: Format
  /** `2026-12-01 02:00/04:00 Europe/Berlin` */
  readonly window?: string
  readonly environment?: string
  readonly contacts?: Readonly<Record<string, string>>
  /** Of this very plan: its times are said instead of an estimate. */
  readonly rehearsed?: Rehearsed | undefined
}
/** A plan told to those whom it concerns, before it is carried out. */
export function announcement(
  of: Plan,
  { audience = 'users', format = 'text', window, environment = 'default', contacts = {}, rehearsed }: Announcing = {},
): string {
  const when = window === undefined ? undefined : windowOf(window)
  return announced(factsOf(of, audience, { environment, window: when, contacts, rehearsed }), audience, format)
}
/** A plan as a list to go by, in Markdown. */
export const runbook = (
  of: Plan,
  { where = 'default', contacts = {}, command = (words) => `godwit ${words}`, rehearsed }: Partial<Place> = {},
): string => runbookOf(of, { where, contacts, command, rehearsed })

/** Drops what its run has retired, for good: not before its time, and with a copy named or a word why there is none. */
export const purge = inWords((of: Plan, db: Database, options: PurgeOptions = {}): Promise<Purged> => purgePlan(of, db, options))
/** What was written through the new shape since the cutover, by table; each with the query that gives its rows. */
export const newWrites = inWords((of: Plan, db: Database): Promise<readonly NewWrites[]> => writtenSince(of, db))
/** Says that these rows are kept elsewhere: an undo goes on as long as they are still what they were then. */
export const keepExported = inWords((of: Plan, db: Database, files: readonly ExportedFile[]): Promise<unknown> => keepFiles(of, db, files))
