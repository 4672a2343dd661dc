// A dossier as it lies in its folder, to be checked by anybody: nothing but its files is asked.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { noDossier } from '../errors/evidence.ts'
import { type Manifest, manifestFile, signatureFile } from './manifest.ts'

export interface Lying {
  readonly folder: string
  readonly manifest: Manifest
  /** As it lies there, to the byte. */
  readonly manifestText: string
  readonly signature: string | undefined
  /** Names of all files there, the manifest and its signature left out. */
  readonly names: readonly string[]
  bytes(file: string): Buffer | undefined
  json<T>(file: string): T
  lines<T>(file: string): readonly T[]
}

export function readDossier(folder: string): Lying {
  const manifestText = textOf(folder)
  const manifest = parsed(folder, manifestText)
  const bytes = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file)) : undefined)
  const text = (file: string) => bytes(file)?.toString('utf8') ?? ''
  // the audit is asked many times, and does not change meanwhile
  const read = new Map<string, readonly unknown[]>()
  const parsedLines = (file: string) =>
    text(file)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown)
  return {
    folder,
    manifest,
    manifestText,
    signature: bytes(signatureFile)?.toString('utf8').trim(),
    names: readdirSync(folder).filter((name) => name !== manifestFile && name !== signatureFile),
    bytes,
    json: <T>(file: string) => JSON.parse(text(file)) as T,
    lines: <T>(file: string) => {
      if (!read.has(file)) read.set(file, parsedLines(file))
      return read.get(file) as readonly T[]
    },
  }
}

function textOf(folder: string): string {
  try {
    return readFileSync(join(folder, manifestFile), 'utf8')
  } catch (error) {
    throw noDossier({
      folder,
      said: (error as NodeJS.ErrnoException).code === 'ENOENT' ? `it has no ${manifestFile}` : (error as Error).message,
    })
  }
}

function parsed(folder: string, text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest
    if (manifest.format !== 'godwit dossier' || !Array.isArray(manifest.files)) throw new Error(`${manifestFile} is not one of ours`)
    return manifest
  } catch (error) {
    throw noDossier({ folder, said: (error as Error).message })
  }
}
