// Whether a file still says what ran elsewhere: its statements, whatever its comments and blanks.
import { type Manner, type Piece, split } from './split.ts'

const saidBy = (sql: string, pieces: readonly Piece[]): string[] => pieces.map((p) => sql.slice(p.from, p.to).replace(/\s+/g, ' '))

export const saysTheSame = (sql: string, applied: string, manner: Manner = {}): boolean =>
  sql === applied || editsIn(sql, applied, manner).length === 0

/** The first statement that is not as it was; where some are gone, the last that is left. */
export function editsIn(sql: string, applied: string | undefined, manner: Manner = {}): readonly Piece[] {
  if (applied === undefined) return []
  const pieces = split(sql, manner)
  const [now, before] = [saidBy(sql, pieces), saidBy(applied, split(applied, manner))]
  if (now.join(';') === before.join(';')) return []
  const first = now.findIndex((text, i) => text !== before[i])
  return [pieces.at(first) ?? { from: 0, to: 0 }]
}
