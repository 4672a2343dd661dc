// Whether a backup is still what it was when it was written. Needs no database and no network.
import { join } from 'node:path'
import { backupDamaged } from '../errors/backup.ts'
import { count } from '../text.ts'
import { digested, sizeOf } from './files.ts'
import { type Backup, backupNamed } from './folder.ts'

export interface Verified {
  readonly backup: Backup
  readonly files: number
  readonly bytes: number
}

/** Throws with the first thing that does not fit. */
export async function verifyBackup(all: string, given: string, tell: (what: string) => void = () => {}): Promise<Verified> {
  const backup = backupNamed(all, given)
  const { folder, manifest, proof } = backup
  const files = [...manifest.files, ...(proof?.exported ?? [])]
  for (const [n, file] of files.entries()) {
    const what = await misfit(folder, file, files)
    if (what) throw backupDamaged({ backup: backup.id, what: `${file.name} ${what}` })
    tell(`${n + 1} of ${files.length} files`)
  }
  return { backup, files: files.length, bytes: files.reduce((sum, f) => sum + f.bytes, 0) }
}

async function misfit(
  folder: string,
  file: { name: string; bytes: number; sha256: string },
  all: Backup['manifest']['files'],
): Promise<string | undefined> {
  const size = sizeOf(join(folder, file.name))
  if (size === undefined) return 'is missing'
  const { sha256 } = await digested(join(folder, file.name))
  if (sha256 === file.sha256) return undefined
  const other = all.find((f) => f.sha256 === sha256)
  if (other) return `holds what belongs into ${other.name}`
  if (size !== file.bytes) return `has ${count(size)} bytes, and had ${count(file.bytes)}`
  return 'has other bytes than were written'
}
