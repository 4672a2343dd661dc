// Backups outside of a run: taken and proved, and brought back; what a run has written meanwhile is known from its ledger.
import { exportedBeside } from '../backup/beside.ts'
import { type Backup, backupNamed } from '../backup/folder.ts'
import type { Occasion } from '../backup/manifest.ts'
import { proveBackup } from '../backup/prove.ts'
import { restoreBackup, surveyRestore } from '../backup/restore.ts'
import { takeBackup } from '../backup/take.ts'
import type { BackupEngine, ExportForm, Restored, Survey } from '../databases/backup.ts'
import type { Database } from '../databases/database.ts'
import { backupUnsupported } from '../errors/backup.ts'
import { ledgerThere } from '../ledger/tables.ts'
import { wallClock } from './clock.ts'
import { runCommand } from './hands/command.ts'

export interface BackupOptions {
  /** Where backups are: a folder for each is made in it. */
  readonly folder: string
  /** A server of the same kind on which scratch databases may be made, for the proof; left out, the database's own. */
  readonly scratch?: string | undefined
  readonly tell?: ((what: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface BackupWanted extends BackupOptions {
  /** Left out: the whole database. */
  readonly tables?: readonly string[] | undefined
  /** The same rows beside it, in a form that other programs read. */
  readonly with?: ExportForm | undefined
  readonly environment?: string | undefined
}

export function engineOf(db: Database): BackupEngine {
  if (db.backup) return db.backup
  throw backupUnsupported({ what: db.name, why: 'it cannot be backed up by Godwit', hint: 'Back it up by other means.' })
}

const how = ({ scratch, tell = () => {}, signal = new AbortController().signal }: BackupOptions) => ({
  scratch,
  tell,
  signal,
  now: () => wallClock.now(),
  run: (what: Parameters<typeof runCommand>[0]) => runCommand(what, '.', signal),
})

/** It is there when it was brought back and compared. */
export async function backUp(db: Database, wanted: BackupWanted): Promise<Backup> {
  const { folder, tables, with: form, environment } = wanted
  const engine = engineOf(db)
  if (form && !engine.exports)
    throw backupUnsupported({
      what: `--with ${form}`,
      why: `rows of ${db.name} are not written in other forms beside a backup`,
      hint: 'Leave it out, and export what you need: godwit export.',
    })
  const occasion = { ...(environment === undefined ? {} : { environment }), ...(await whetherBaseline(db)) }
  const backup = await takeBackup(engine, { folder, scope: tables ? { tables } : {}, occasion, ...how(wanted) })
  const beside = form && { beside: exportedBeside(form, how(wanted).signal) }
  return proveBackup(engine, backup, { ...how(wanted), ...beside })
}

export const proveAgain = (db: Database, name: string, options: BackupOptions): Promise<Backup> =>
  proveBackup(engineOf(db), backupNamed(options.folder, name), how(options))

export interface RestoreWanted extends BackupOptions {
  /** A database by its name beside this one, by its address, or a file. */
  readonly into: string
  readonly tables?: readonly string[] | undefined
  /** What would be done, before it is; what throws stops it. */
  readonly confirm?: ((survey: Survey, backup: Backup) => Promise<void>) | undefined
}

/** Compared at its end; tables that have rows are never written over. */
export async function bringBack(db: Database, name: string, wanted: RestoreWanted): Promise<Restored> {
  const backup = backupNamed(wanted.folder, name)
  const place = await engineOf(db).place(wanted.into)
  try {
    const what = { ...how(wanted), tables: wanted.tables }
    const survey = await surveyRestore(backup, place, what)
    await wanted.confirm?.(survey, backup)
    return await restoreBackup(backup, place, what)
  } finally {
    await place.close()
  }
}

/** A run that has written before: what is there now is not what was there before it. */
const whetherBaseline = (db: Database): Promise<Occasion> =>
  db.session(async (s) => {
    if (!(await ledgerThere(s))) return { baseline: true }
    const { rows } = await s.query(
      `select 'r' || r.id as run from godwit.run r where r.state <> 'undone' and (exists (select from godwit.unit u where u.run = r.id)
        or exists (select from godwit.mark m where m.run = r.id and m.step ~ '^(expand|backfill|cutover|contract)\\.')) order by r.id limit 1`,
    )
    return rows[0] ? { baseline: false, notBaseline: `run ${rows[0]['run']} had written before` } : { baseline: true }
  })
