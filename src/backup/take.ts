// A backup taken: room asked for, files whole, the manifest last. It counts when it was brought back and compared (prove.ts).
import { existsSync } from 'node:fs'
import { mkdir, rm, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { BackupEngine, KeptFile, Scope, Sink, Taken } from '../databases/backup.ts'
import { backupNoRoom } from '../errors/backup.ts'
import { GodwitError } from '../errors/error.ts'
import { sinkIn, writeText } from './files.ts'
import { type Backup, clearUnfinished, finished, idOf, manifestFile, unfinishedFolder } from './folder.ts'
import { form, type Manifest, type Occasion, sealed } from './manifest.ts'

export interface Taking {
  /** Of all backups. */
  readonly folder: string
  readonly scope: Scope
  readonly occasion: Occasion
  tell(what: string): void
  readonly signal: AbortSignal
}

/** Rows as text may take more than in the database, and the disk is not to be filled to its end. */
const headroom = 1.2

export const takeBackup = (engine: BackupEngine, taking: Taking): Promise<Backup> =>
  takenBy(engine, taking, (sink) => engine.take(taking.scope, sink))

/** `by`: how what other programs make comes to be a backup. */
export async function takenBy(
  engine: BackupEngine,
  taking: Taking,
  work: (sink: Sink) => Promise<Taken>,
  by?: Manifest['by'],
): Promise<Backup> {
  await mkdir(taking.folder, { recursive: true, mode: 0o700 })
  if (await clearUnfinished(taking.folder))
    taking.tell('An unfinished backup was found; its snapshot went with its process, so a new one begins.')
  await refuseWithoutRoom(engine, taking)
  const unfinished = await unfinishedFolder(taking.folder)
  try {
    const files: KeptFile[] = []
    const taken = await work(sinkIn(unfinished, files, taking))
    const manifest: Manifest = {
      form,
      id: idOf(taken.moment.at),
      scope: taking.scope,
      occasion: taking.occasion,
      ...taken,
      ...(by ? { by } : {}),
      files: files.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    }
    const { text, sha256 } = sealed(manifest)
    await writeText(unfinished, manifestFile, text)
    return { id: manifest.id, folder: await finished(unfinished, taking.folder, manifest.id), manifest, sha256, proof: undefined }
  } catch (problem) {
    await rm(unfinished, { recursive: true, force: true })
    throw ours(problem)
  }
}

/** What went wrong here breaks the connection that was read from: that is not what one wants to know. */
function ours(problem: unknown): unknown {
  for (let p = problem; p instanceof Error; p = p.cause as Error) if (p instanceof GodwitError) return p
  return problem
}

async function refuseWithoutRoom(engine: BackupEngine, { folder, scope }: Taking): Promise<void> {
  const needs = Math.ceil((await engine.weigh(scope)).bytes * headroom)
  const { bavail, bsize } = await statfs(nearest(folder))
  if (bavail * bsize < needs) throw backupNoRoom({ folder, needs, has: bavail * bsize })
}

const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)))
