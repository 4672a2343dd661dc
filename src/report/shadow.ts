// Pairs and measures of a run, by the step that made them: what the terminal and the page are drawn from.
import type { Session } from '../databases/database.ts'
import { noRun } from '../errors/run.ts'
import { noPairs } from '../errors/shadow.ts'
import { liveRun } from '../ledger/runs.ts'
import { historiesOf } from '../ledger/shadow.ts'
import type { Plan } from '../plan/plan.ts'
import type { Measure } from '../shadow/measure.ts'
import type { Pair } from '../shadow/pair.ts'

export interface PairHistory {
  readonly step: string
  readonly title: string
  readonly says: readonly string[]
  readonly pairs: readonly Pair[]
  /** Those at the end that hold, under the same terms. */
  readonly held: number
}
export interface MeasureHistory {
  readonly step: string
  readonly title: string
  readonly says: readonly string[]
  readonly measures: readonly Measure[]
}
export interface Shadows {
  readonly migration: string
  readonly run: string
  readonly plan: string
  readonly state: string
  readonly compared: readonly PairHistory[]
  readonly watched: readonly MeasureHistory[]
}

export async function gatherShadows(session: Session, plan: Plan): Promise<Shadows> {
  if (!plan.steps.some((s) => s.doing?.keeps)) throw noPairs({ migration: plan.migration })
  const there = await liveRun(session, plan.migration)
  if (!there) throw noRun({ migration: plan.migration })
  const lines = await historiesOf(session, there.id)
  const of = (what: 'pairs' | 'measures') =>
    plan.steps.flatMap(({ id: step, title, doing }) =>
      doing?.keeps === what ? [{ step, title, says: doing.says, lines: (lines.get(step) ?? []) as unknown }] : [],
    )
  return {
    migration: plan.migration,
    run: `r${there.id}`,
    plan: there.plan,
    state: there.state,
    compared: of('pairs').map(({ lines: all, ...about }) => ({ ...about, pairs: all as Pair[], held: heldAtTheEnd(all as Pair[]) })),
    watched: of('measures').map(({ lines: all, ...about }) => ({ ...about, measures: all as Measure[] })),
  }
}

function heldAtTheEnd(pairs: readonly Pair[]): number {
  const terms = pairs.at(-1)?.terms
  return pairs.length - 1 - pairs.findLastIndex((p) => p.verdict !== 'passed' || p.terms !== terms)
}

/** One thing that is told time and again: a value, or a rule. */
export interface Strand {
  readonly name: string
  readonly limit: string
  /** In parts of what is allowed; undefined where it could not be told. */
  readonly shares: readonly (number | undefined)[]
  readonly verdicts: readonly string[]
  readonly last: string
}

export function strandsOfPairs(pairs: readonly Pair[]): Strand[] {
  const names = [...new Set(pairs.flatMap((p) => p.values.map((v) => v.name)))]
  return names.map((name) => {
    const all = pairs.map((p) => p.values.find((v) => v.name === name))
    const last = all.findLast((v) => v !== undefined)!
    return {
      name,
      limit: last.limit,
      shares: all.map((v) => shareOf(v?.share)),
      verdicts: all.map((v) => v?.verdict ?? 'not verified'),
      last: `${last.old ?? '–'} → ${last.new ?? '–'}${last.off ? `, apart ${last.off}` : ''}`,
    }
  })
}

export function strandsOfMeasures(measures: readonly Measure[]): Strand[] {
  const names = [...new Set(measures.flatMap((m) => m.rules.map((r) => r.rule)))]
  return names.map((name) => {
    const all = measures.map((m) => m.rules.find((r) => r.rule === name))
    const last = all.findLast((r) => r !== undefined)!
    return {
      name,
      limit: '',
      shares: all.map((r) => shareOf(r?.share)),
      verdicts: all.map((r) => r?.verdict ?? 'not verified'),
      last: last.says,
    }
  })
}

const shareOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
