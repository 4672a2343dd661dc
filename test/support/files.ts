// The files of the repository that its own rules are about.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

export interface SourceFile {
  /** From the root of the repository, with slashes: src/run/run.ts */
  readonly path: string
  readonly text: string
}

/** All files below these folders with one of these endings; a folder that is not there yet has none. */
export function filesBelow(folders: readonly string[], endings: readonly string[] = ['.ts', '.mjs']): SourceFile[] {
  return folders
    .flatMap(list)
    .filter(endsWithOne(endings))
    .map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') }))
}

const endsWithOne = (endings: readonly string[]) => (file: string) => endings.some((ending) => file.endsWith(ending))

function list(folder: string): string[] {
  const entries = readdirSync(root, { withFileTypes: true }).some((entry) => entry.name === folder)
    ? readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    : []
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .toSorted()
}
