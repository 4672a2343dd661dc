// What can go wrong while rows are backed up, proved, and brought back.
import { bytes, list, plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

export const backupDamaged = defineError<{ backup: string; what: string }>('GW_BACKUP_DAMAGED', {
  exit: exit.no,
  means: `A backup is held against its manifest: every file must be there, as long as it was and with the same SHA-256, and the manifest must be as it was
written. Something is not: a file was changed, cut short, exchanged with another or lost. Nothing is brought back from such a backup.`,
  say: (f) => ({
    message: `The backup ${f.backup} is not what it was: ${plainText(f.what)}.`,
    hint: 'Take another copy of it, if there is one, or another backup: godwit backup list.',
  }),
})

export const backupUnproved = defineError<{ backup: string; what: string }>('GW_BACKUP_UNPROVED', {
  exit: exit.no,
  means: `A backup counts when it was restored into a scratch database and compared with what its snapshot said of the same rows. The copy was
another: so this backup does not bring back what was there, and nothing that asks for one goes on.`,
  say: (f) => ({
    message: `The backup ${f.backup} was restored for a proof, and the copy differs: ${plainText(f.what)}.`,
    hint: 'Do not rely on it. If something that Godwit does not write is missing, use pg_dump with the same proof: snapshot.by(…).',
  }),
})

export const backupLate = defineError<{ run: string; what: string }>('GW_BACKUP_LATE', {
  means: `A backup that is taken after a run has begun to write holds what the run has made of the data, and not what was there before. It cannot bring
back the beginning, so it is no baseline of that run.`,
  say: (f) => ({
    message: `Run ${f.run} has already written (${f.what}): a backup now would not be what was there before it.`,
    hint: `Take the run back first (godwit undo ${f.run}), or keep what is there under its own name: godwit backup take.`,
  }),
})

export const backupNoRoom = defineError<{ folder: string; needs: number; has: number }>('GW_BACKUP_ROOM', {
  exit: exit.resumable,
  means:
    'The room on the disk is asked for before a backup is taken: as much as the tables take in the database, and a part more. There is less.',
  say: (f) => ({
    message: `The backup needs up to ${bytes(f.needs)}, and ${plainText(f.folder)} has ${bytes(f.has)} left. Nothing was written.`,
    hint: 'Make room, or name fewer tables, and run again.',
  }),
})

export const backupDiskFull = defineError<{ folder: string; file: string; said: string; cause: unknown }>('GW_BACKUP_DISK', {
  exit: exit.resumable,
  means: `A file of a backup could not be written: the disk is full, or the folder may not be written to. What was unfinished was removed; there is no
manifest, so nothing can be taken for a backup that is none.`,
  say: (f) => ({
    message: `${plainText(f.file)} could not be written in ${plainText(f.folder)}: ${plainText(f.said)}. The unfinished backup was removed.`,
    hint: 'Make room there, and run again.',
    cause: f.cause,
  }),
})

export const backupUnsteady = defineError<{ tries: number }>('GW_BACKUP_UNSTEADY', {
  exit: exit.resumable,
  means:
    'Between the list of tables and the moment of the snapshot, tables were made, dropped, emptied or rewritten, each time that it was tried.',
  say: (f) => ({
    message: `The tables were changed while the backup began, ${f.tries} times in a row. Nothing was kept.`,
    hint: 'Run again when nobody changes the schema.',
  }),
})

export const backupStopped = defineError<{ resume: string }>('GW_BACKUP_STOPPED', {
  exit: exit.interrupted,
  means:
    'A backup, its proof or a restore was stopped by a signal. What was unfinished of a backup was removed; a restore goes on where it stopped.',
  say: (f) => ({ message: 'Stopped. Nothing unfinished is taken for a backup.', hint: `Again: ${f.resume}` }),
})

export const backupUnknown = defineError<{ given: string; near: string | undefined; folder: string }>('GW_BACKUP_UNKNOWN', {
  exit: exit.usage,
  means: 'There is no backup of that name in the folder of backups.',
  say: (f) => ({
    message: `There is no backup ${plainText(f.given)} in ${plainText(f.folder)}.${f.near ? ` Did you mean ${f.near}?` : ''}`,
    hint: 'godwit backup list shows what there is.',
  }),
})

export const backupTableUnknown = defineError<{ backup: string; table: string; near: string | undefined }>('GW_BACKUP_TABLE', {
  exit: exit.usage,
  means: 'A backup does not hold the table that is to be brought back from it.',
  say: (f) => ({
    message: `The backup ${f.backup} has no table ${plainText(f.table)}.${f.near ? ` Did you mean ${f.near}?` : ''}`,
    hint: `godwit backup show ${f.backup} lists its tables.`,
  }),
})

export const backupUnsupported = defineError<{ what: string; why: string; hint: string }>('GW_BACKUP_UNSUPPORTED', {
  exit: exit.usage,
  means: 'What was asked for cannot be done for a backup of this database. Nothing was written.',
  say: (f) => ({ message: `${plainText(f.what)}: ${plainText(f.why)}.`, hint: f.hint }),
})

export const scratchRefused = defineError<{ database: string; on: string | undefined; said: string; cause: unknown }>('GW_SCRATCH', {
  means: `A backup is proved by bringing it back into a scratch database, which is dropped again: on the server of the database, or on the one that
backup: { scratch } in the configuration names. None could be made there: the role may not make databases, or the server does not answer.`,
  say: (f) => ({
    message:
      f.on === undefined
        ? `The role that is connected to ${f.database} may not make a scratch database, so the backup cannot be proved.`
        : `No scratch database could be made on ${plainText(f.on)} (backup.scratch), so the backup of ${f.database} cannot be proved: ${plainText(f.said)}`,
    hint:
      f.on === undefined
        ? "Give the role that right (Postgres: ALTER ROLE … CREATEDB), or name a server where one may be made: backup: { scratch: '${SCRATCH_URL}' } in the configuration."
        : 'Mend what it says, or name another server under backup.scratch.',
    cause: f.cause,
  }),
})

export const restoreRefused = defineError<{ tables: readonly string[] }>('GW_RESTORE_FULL', {
  exit: exit.usage,
  means: 'Tables that a backup would be brought back to have rows. Rows are never written over, whatever is said.',
  say: (f) => ({
    message: `${list(f.tables.slice(0, 5).map(plainText))}${f.tables.length > 5 ? ` and ${f.tables.length - 5} more` : ''} ${f.tables.length === 1 ? 'has' : 'have'} rows. Nothing was changed.`,
    hint: 'Bring the backup back into a new database (--into NAME), or rename or empty the table yourself first.',
  }),
})

export const restoreOfAnother = defineError<{ begun: string; wanted: string }>('GW_RESTORE_OTHER', {
  exit: exit.usage,
  means:
    'A restore was broken off in this database and can be gone on with. Another backup cannot be brought back on top of half of the first.',
  say: (f) => ({
    message: `A restore of another backup (sha256 ${f.begun.slice(0, 12)}…) was broken off in this database; this one is ${f.wanted.slice(0, 12)}….`,
    hint: 'Go on with that one, or choose another database. To give it up, drop its tables and the schema godwit_restore.',
  }),
})

export const restoreFailed = defineError<{ what: string; said: string; sqlstate: string; cause: unknown }>('GW_RESTORE_FAILED', {
  means: `A part of a backup could not be brought back: the server refused it. What was done before stays noted, and the same restore goes on from there.
Often something is not on that server that the part needs: an extension, a role, a function that no catalogue knows of.`,
  say: (f) => ({
    message: `${plainText(f.what)} could not be brought back: ${plainText(f.said)}${f.sqlstate ? ` (${f.sqlstate})` : ''}.`,
    hint: /extension/.test(f.said)
      ? 'Install that extension on the server, and run again.'
      : 'Mend what it says, and run again: what is there already is not done twice.',
    cause: f.cause,
  }),
})

export const toolWrong = defineError<{ tool: string; what: string; hint: string }>('GW_BACKUP_TOOL', {
  means: 'A program that a backup was to be taken or brought back with failed, or is not of the right version for this server.',
  say: (f) => ({ message: `${plainText(f.tool)}: ${plainText(f.what)}.`, hint: f.hint }),
})
