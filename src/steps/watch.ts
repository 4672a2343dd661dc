// After the cutover: the new way is measured for some hours, and the cutover is taken back by rule; after them somebody is called.
import { createHash } from 'node:crypto'
import { cannotPlan } from '../errors/plan.ts'
import { incident, watchSawNothing } from '../errors/shadow.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import { type Measure, measured, type Seen, unseen, type Window, watchedMs } from '../shadow/measure.ts'
import type { Texts } from '../shadow/output.ts'
import { rulesOf, type WatchRules } from '../shadow/rules/kinds.ts'
import type { WatchRule } from '../shadow/rules/rule.ts'
import { filling } from './filled.ts'
import type { Hands, Plain } from './hands.ts'
import { begun, kept } from './sides/kept.ts'
import { type SideGiven, sideOf } from './sides/kinds.ts'
import { isNotYet, type Side } from './sides/side.ts'
import type { Done, RollBack, Step, Waiting } from './step.ts'
import { span } from './times.ts'

export interface Watch {
  readonly title: string
  /** So long it is watched, and the cutover taken back where a rule is broken. */
  readonly for: string
  readonly every: string
  readonly measure: SideGiven
  /** What the measures are held against; left out, the first one that succeeds. */
  readonly against?: SideGiven
  /** Values that a measure must have to count as a success. */
  readonly success?: Texts
  readonly rules: WatchRules
}

interface Watching extends Window {
  readonly title: string
  readonly at: string | undefined
  readonly terms: string
  readonly window: string
  readonly measure: Side
  readonly against: Side | undefined
  readonly success: Texts
  readonly rules: readonly WatchRule[]
}

export function watch(given: Watch): Step {
  const at = origin()
  const { title, every, success = {}, rules } = given
  const measure = sideOf(given.measure, title, at)
  const against = given.against && sideOf(given.against, title, at)
  const params = { for: given.for, every, measure: measure.params, against: against?.params ?? null, success, rules: rules as Plain }
  const watching: Watching = {
    title,
    at,
    window: given.for,
    forMs: milliseconds(given.for, at),
    everyMs: milliseconds(every, at),
    terms: createHash('sha256').update(JSON.stringify(params)).digest('hex').slice(0, 12),
    measure,
    against,
    success,
    rules: rulesOf(rules, at),
  }
  refuseUseless(watching)
  return {
    kind: 'watch',
    title,
    at,
    params,
    doing: { says: saysOf(given, watching), gate: true, keeps: 'measures', do: (hands) => look(hands, watching) },
  }
}

function refuseUseless({ title, at, measure, against, rules, forMs, everyMs }: Watching): void {
  const vacuous = [measure, against].find((side) => side?.vacuous !== undefined)?.vacuous
  const why =
    vacuous ??
    (rules.length ? undefined : 'it has no rule') ??
    (everyMs > 0 && everyMs <= forMs ? undefined : 'its measures lie further apart than it lasts') ??
    (measure.by === against?.by ? 'what is measured would be held against itself' : undefined)
  if (why !== undefined)
    throw cannotPlan({ what: title, why, hint: "watch({ for: '24 hours', every: '1 hour', measure: …, rules: { failures: 2 } })", at })
}

const saysOf = ({ for: window, every }: Watch, { measure, against, rules }: Watching): string[] => [
  `watches ${window}, every ${every}: ${measure.says}${against ? ` against ${against.says}` : ''}`,
  ...rules.map((rule) => `takes the cutover back on ${rule.says}`),
  `after ${window} it calls somebody instead`,
]

async function look(hands: Hands, watching: Watching): Promise<Done | Waiting | RollBack> {
  const { since, at: began } = await begun(hands)
  const before = (await hands.history.read()).slice(since) as unknown as Measure[]
  const last = before.at(-1)
  // whoever was killed while the cutover was taken back goes on with that
  if (last && !last.held && last.early) return goBack(last, watching)
  if (last?.held && isOver(before, watching)) return done(before, watching)
  const due = last?.held ? last.at + watching.everyMs : 0
  if (hands.clock.now() < due) return waiting(before, due, watching)
  const now = await measureNow(hands, watching, began, before)
  await hands.history.add(now as unknown as Plain)
  return cameOf([...before, now], watching)
}

function cameOf(measures: readonly Measure[], watching: Watching): Done | Waiting | RollBack {
  const last = measures.at(-1)!
  if (!last.held && last.early) return goBack(last, watching)
  if (!last.held) throw incident({ title: watching.title, why: broken(last), window: watching.window, at: watching.at })
  if (isOver(measures, watching)) return done(measures, watching)
  const blind = watchedMs(measures, watching) >= watching.forMs ? unseen(measures, watching.rules) : []
  if (blind.length) throw watchSawNothing({ title: watching.title, measures: measures.length, rules: blind, at: watching.at })
  return waiting(measures, last.at + watching.everyMs, watching)
}

const isOver = (measures: readonly Measure[], watching: Watching): boolean =>
  watchedMs(measures, watching) >= watching.forMs && !unseen(measures, watching.rules).length

const broken = ({ rules }: Measure): string[] => rules.filter((r) => r.verdict === 'failed').map((r) => `${r.rule}: ${r.says}`)

const goBack = (last: Measure, { title }: Watching): RollBack => ({
  rollBack: `${title}, ${span(last.elapsed)} after it began: ${broken(last).join('; ')}`,
})

const waiting = (measures: readonly Measure[], due: number, watching: Watching): Waiting => {
  const failed = measures.at(-1)!.state === 'failed' ? `the last measure failed (${measures.at(-1)!.why}), ` : ''
  return {
    waits: `${watching.title}: ${failed}${watchedMs(measures, watching) ? span(watchedMs(measures, watching)) : 'nothing'} of ${watching.window} watched, all rules hold`,
    next: ['godwit run makes the measure that is due', 'godwit shadow shows those that were made'],
    until: due,
  }
}

function done(measures: readonly Measure[], watching: Watching): Done {
  const failed = measures.filter((m) => m.state === 'failed').length
  return {
    done: `${watching.title}: watched for ${watching.window}, ${measures.length} measures, ${failed} of them failed, all rules hold`,
    detail: { measures: measures.length, failed, terms: watching.terms },
  }
}

async function measureNow(hands: Hands, watching: Watching, began: number, before: readonly Measure[]): Promise<Measure> {
  const at = hands.clock.now()
  const of = filling(hands, watching.title)
  const asked = { hands, n: before.length + 1, at, input: undefined, told: {}, used: new Set<string>(), filling: of }
  const seen = async (side: Side) => {
    const ran = await side.run(asked)
    return isNotYet(ran) ? { values: undefined, ms: 0, failed: ran.notYet } : { values: ran.output?.values, ms: ran.ms, failed: ran.failed }
  }
  const other = watching.against && (await seen(watching.against))
  const now: Seen = {
    ...(await seen(watching.measure)),
    against: other?.values ? { values: other.values, ms: Math.round(other.ms) } : null,
  }
  const elapsed = at - began
  const about = { at, terms: watching.terms, elapsed, early: elapsed <= watching.forMs }
  return kept(measured(now, watching.rules, watching.success, about, before, watching.against !== undefined), of)
}
