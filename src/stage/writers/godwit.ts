// Godwit's own: whole, and as they are. What comes after what is said by the migrations themselves.
import { inItsOwnPhases } from '../readers/godwit/reader.ts'
import type { StagedMigration, Writer } from './writer.ts'

export const godwitWriter: Writer = {
  format: 'godwit',
  cut: () => ({ why: inItsOwnPhases }),
  write: (pieces, before, _pile, folder) => {
    let parent = before.at(-1)?.id
    return pieces.map((piece): StagedMigration => {
      const { id, file } = piece.judged.migration
      const staged = { ...piece, id, files: [{ file, text: folder.text(file) ?? '' }], gone: [], parent, change: 'none' } as const
      parent = id
      return staged
    })
  },
}
