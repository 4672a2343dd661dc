// A backup brought back to where somebody wants it: looked at first, then told, then done, then compared.
import { dirname } from 'node:path'
import type { Place, Restored, Survey } from '../databases/backup.ts'
import { backupTableUnknown, backupUnproved, backupUnsupported, restoreRefused } from '../errors/backup.ts'
import { qualified } from '../schema/schema.ts'
import { didYouMean } from '../text.ts'
import { keptOf } from './files.ts'
import type { Backup } from './folder.ts'
import { bringByPrograms, type RunProgram } from './programs.ts'
import { verifyBackup } from './verify.ts'

export interface Wanted {
  readonly tables?: readonly string[] | undefined
  tell(what: string): void
  readonly signal: AbortSignal
  readonly run: RunProgram
}

/** What would be done. Refuses a damaged backup, and tables that have rows. */
export async function surveyRestore(backup: Backup, place: Place, { tables, tell }: Wanted): Promise<Survey> {
  await verifyBackup(dirname(backup.folder), backup.id, tell)
  for (const t of tables ?? []) refuseUnknown(backup, t)
  if (tables && backup.manifest.by) throw onlyWhole(backup)
  const survey = await place.survey(keptOf(backup), { tables: tables?.map(known(backup)), sha256: backup.sha256 })
  if (survey.full.length && !survey.resumes) throw restoreRefused({ tables: survey.full })
  return survey
}

export async function restoreBackup(backup: Backup, place: Place, { tables, tell, signal, run }: Wanted): Promise<Restored> {
  const kept = keptOf(backup)
  const names = tables?.map(known(backup))
  const restored = backup.manifest.by
    ? await bringByPrograms(backup, kept, place, run)
    : await place.restore(kept, { tables: names, sha256: backup.sha256, tell, signal })
  tell('comparing')
  const what = await place.difference(kept, { tables: names, signal }, restored)
  if (what) throw backupUnproved({ backup: backup.id, what })
  return restored
}

/** As people may leave the schema out. */
const known =
  ({ manifest }: Backup) =>
  (table: string): string =>
    manifest.tables.some((t) => t.id === table) ? table : qualified(table)

function refuseUnknown(backup: Backup, table: string): void {
  const ids = [...backup.manifest.tables.map((t) => t.id), ...(backup.manifest.scope.tables ?? [])]
  if (!ids.includes(known(backup)(table)))
    throw backupTableUnknown({ backup: backup.id, table, near: ids.find((id) => id.endsWith(`.${table}`)) ?? didYouMean(table, ids) })
}

const onlyWhole = (backup: Backup) =>
  backupUnsupported({
    what: backup.id,
    why: `it was taken by ${backup.manifest.by!.dump[0]}, and is brought back whole`,
    hint: `Leave --table out, or ask ${backup.manifest.by!.restore[0]} itself for the table.`,
  })
