// The same rows in forms that other programs read, out of the very copy that was held against the snapshot.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportForm, KeptFile, Place } from '../databases/backup.ts'
import { sinkIn } from './files.ts'
import type { Backup } from './folder.ts'

export const exportedBeside =
  (form: ExportForm, signal: AbortSignal) =>
  async (place: Place, { folder, manifest }: Backup): Promise<readonly KeptFile[]> => {
    const files: KeptFile[] = []
    const sink = sinkIn(folder, files, { tell: () => {}, signal })
    await mkdir(join(folder, form), { recursive: true, mode: 0o700 })
    for (const [n, table] of manifest.tables.entries())
      await sink.made(`${form}/${fileName(table.id, n)}.${form}`, (path) => place.exported!(table.id, form, path))
    return files
  }

/** For people; what no file may be called is told apart by a number. */
const fileName = (table: string, n: number): string => (/^[\w.-]+$/.test(table) ? table : `${table.replaceAll(/[^\w.-]/g, '_')}-${n + 1}`)
