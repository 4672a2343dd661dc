// New files in their places: what stood there is kept first, what somebody edited since is left alone, and all of it can be put back.
import { randomBytes } from 'node:crypto'
import { configurationFile, editedSince, inTheWay } from '../errors/consolidate.ts'
import { assertPlace, contentOf, digestAt, missingFolders, modeAt, remove, removeFolders, sha256, writeWhole } from './disk.ts'
import type { Texts } from './read.ts'

export interface Ground {
  readonly root: string
  /** Where a file is kept while a new one stands in its place. */
  copyOf(file: string): string
}

interface FileKept {
  readonly file: string
  /** Salted SHA-256 of what stood there; null where nothing did. */
  readonly before: string | null
  readonly mode: number
  readonly after: string
}

/** What has to be remembered to put all back; the ledger keeps it. */
export interface Kept {
  readonly salt: string
  readonly files: readonly FileKept[]
  /** That were made for them. */
  readonly folders: readonly string[]
}

/** Before anything is written. */
export const nothingKept = (): Kept => ({ salt: randomBytes(16).toString('hex'), files: [], folders: [] })

/** Where an old file is to be read: in its place, or where it is kept. */
export const standsAt =
  ({ copyOf }: Ground, { files }: Kept) =>
  (file: string): string =>
    files.some((k) => k.file === file && k.before !== null) ? copyOf(file) : file

/** What will stand where, with copies of what stands there now. Nothing is replaced yet. */
export function keep(ground: Ground, texts: ReadonlyMap<string, string>, old: Texts, before: Kept): Kept {
  const files = [...texts].map(([file, text]) => placed(ground.root, file, text, old, before))
  for (const k of files) keepCopy(ground, k, before.salt)
  const folders = new Set([...before.folders, ...files.flatMap((k) => missingFolders(ground.root, k.file))])
  return { salt: before.salt, files, folders: [...folders] }
}

/** In a place stands nothing, an old file, or what Godwit wrote there before. */
function placed(root: string, file: string, text: string, old: Texts, { salt, files }: Kept): FileKept {
  assertPlace(root, file)
  const [is, after] = [digestAt(root, file, salt), sha256(text, salt)]
  const before = files.find((k) => k.file === file)
  if (before && ![before.before, before.after, after].includes(is)) throw editedSince({ files: [file], undoing: false })
  if (before) return { ...before, after }
  if (is !== null && is !== after && !old.has(file))
    throw inTheWay({
      file,
      why: 'is there, and is not one of the old files',
      hint: 'Name it among files, so that none of its keys is lost; or write the new file elsewhere.',
    })
  return { file, before: is, mode: is === null ? 0o644 : modeAt(root, file), after }
}

function keepCopy({ root, copyOf }: Ground, { file, before }: FileKept, salt: string): void {
  if (before === null || digestAt(root, copyOf(file), salt) === before) return
  // it may hold secrets
  writeWhole(root, copyOf(file), contentOf(root, file)!, 0o600)
}

/** Those that are not there yet. */
export function writeNew({ root }: Ground, texts: ReadonlyMap<string, string>, { files, salt }: Kept): void {
  for (const { file, mode, after } of files) if (digestAt(root, file, salt) !== after) writeWhole(root, file, texts.get(file)!, mode)
}

/** All or none: one file that was edited since, or whose copy is not what it was, keeps the others as they are. */
export function putBack(ground: Ground, { salt, files, folders }: Kept): void {
  const { root } = ground
  const edited = files.filter((k) => ![k.before, k.after].includes(digestAt(root, k.file, salt)))
  if (edited.length) throw editedSince({ files: edited.map((k) => k.file), undoing: true })
  const copies = new Map(files.filter((k) => k.before !== null).map((k) => [k.file, copied(ground, k, salt)]))
  for (const { file, before, mode } of files) {
    if (before === null) remove(root, file)
    else if (digestAt(root, file, salt) !== before) writeWhole(root, file, copies.get(file)!, mode)
  }
  removeFolders(root, folders)
}

/** When it is noted that all is back. */
export function forgetCopies({ root, copyOf }: Ground, { files }: Kept): void {
  for (const { file, before } of files) if (before !== null) remove(root, copyOf(file))
}

function copied({ root, copyOf }: Ground, { file, before }: FileKept, salt: string): Buffer {
  const content = contentOf(root, copyOf(file))
  if (content && sha256(content, salt) === before) return content
  throw configurationFile({
    file: copyOf(file),
    why: `is not what ${file} was before it was replaced`,
    hint: 'Put that copy back from your backups, then undo again. Nothing was taken back.',
  })
}
