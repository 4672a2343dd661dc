// A pile read and judged: every migration with its verdict, in the order of the files.
import { ready } from '../lint/read.ts'
import type { Migration, Pile } from './types.ts'
import { Replay } from './verdict/replay.ts'
import { type Verdict, verdictOf } from './verdict/verdict.ts'

export interface Judged extends Verdict {
  readonly migration: Migration
  /** Objects that it makes and that a later one takes away again. */
  readonly doomed: readonly string[]
}

export interface Analysis {
  readonly pile: Pile
  readonly judged: readonly Judged[]
}

export async function analyse(pile: Pile): Promise<Analysis> {
  await ready()
  const ids = new Set(pile.migrations.map((m) => m.id))
  // where the first one comes after something that is not here, there is more in the database than is told
  const replay = new Replay(pile.migrations.every((m) => m.parents.every((p) => ids.has(p))) && pile.whole !== false)
  const verdicts = pile.migrations.map((migration) => ({ migration, verdict: verdictOf(migration, replay.judge(migration)) }))
  const drops = lastDrops(verdicts.map((v) => v.verdict))
  const firstWith = new Map<string, string>()
  const judged = verdicts.map(({ migration, verdict }, i) => {
    const doomed = doomedIn(verdict, i, drops)
    const work = workOf(migration)
    const twin = work && firstWith.get(work)
    if (!twin) firstWith.set(work, migration.id)
    const more = [
      ...(doomed.length ? [`made here and taken away later: ${doomed.join(', ')}`] : []),
      ...(twin ? [`it does what ${twin} does already`] : []),
    ]
    return { migration, ...verdict, reasons: [...verdict.reasons, ...more], doomed }
  })
  return { pile, judged }
}

const touchedIn = (verdict: Verdict, use: string): string[] =>
  verdict.operations.flatMap((o) => o.touched.filter((t) => t.use === use).map((t) => t.object))

/** Where each object is last taken away. */
function lastDrops(verdicts: readonly Verdict[]): ReadonlyMap<string, number> {
  return new Map(verdicts.flatMap((v, i) => touchedIn(v, 'drops').map((o) => [o, i] as const)))
}

const doomedIn = (verdict: Verdict, place: number, drops: ReadonlyMap<string, number>): string[] => [
  ...new Set(touchedIn(verdict, 'makes').filter((o) => (drops.get(o) ?? -1) > place && /^(table|column|type):/.test(o))),
]

/** Nothing where a part of it is not known: two that call code, or put a text together, need not do the same. */
const workOf = ({ up }: Migration): string =>
  up.every((o) => o.sql !== undefined && !o.holes) ? up.map((o) => o.sql!.replace(/\s+/g, ' ').trim()).join(';') : ''
