// A folder for backups, and the ways through their life that tests go.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Backup } from '../../src/backup/folder.ts'
import type { Occasion } from '../../src/backup/manifest.ts'
import { proveBackup } from '../../src/backup/prove.ts'
import { restoreBackup, surveyRestore } from '../../src/backup/restore.ts'
import { takeBackup } from '../../src/backup/take.ts'
import type { BackupEngine, Place, Restored } from '../../src/databases/backup.ts'
import { runCommand } from '../../src/run/hands/command.ts'

export interface Folder extends Disposable {
  readonly path: string
}

export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'godwit-backups-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export const quiet = {
  tell: () => {},
  signal: new AbortController().signal,
  now: () => 0,
  run: (what: Parameters<typeof runCommand>[0]) => runCommand(what, '.', new AbortController().signal),
}

const baseline: Occasion = { baseline: true }

export const take = (engine: BackupEngine | undefined, path: string, tables?: readonly string[]): Promise<Backup> =>
  takeBackup(engine!, { folder: path, scope: tables ? { tables } : {}, occasion: baseline, ...quiet })

export const prove = (engine: BackupEngine | undefined, backup: Backup, scratch?: string): Promise<Backup> =>
  proveBackup(engine!, backup, { ...quiet, scratch })

export async function restoreInto(backup: Backup, place: Place, tables?: readonly string[]): Promise<Restored> {
  try {
    const wanted = { ...quiet, tables }
    await surveyRestore(backup, place, wanted)
    return await restoreBackup(backup, place, wanted)
  } finally {
    await place.close()
  }
}
