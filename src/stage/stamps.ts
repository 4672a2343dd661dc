// Databases that have run the originals: what the staged pile would do to them, and what is to be said to them first. Nothing is guessed.
import { ancestors } from './graph.ts'
import type { Staging } from './staging.ts'

export interface Stamp {
  /** The original at which a database stands. */
  readonly at: string
  /** The staged one that says the same: what it has, and nothing else. */
  readonly stamp: string | undefined
  /** Staged ones that it has not, and that would be passed over. */
  readonly skipped: readonly string[]
  /** Staged ones whose work it has already, and that would be run again. */
  readonly again: readonly string[]
}

/** Of every original that a database may stand at, where it is not all the same. */
export function stampsOf({ format, original, migrations }: Staging): Stamp[] {
  if (migrations.every((m, i) => m.change === 'none' && m.judged === original[i])) return []
  const before = ancestors(original)
  return original.map(({ migration: { id } }) => {
    const has = new Set([...(before.get(id) ?? []), id])
    const had = migrations.map((m) => has.has(m.judged.migration.id))
    const many = had.filter(Boolean).length
    const stamp = had.slice(0, many).every(Boolean) ? migrations[many - 1]?.id : undefined
    return { at: id, stamp, ...unstamped(format, id, migrations, had) }
  })
}

/** What the tool does where nobody tells it: one that counts from where it stands goes on from there, one that knows names runs those that it does not know. */
function unstamped(
  format: string,
  id: string,
  migrations: Staging['migrations'],
  had: readonly boolean[],
): Pick<Stamp, 'skipped' | 'again'> {
  const ids = (wanted: (i: number) => boolean) => migrations.flatMap((m, i) => (wanted(i) ? [m.id] : []))
  if (format !== 'alembic')
    return { skipped: [], again: ids((i) => had[i]! && (migrations[i]!.change === 'part' || migrations[i]!.change === 'name')) }
  const stands = migrations.findIndex((m) => m.id === id)
  return { skipped: ids((i) => i <= stands && !had[i]), again: ids((i) => i > stands && had[i]! && stands >= 0) }
}
