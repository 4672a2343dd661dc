// Where backups are: a folder for each, made under another name, so that what has its own name is whole.
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { backupDamaged, backupUnknown } from '../errors/backup.ts'
import { didYouMean } from '../text.ts'
import { form, type Manifest, type Proof, unsealed } from './manifest.ts'

export const manifestFile = 'manifest.json'
export const proofFile = 'proof.json'

export interface Backup {
  readonly id: string
  readonly folder: string
  readonly manifest: Manifest
  /** Of the manifest: it names the backup whole. */
  readonly sha256: string
  readonly proof: Proof | undefined
}

const making = '.making-'

/** The process that makes it is in its name: what a killed one has left behind can be told. */
export async function unfinishedFolder(all: string): Promise<string> {
  const folder = join(all, `${making}${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Of processes that are gone: their snapshots went with them, so nothing of it can be gone on with. */
export async function clearUnfinished(all: string): Promise<number> {
  const dead = namesIn(all).filter((name) => name.startsWith(making) && !lives(Number(name.slice(making.length).split('-')[0])))
  for (const name of dead) await rm(join(all, name), { recursive: true, force: true })
  return dead.length
}

function lives(pid: number): boolean {
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const namesIn = (all: string): string[] => (existsSync(all) ? readdirSync(all) : [])

/** 20261121T215023Z-9c1e: when, and enough to tell two of one second apart. */
export const idOf = (at: string): string => `${at.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${randomBytes(2).toString('hex')}`

export async function finished(unfinished: string, all: string, id: string): Promise<string> {
  const folder = join(all, id)
  await flushed(unfinished)
  await rename(unfinished, folder)
  await flushed(all)
  return folder
}

/** What stands in a folder is on the disk only when the folder is, too. Windows knows no such thing. */
async function flushed(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Oldest first. One whose manifest is not what it was is listed by its name alone. */
export function backupsIn(all: string): (Backup | { readonly id: string; readonly damaged: true })[] {
  return namesIn(all)
    .filter((name) => existsSync(join(all, name, manifestFile)) && !name.startsWith(making))
    .toSorted()
    .map((id) => read(join(all, id), id) ?? { id, damaged: true as const })
}

/** By its name, its beginning, or `latest`. */
export function backupNamed(all: string, given: string): Backup {
  const names = backupsIn(all).map((b) => b.id)
  const found = given === 'latest' ? names.slice(-1) : names.includes(given) ? [given] : names.filter((n) => n.startsWith(given))
  if (found.length !== 1) throw backupUnknown({ given, near: didYouMean(given, names), folder: all })
  const backup = read(join(all, found[0]!), found[0]!)
  if (!backup) throw backupDamaged({ backup: found[0]!, what: `${manifestFile} was changed after it was written` })
  return backup
}

function read(folder: string, id: string): Backup | undefined {
  const found = unsealed<Manifest>(readFileSync(join(folder, manifestFile), 'utf8'))
  if (!found || found.what.id !== id || found.what.form > form) return undefined
  return { id, folder, manifest: found.what, sha256: found.sha256, proof: proofIn(folder, found.sha256) }
}

/** A proof of another manifest is none of this one. */
function proofIn(folder: string, manifest: string): Proof | undefined {
  const file = join(folder, proofFile)
  const found = existsSync(file) ? unsealed<Proof>(readFileSync(file, 'utf8')) : undefined
  return found?.what.manifest === manifest ? found.what : undefined
}
