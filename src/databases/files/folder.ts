// The folder of a source: which tables its files are. Nothing outside of it is ever opened.
import { globSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { sourceFileMissing } from '../../errors/database.ts'
import { fileOutside, fileUnclear } from '../../errors/files.ts'
import { type FileTable, type FileTables, type Format, named } from './declared.ts'

export interface Folder {
  /** For people. */
  readonly shown: string
  /** Without symbolic links. */
  readonly root: string
}

export interface Located {
  /** From the folder, with slashes. */
  readonly name: string
  readonly path: string
}

export interface Declared extends FileTable {
  readonly format: Format
}

export function openFolder(folder: string, shown: string): Folder {
  const there = statSync(folder, { throwIfNoEntry: false })
  if (!there) throw sourceFileMissing({ file: shown })
  if (!there.isDirectory()) throw fileOutside({ file: shown, folder: shown, why: 'it is a file, and a folder is wanted' })
  return { shown, root: realpathSync(folder) }
}

/** As declared, or one table for each file whose name tells its format. */
export function tablesOf(folder: Folder, declared: FileTables | undefined): ReadonlyMap<string, Declared> {
  const tables = declared ?? tablesByName(folder)
  return new Map(
    Object.entries(tables).map(([name, given]) => {
      const table = typeof given === 'string' ? { file: given } : given
      return [name, { ...table, format: table.format ?? formatOf(table.file) }]
    }),
  )
}

function formatOf(file: string): Format {
  const told = named(file)
  if (told) return told.format
  throw fileUnclear({
    file,
    why: 'has an ending that does not tell how it is written',
    hint: "Say it: { file, format: 'csv' } under sources in godwit.config.ts. There are csv, ndjson, json and parquet.",
  })
}

function tablesByName(folder: Folder): Record<string, string> {
  const tables = new Map<string, string>()
  for (const entry of readdirSync(folder.root).toSorted()) {
    const told = named(entry)
    if (!told) continue
    const other = tables.get(told.stem)
    if (other !== undefined)
      throw fileUnclear({
        file: entry,
        why: `would be the same table as ${other}`,
        hint: "Say which are tables: { files: 'FOLDER', tables: { NAME: 'FILE' } } under sources in godwit.config.ts.",
      })
    tables.set(told.stem, entry)
  }
  return Object.fromEntries(tables)
}

/** The files of a table, in the order of their names. At least one. */
export function filesOf(folder: Folder, { file }: FileTable): readonly Located[] {
  const outside = (why: string, which = file) => fileOutside({ file: which, folder: folder.shown, why })
  if (path.isAbsolute(file) || path.win32.isAbsolute(file)) throw outside('it is an absolute path')
  if (file.split(/[\\/]/).includes('..')) throw outside('there is .. in its name')
  const names = namesFor(folder, file)
  if (!names.length) throw sourceFileMissing({ file: `${folder.shown}/${file}` })
  return names.map((name) => {
    const real = realpathSync(path.join(folder.root, name))
    if (!real.startsWith(folder.root + path.sep)) throw outside('it is a link that leads out of the folder', name)
    if (!statSync(real).isFile()) throw outside('it is no ordinary file', name)
    return { name, path: real }
  })
}

function namesFor({ root }: Folder, file: string): string[] {
  // what is there under the very name is no pattern
  if (statSync(path.join(root, file), { throwIfNoEntry: false })) return [file]
  if (!/[*?[\]{}]/.test(file)) return []
  return globSync(file, { cwd: root })
    .map((name) => name.replaceAll(path.sep, '/'))
    .toSorted()
}
