// The folder of a pile on disk. Nothing outside of the project is read, whatever a migration names.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { stageFolder } from '../errors/stage.ts'
import type { Folder } from './types.ts'

const skippedFolders = new Set(['node_modules', '.git', '__pycache__', '.venv', 'venv', 'dist', 'build', 'target'])
const mostFiles = 20_000

export interface FolderOnDisk extends Folder {
  readonly root: string
}

/** `from`: where the command is run; what lies outside of that and of the repository is not read. */
export function folderAt(given: string, from: string): FolderOnDisk {
  const whole = path.resolve(from, given)
  if (!existsSync(whole) || !statSync(whole).isDirectory()) throw stageFolder({ folder: given, why: 'there is no such folder' })
  const root = rootOf(whole, path.resolve(from))
  const relative = (file: string) => path.relative(root, file).replaceAll(path.sep, '/')
  const texts = new Map<string, string | undefined>()
  const text = (file: string): string | undefined => {
    const full = path.resolve(root, file)
    if (full !== root && !full.startsWith(root + path.sep)) return undefined
    if (!texts.has(file)) texts.set(file, textIn(full))
    return texts.get(file)
  }
  return { at: relative(whole), files: filesBelow(whole).map(relative), text, root }
}

/** The repository that the folder is in, else where the command is run, else the folder's own parent. */
function rootOf(folder: string, from: string): string {
  for (let up = folder; ; up = path.dirname(up)) {
    if (existsSync(path.join(up, '.git'))) return up
    if (path.dirname(up) === up) break
  }
  return folder === from || folder.startsWith(from + path.sep) ? from : path.dirname(folder)
}

function filesBelow(folder: string, found: string[] = []): string[] {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (found.length >= mostFiles) break
    const full = path.join(folder, entry.name)
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) filesBelow(full, found)
    else if (entry.isFile()) found.push(full)
  }
  return found
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '')
  } catch {
    return undefined
  }
}
