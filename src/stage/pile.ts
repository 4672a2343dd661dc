// A folder, read by the reader that knows its files.
import { stageFormat } from '../errors/stage.ts'
import { readers } from './readers/index.ts'
import type { Folder, Pile } from './types.ts'

export const formats: readonly string[] = readers.map((r) => r.format)

/** Migrations that ship as they are, whatever they do. */
export const neverCut = ({ uncut, migrations }: Pile): ReadonlySet<string> => new Set(uncut ? migrations.map((m) => m.id) : [])

export function readPile(folder: Folder, format: string | undefined): Pile {
  const reader = readers.find((r) => (format === undefined ? r.knows(folder) : r.format === format))
  const pile = reader?.read(folder)
  if (!pile || pile.migrations.length === 0) throw stageFormat({ folder: folder.at || '.', formats })
  return pile
}
