// Queries timed before a change and after it: slower than the migration allows, and the run stops with what has changed.
import { notMeasured, slower } from '../../errors/cutover.ts'
import { cannotPlan } from '../../errors/plan.ts'
import { milliseconds } from '../../events/duration.ts'
import { origin } from '../../expr/origin.ts'
import type { Hands, Plain } from '../hands.ts'
import type { Done, Step } from '../step.ts'
import { compared, type Percentile, type Terms } from './compare.ts'
import { type Measured, measure, type Runs } from './measure.ts'

/** The same question of the old shape and of the new one; a text is asked of both. */
export type Timed = string | { readonly before: string; readonly after: string }

export interface PerformanceGiven {
  /** Default 30. */
  readonly runs?: number
  /** Before them, not counted; default 3. */
  readonly warmUp?: number
  /** How much slower it may become: '20 %'. Exactly so much holds. */
  readonly regression: string
  /** By which percentile it is judged; default 95. */
  readonly percentile?: Percentile
  /** What takes no longer than this is fast enough, whatever it took before; default '1ms'. */
  readonly least?: string
}

/** `before` belongs into assess, or in front of the first change of cutover; `after` behind it. */
export interface Performance {
  readonly before: Step
  readonly after: Step
}

interface Timing {
  readonly title: string
  readonly at: string | undefined
  readonly queries: Readonly<Record<string, Timed>>
  readonly runs: Runs
  readonly terms: Terms
  readonly shownLimit: string
}

const kind = 'performance-before'

export function performance(title: string, queries: Readonly<Record<string, Timed>>, given: PerformanceGiven): Performance {
  const at = origin()
  const { runs = 30, warmUp = 3, regression, percentile = 95, least = '1ms' } = given
  const terms: Terms = { limit: percentOf(regression, title, at), percentile, leastMs: milliseconds(least, at) }
  const t: Timing = { title, at, queries, runs: { runs, warmUp }, terms, shownLimit: regression }
  const params = { queries, runs, warmUp, regression, percentile, least }
  const says = Object.keys(queries).map((name) => `times ${name}, ${runs} times`)
  return {
    before: { kind, title: `${title}: before`, at, params, doing: { says, gate: true, do: (hands) => before(t, hands) } },
    after: { kind: 'performance-after', title: `${title}: after`, at, params, doing: { says, gate: true, do: (hands) => after(t, hands) } },
  }
}

function percentOf(text: string, title: string, at: string | undefined): number {
  const found = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)
  if (found) return Number(found[1])
  throw cannotPlan({ what: title, why: `'${text}' is no part of a hundred`, hint: "Write it so: regression: '20 %'.", at })
}

const sqlOf = (timed: Timed, which: 'before' | 'after'): string => (typeof timed === 'string' ? timed : timed[which])

async function before(t: Timing, hands: Hands): Promise<Done> {
  const all = await measureAll(t, 'before', hands)
  await hands.memory.write(all as unknown as Plain)
  return { done: said(all, t.terms.percentile), detail: all as unknown as Plain }
}

async function after(t: Timing, hands: Hands): Promise<Done> {
  const { title, at } = t
  const kept = (await hands.memory.of(kind, `${title}: before`)) as unknown as Readonly<Record<string, Measured>> | undefined
  if (!kept) throw notMeasured({ title, why: 'Nothing was measured before the change.', at })
  const all = await measureAll(t, 'after', hands)
  const found = Object.entries(all).map(([name, is]) => compared(name, measuredBefore(name, kept, t), is, t.terms))
  const bad = found.filter((c) => c.slower)
  if (bad.length) throw slower({ title, found: bad.map((c) => c.says), limit: t.shownLimit, at })
  return { done: found.map((c) => c.says).join('; '), detail: all as unknown as Plain }
}

function measuredBefore(name: string, kept: Readonly<Record<string, Measured>>, { title, at }: Timing): Measured {
  const was = kept[name]
  if (was) return was
  throw notMeasured({ title, why: `"${name}" was not measured before the change.`, at })
}

async function measureAll(
  { title, at, queries, runs }: Timing,
  which: 'before' | 'after',
  hands: Hands,
): Promise<Record<string, Measured>> {
  const all: Record<string, Measured> = {}
  for (const [name, timed] of Object.entries(queries)) {
    hands.signal.throwIfAborted()
    hands.tell(`timing ${name}`)
    const found = await measure(sqlOf(timed, which), runs, hands.target)
    if (found.rows === 0)
      throw notMeasured({ title, why: `"${name}" gives no rows ${which} the change: how fast nothing is found says little.`, at })
    all[name] = found
  }
  if (!Object.keys(all).length) throw notMeasured({ title, why: 'It names no query.', at })
  return all
}

const said = (all: Readonly<Record<string, Measured>>, percentile: Percentile): string =>
  Object.entries(all)
    .map(([name, m]) => `${name} p${percentile} ${m[`p${percentile}`]} ms`)
    .join(', ')
