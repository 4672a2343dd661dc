// The files themselves: read as text, written whole, kept before they are replaced, put back.
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { configurationFile, inTheWay } from '../errors/consolidate.ts'
import type { Texts } from './read.ts'

/** Salted where what is digested may hold a secret: a digest without could be tried against a list. */
export const sha256 = (content: Buffer | string, salt = ''): string => createHash('sha256').update(salt).update(content).digest('hex')

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Its bytes; undefined where there is nothing. */
export function contentOf(root: string, file: string): Buffer | undefined {
  try {
    return readFileSync(resolve(root, file))
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw configurationFile({
      file,
      why: `cannot be read (${code})`,
      hint: 'Let this user read it, or take it out of the migration.',
      cause,
    })
  }
}

export const digestAt = (root: string, file: string, salt = ''): string | null => {
  const content = contentOf(root, file)
  return content === undefined ? null : sha256(content, salt)
}

/** The texts of files, each from where it stands now. */
export const readTexts = (root: string, files: readonly string[], standsAt: (file: string) => string = (f) => f): Texts =>
  new Map(files.map((file) => [file, decoded(file, contentOf(root, standsAt(file)))]))

function decoded(file: string, content: Buffer | undefined): string | undefined {
  try {
    return content && utf8.decode(content)
  } catch (cause) {
    throw configurationFile({ file, why: 'is not UTF-8', hint: 'Save it as UTF-8, and run again.', cause })
  }
}

/** A new file stands within the project, is an ordinary file, and no link on the way leads elsewhere. */
export function assertPlace(root: string, file: string): void {
  const path = resolve(root, file)
  if (!isBelow(resolve(root), path) || !isBelow(realpathSync(root), join(realpathSync(nearestFolder(dirname(path))), 'x')))
    throw inTheWay({ file, why: 'lies outside of the project', hint: 'Write it within the folder of godwit.config.ts.' })
  if (existsSync(path) && !lstatSync(path).isFile())
    throw inTheWay({ file, why: 'is a link or a folder', hint: 'Give the new file another name, or take that away.' })
}

const isBelow = (folder: string, path: string): boolean => {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`)
}

const nearestFolder = (folder: string): string => (existsSync(folder) ? folder : nearestFolder(dirname(folder)))

/** The folders that a file needs and that are not there, the outermost first. */
export function missingFolders(root: string, file: string): readonly string[] {
  const missing: string[] = []
  for (let folder = dirname(resolve(root, file)); !existsSync(folder); folder = dirname(folder)) missing.unshift(relative(root, folder))
  return missing
}

/** Whole or not at all: beside it under another name, on the disk, then renamed. */
export function writeWhole(root: string, file: string, content: Buffer | string, mode: number): void {
  const path = resolve(root, file)
  const unfinished = `${path}.${process.pid}.unfinished`
  mkdirSync(dirname(path), { recursive: true })
  try {
    written(unfinished, Buffer.from(content), mode)
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

function written(path: string, content: Buffer, mode: number): void {
  rmSync(path, { force: true })
  const handle = openSync(path, 'wx', mode)
  try {
    for (let at = 0; at < content.length; ) at += writeSync(handle, content, at)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

export const modeAt = (root: string, file: string): number => lstatSync(resolve(root, file)).mode & 0o777

export const remove = (root: string, file: string): void => rmSync(resolve(root, file), { force: true })

/** Those that are empty, the innermost first. */
export function removeFolders(root: string, folders: readonly string[]): void {
  for (const folder of folders.toReversed())
    try {
      rmdirSync(resolve(root, folder))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error
    }
}

/** Where a file is kept while a new one stands in its place: by the title of the step that replaced it. */
export const copyAt = (folder: string, migration: string, title: string, file: string): string =>
  join(folder, 'replaced', migration, sha256(title).slice(0, 12), file)
