// A gate for what must stay true: a check asked time and again, which has to hold for a while without a gap.
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import { plural } from '../text.ts'
import type { Hands, Plain } from './hands.ts'
import type { Done, Step, Waiting } from './step.ts'
import { moment, span } from './times.ts'

interface Terms {
  readonly check: Step
  readonly forMs: number
  readonly everyMs: number
  readonly misses: number
}

/** `for`: how long it must hold. `every`: how often it is asked. `misses`: how many times it may say no in that time; one more, and the clock starts anew. */
export function hold(check: Step, options: { readonly for: string; readonly every: string; readonly misses?: number }): Step {
  const at = origin()
  const { misses = 0 } = options
  const terms: Terms = { check, forMs: milliseconds(options.for, at), everyMs: milliseconds(options.every, at), misses }
  const why = whyUseless(terms)
  if (why)
    throw cannotPlan({ what: `hold: ${check.title}`, why, hint: "For instance: hold(none(…), { for: '7 days', every: '1 hour' })", at })
  const { kind, title, params } = check
  return {
    kind: 'hold',
    title: `hold ${options.for}: ${title}`,
    at,
    params: { check: [kind, title, params], forMs: terms.forMs, everyMs: terms.everyMs, misses },
    ...(check.reads ? { reads: check.reads } : {}),
    doing: { says: [saysOf(terms)], gate: true, do: (hands) => look(hands, terms) },
  }
}

function whyUseless({ check, forMs, everyMs, misses }: Terms): string | undefined {
  if (!check.ask) return 'it is no check that can be asked by itself'
  if (everyMs === 0 || forMs < everyMs) return 'it must be asked at least twice: `for` is no shorter than `every`, and `every` not nothing'
  return Number.isSafeInteger(misses) && misses >= 0 ? undefined : `misses is a whole number, and not ${misses}`
}

const saysOf = ({ forMs, everyMs, misses }: Terms): string =>
  `asked every ${span(everyMs)}, must hold for ${span(forMs)}${misses ? ` with at most ${plural(misses, 'miss', 'misses')}` : ''}; a gap of more than ${span(2 * everyMs)} starts the clock anew`

/** What is kept between two looks. */
interface Kept {
  readonly plan: string
  /** When the check was last asked. */
  readonly last: number
  /** Since when it holds: the first look that passed. */
  readonly from: number | null
  readonly looks: number
  readonly misses: number
  /** How often the clock was started anew, and why the last time. */
  readonly anew: number
  readonly why: string | null
  /** It has held for long enough: whoever was killed before that was noted asks again. */
  readonly held: boolean
}

async function look(hands: Hands, terms: Terms): Promise<Done | Waiting> {
  const now = hands.clock.now()
  const kept = (await hands.memory.read()) as unknown as Kept | undefined
  // what held under another plan held of other rows
  const before = kept?.plan === hands.plan ? kept : undefined
  if (before?.held) return done(before, terms)
  if (before && now < before.last) return clockBack(now, before)
  const due = before ? dueAfter(before, terms) : now
  if (before && now < due) return waiting(before, terms, now, due)
  const miss = await missOf(hands, terms.check)
  const seen = looked(before, terms, { plan: hands.plan, now, miss })
  // it is the last look that opens, so that one has to have passed
  const after = { ...seen, held: miss === null && now - seen.from! >= terms.forMs }
  await hands.memory.write(after as unknown as Plain)
  if (after.held) return done(after, terms)
  return waiting(after, terms, now, dueAfter(after, terms))
}

/** Null where it passed. */
async function missOf(hands: Hands, check: Step): Promise<string | null> {
  const { verdict, wrong, examined } = await hands.check(check)
  if (verdict === 'passed') return null
  return verdict === 'failed' ? `${wrong} wrong of ${examined}` : 'not verified: nothing was compared'
}

/** The last look falls on the end, also where that is no whole number of steps away. */
const dueAfter = ({ last, from }: Kept, { everyMs, forMs }: Terms): number =>
  Math.min(last + everyMs, from === null || last >= from + forMs ? Infinity : from + forMs)

interface Look {
  readonly plan: string
  readonly now: number
  readonly miss: string | null
}

function looked(before: Kept | undefined, terms: Terms, { plan, now, miss }: Look): Kept {
  const fresh: Kept = { plan, last: now, from: null, looks: 0, misses: 0, anew: before?.anew ?? 0, why: before?.why ?? null, held: false }
  const gap = before && before.from !== null && now - before.last > 2 * terms.everyMs
  const stretch = gap ? anew(fresh, `nobody looked from ${moment(before.last)} to ${moment(now)}`) : { ...(before ?? fresh), last: now }
  if (miss === null) return { ...stretch, from: stretch.from ?? now, looks: stretch.looks + 1 }
  if (stretch.from === null) return { ...stretch, why: `${moment(now)} ${miss}` }
  const missed = { ...stretch, looks: stretch.looks + 1, misses: stretch.misses + 1 }
  return missed.misses > terms.misses ? anew({ ...fresh, anew: missed.anew }, `${moment(now)} ${miss}`) : missed
}

const anew = (fresh: Kept, why: string): Kept => ({ ...fresh, anew: fresh.anew + 1, why })

const clockBack = (now: number, { last }: Kept): Waiting => ({
  waits: `the clock of this machine has gone back: it is ${moment(now)} by it, and the check was asked ${moment(last)}`,
  next: ['mend the clock; nothing is counted before'],
})

function done({ from, last, looks, misses, anew: times }: Kept, { check, forMs }: Terms): Done {
  return {
    done: `${check.title} has held for ${span(forMs)}: ${plural(looks, 'look')}, ${plural(misses, 'miss', 'misses')}`,
    detail: { from, to: last, looks, misses, anew: times },
  }
}

function waiting({ from, looks, misses, anew: times, why }: Kept, { check, forMs, everyMs }: Terms, now: number, due: number): Waiting {
  const held =
    from === null
      ? 'does not hold yet'
      : `has held for ${span(now - from)} of ${span(forMs)} (${plural(looks, 'look')}, ${plural(misses, 'miss', 'misses')})`
  const again = times ? `; the clock was started anew ${plural(times, 'time')}` : ''
  return {
    waits: `${check.title} ${held}${again}${why === null ? '' : `, last: ${why}`}`,
    next: [`godwit run, every ${span(everyMs)}`],
    until: due,
  }
}
