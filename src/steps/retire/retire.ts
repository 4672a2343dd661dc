// Tables or columns of the old shape, put out of sight: whoever still needs them says so now, and has them back by an undo. Only `godwit purge` drops them.
import { purgedAlready, retireRefused } from '../../errors/cutover.ts'
import { undoRefused } from '../../errors/run.ts'
import { milliseconds } from '../../events/duration.ts'
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import { count, list } from '../../text.ts'
import type { Hands, Plain } from '../hands.ts'
import type { Done, Step } from '../step.ts'
import type { LookedFor, Retired } from './engine.ts'
import { shelfOf, shown } from './shelf.ts'

export interface KeptFor {
  /** How long it stays before `godwit purge` may drop it; default '7 days'. */
  readonly keep?: string
}

/** What the step keeps of itself. */
export interface Kept {
  readonly at: number
  readonly retired: readonly Retired[]
}

export const retire = (tables: readonly (Table | string)[], { keep = '7 days' }: KeptFor = {}): Step =>
  retiring(
    tables.map((t) => ({ table: idOf(t) })),
    keep,
    origin(),
  )

export const retireColumns = (table: Table | string, columns: readonly string[], { keep = '7 days' }: KeptFor = {}): Step =>
  retiring(
    columns.map((column) => ({ table: idOf(table), column })),
    keep,
    origin(),
  )

const idOf = (t: Table | string): string => (typeof t === 'string' ? t : t.id)

function retiring(all: readonly LookedFor[], keep: string, at: string | undefined): Step {
  const keepMs = milliseconds(keep)
  return {
    kind: 'retire',
    title: `retire ${list(all.map(shown))}`,
    at,
    params: { retired: all as unknown as Plain, keep },
    doing: {
      says: [
        `puts ${list(all.map(shown))} out of sight, if nobody needs ${all.length === 1 ? 'it' : 'them'}`,
        `kept for ${keep}; an undo brings back what is kept`,
      ],
      do: (hands) => putAway(all, at, hands),
      undo: bringBack,
      purge: { keepMs, drop },
    },
  }
}

async function putAway(all: readonly LookedFor[], at: string | undefined, hands: Hands): Promise<Done> {
  const shelf = shelfOf(hands.target.engine)
  const waiting: LookedFor[] = []
  for (const what of all) {
    const { inSight, away } = await shelf.find(what, hands.target)
    if (inSight && away)
      throw retireRefused({ what: shown(what), reasons: ['another one is retired already under the name that it would get'], at })
    if (!inSight && !away) throw retireRefused({ what: shown(what), reasons: ['it is not there'], at })
    if (inSight) waiting.push(what)
  }
  await refuseNeeded(waiting, all, at, hands)
  const kept = await remembered(waiting, hands)
  if (waiting.length) await hands.target.change(shelf.putAway(kept.retired.filter((r) => waiting.some((w) => shown(w) === shown(r)))))
  return {
    done: kept.retired.map((r) => `${shown(r)} with ${count(Number(r.rows))} rows`).join(', '),
    detail: kept as unknown as Plain,
  }
}

async function refuseNeeded(waiting: readonly LookedFor[], all: readonly LookedFor[], at: string | undefined, hands: Hands): Promise<void> {
  const shelf = shelfOf(hands.target.engine)
  for (const what of waiting) {
    const reasons = await shelf.needing(what, all, hands.target)
    if (reasons.length) throw retireRefused({ what: shown(what), reasons, at })
  }
}

/** Written down before anything is moved; what an earlier process wrote down stays. */
async function remembered(waiting: readonly LookedFor[], hands: Hands): Promise<Kept> {
  const before = (await hands.memory.read()) as unknown as Kept | undefined
  const shelf = shelfOf(hands.target.engine)
  const measured: Retired[] = []
  for (const what of waiting) measured.push(await shelf.measure(what, hands.target))
  const earlier = (before?.retired ?? []).filter((r) => !measured.some((m) => shown(m) === shown(r)))
  const kept: Kept = { at: before?.at ?? hands.clock.now(), retired: [...earlier, ...measured] }
  if (measured.length || !before) await hands.memory.write(kept as unknown as Plain)
  return kept
}

async function bringBack(hands: Hands): Promise<void> {
  const kept = (await hands.memory.read()) as unknown as Kept | undefined
  if (!kept) return
  const shelf = shelfOf(hands.target.engine)
  const away: Retired[] = []
  for (const what of kept.retired) {
    const found = await shelf.find(what, hands.target)
    if (found.away && found.inSight) throw taken(what)
    if (!found.away && !found.inSight) throw purgedAlready({ what: [shown(what)] })
    const hindering = found.away ? await shelf.hindering(what, hands.target) : undefined
    if (hindering)
      throw undoRefused({ reasons: [hindering], hint: 'Give these rows a value (the column is retired, not gone), then undo again.' })
    if (found.away) away.push(what)
  }
  if (away.length) await hands.target.change(shelf.bringBack(away))
  await tidy(hands)
}

const taken = (what: Retired) =>
  undoRefused({
    reasons: [`${shown(what)} is retired, and something else stands under its name now`],
    hint: 'Look at what stands there. When it is renamed or gone, undo again.',
  })

async function drop(hands: Hands): Promise<void> {
  const kept = (await hands.memory.read()) as unknown as Kept
  const shelf = shelfOf(hands.target.engine)
  const away: Retired[] = []
  for (const what of kept.retired) if ((await shelf.find(what, hands.target)).away) away.push(what)
  if (away.length) await hands.target.change(shelf.drop(away))
  await tidy(hands)
}

async function tidy(hands: Hands): Promise<void> {
  const statements = await shelfOf(hands.target.engine).tidy(hands.target)
  if (statements.length) await hands.target.change(statements)
}
