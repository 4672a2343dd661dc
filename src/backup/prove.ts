// A backup put to the proof: brought back into a scratch database, and compared with what its snapshot said.

import { dirname } from 'node:path'
import type { BackupEngine, Place } from '../databases/backup.ts'
import { backupUnproved } from '../errors/backup.ts'
import { keptOf, writeText } from './files.ts'
import { type Backup, proofFile } from './folder.ts'
import { form, type Proof, sealed } from './manifest.ts'
import { bringByPrograms, type RunProgram } from './programs.ts'
import { verifyBackup } from './verify.ts'

export interface Proving {
  tell(what: string): void
  readonly signal: AbortSignal
  now(): number
  /** A server where the scratch database is made; left out, the database's own. */
  readonly scratch?: string | undefined
  /** For backups by other programs. */
  readonly run: RunProgram
  /** Out of the copy that was compared. */
  readonly beside?: ((place: Place, backup: Backup) => Promise<Proof['exported']>) | undefined
}

/** What is on the disk is looked at first: it is what will be there when it is needed. */
export async function proveBackup(engine: BackupEngine, backup: Backup, proving: Proving): Promise<Backup> {
  await verifyBackup(dirname(backup.folder), backup.id)
  const kept = keptOf(backup)
  const { tell, signal } = proving
  const proof = await engine.scratch(async (place): Promise<Proof> => {
    const telling = { sha256: backup.sha256, tell: (what: string) => tell(`restoring for the proof: ${what}`), signal }
    const restored = backup.manifest.by ? await bringByPrograms(backup, kept, place, proving.run) : await place.restore(kept, telling)
    tell('comparing')
    const what = await place.difference(kept, { signal }, restored)
    if (what) throw backupUnproved({ backup: backup.id, what })
    return {
      form,
      backup: backup.id,
      manifest: backup.sha256,
      at: new Date(proving.now()).toISOString(),
      tables: restored.tables,
      rows: restored.rows,
      left: restored.left,
      exported: (await proving.beside?.(place, backup)) ?? [],
    }
  }, proving.scratch)
  await writeText(backup.folder, proofFile, sealed(proof).text)
  return { ...backup, proof }
}
