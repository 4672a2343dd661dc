// Migrations of Godwit's own, loaded as every command loads them: their files are run, and nothing is opened.
import path from 'node:path'
import type { FolderOnDisk } from '../../../stage/folder.ts'

export async function withOwn(folder: FolderOnDisk, format: string | undefined): Promise<FolderOnDisk> {
  if (format !== undefined && format !== 'godwit') return folder
  const { ownIn } = await import('../../../stage/readers/godwit/reader.ts')
  const files = ownIn(folder)
  if (files.length === 0) return folder
  const { loadedFrom } = await import('../../migrations.ts')
  const found = new Map<string, Awaited<ReturnType<typeof loadedFrom>>>()
  for (const file of files) found.set(file, await loadedFrom(path.join(folder.root, file)))
  return { ...folder, loaded: (file) => found.get(file) }
}
