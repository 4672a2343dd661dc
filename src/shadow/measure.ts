// After the cutover: what the new way does hour by hour, and what the rules say of it.
import type { Texts } from './output.ts'
import type { Measured, RuleSaid, WatchRule } from './rules/rule.ts'

/** A measure as the ledger keeps it. */
export interface Measure extends Measured {
  readonly kind: 'measure'
  readonly at: number
  readonly terms: string
  /** Since the watch began. */
  readonly elapsed: number
  /** Within the hours in which the cutover is taken back by itself. */
  readonly early: boolean
  readonly why: string | null
  readonly rules: readonly RuleSaid[]
  readonly held: boolean
}

export interface Window {
  readonly forMs: number
  readonly everyMs: number
}

/** The new way as it ran: its values, or why there are none. */
export interface Seen {
  readonly values: Texts | undefined
  readonly ms: number
  readonly failed?: string | undefined
  readonly against: Measured['against']
}

export function measured(
  seen: Seen,
  rules: readonly WatchRule[],
  success: Texts,
  about: Pick<Measure, 'at' | 'terms' | 'elapsed' | 'early'>,
  before: readonly Measure[],
  /** Something else is named to hold it against, whether or not it answered. */
  named: boolean,
): Measure {
  const why = whyFailed(seen, rules, success)
  const now: Measured = {
    state: why === undefined ? 'succeeded' : 'failed',
    values: seen.values ?? {},
    ms: Math.round(seen.ms),
    against: named ? seen.against : firstOf(before, why === undefined ? seen : undefined),
  }
  const said = rules.flatMap((rule) => rule.judge([...before, now]))
  return { kind: 'measure', ...about, ...now, why: why ?? null, rules: said, held: said.every((s) => s.verdict !== 'failed') }
}

/** Where nothing else is named, the first success after the cutover is what the others are held against. */
function firstOf(before: readonly Measure[], seen: Seen | undefined): Measured['against'] {
  const first = before.find((m) => m.state === 'succeeded') ?? (seen?.values && { values: seen.values, ms: seen.ms })
  return first ? { values: first.values, ms: Math.round(first.ms) } : null
}

function whyFailed({ values, failed }: Seen, rules: readonly WatchRule[], success: Texts): string | undefined {
  if (!values) return failed ?? 'it gave nothing'
  const other = Object.entries(success).find(([name, wanted]) => (values[name] ?? null) !== wanted)
  if (other) return `its ${other[0]} is ${values[other[0]] ?? 'nothing'}, and not ${other[1]}`
  return rules.map((rule) => rule.spoils?.(values)).find((why) => why !== undefined)
}

/** Time that nobody has looked at is not time that was watched. */
export const watchedMs = (measures: readonly Measure[], { everyMs }: Window): number =>
  measures.reduce((sum, m, i) => sum + (i === 0 ? 0 : Math.min(m.at - measures[i - 1]!.at, everyMs)), 0)

/** Rules that have never been seen to hold. */
export const unseen = (measures: readonly Measure[], rules: readonly WatchRule[]): string[] =>
  rules.filter((rule) => !measures.some((m) => holds(m, rule))).map((rule) => rule.name)

function holds({ state, rules }: Measure, { name }: WatchRule): boolean {
  const own = rules.filter((s) => s.rule === name || s.rule.startsWith(`${name} of `))
  return state === 'succeeded' && own.length > 0 && own.every((s) => s.verdict === 'passed')
}
