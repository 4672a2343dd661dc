// The old way and the new way side by side, pair after pair: a gate that opens when enough of them in a row hold.
import { createHash } from 'node:crypto'
import { cannotPlan } from '../errors/plan.ts'
import { pairSaidNo, stretchSaidNo } from '../errors/shadow.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import { decimal } from '../shadow/decimal.ts'
import { type Checked, comparePair, type Pair, type PairTerms, type Ran } from '../shadow/pair.ts'
import type { RowTerms } from '../shadow/rows.ts'
import { alikeToTheLetter, type Needed, standing, stillValues, trapIn } from '../shadow/stretch.ts'
import { limitOf, type Rule } from '../shadow/tolerance.ts'
import { filling } from './filled.ts'
import type { Hands, Plain } from './hands.ts'
import { type Input, type InputGiven, inputOf } from './sides/input.ts'
import { begun, kept } from './sides/kept.ts'
import { type SideGiven, sideOf } from './sides/kinds.ts'
import { type Asked, isNotYet, type NotYet, type Side } from './sides/side.ts'
import type { Done, Step, Waiting } from './step.ts'
import { moment } from './times.ts'

type Rules = Readonly<Record<string, Rule>>

export interface Shadow {
  readonly title: string
  readonly old: SideGiven
  readonly new: SideGiven
  readonly input: InputGiven
  /** Named values, and how far each may lie apart. */
  readonly compare?: Rules
  /** Rows by their key; from sides of their own, or from what `old` and `new` give besides. */
  readonly rows?: {
    readonly key: readonly string[]
    readonly compare?: Rules
    /** The part of the old keys that must be there; default '100 %'. */
    readonly coverage?: string
    readonly old?: SideGiven
    readonly new?: SideGiven
  }
  /** Checks that must hold with every pair: values may agree while the data do not. */
  readonly hold?: readonly Step[]
  /** Names of the old side that may go, with the reason. */
  readonly ignore?: Readonly<Record<string, string>>
  /** Where each side tells who made it: the same on both sides, and one is a copy. */
  readonly maker?: string
  /** How many in a row must hold. */
  readonly pairs: number
  readonly every: string
  /** Why the input may be the same in all pairs; without it that proves nothing. */
  readonly sameInput?: string
}

interface Gate {
  readonly title: string
  readonly at: string | undefined
  readonly input: Input
  readonly old: Side
  readonly new: Side
  readonly rows: { readonly old: Side; readonly new: Side } | undefined
  readonly maker: string | undefined
  readonly hold: readonly Step[]
  readonly terms: PairTerms
  readonly needed: Needed
}

export function shadow(given: Shadow): Step {
  const at = origin()
  const { title } = given
  const gate = gateOf(given, at)
  const params = paramsOf(given, gate)
  const needed = { ...gate.needed, terms: digest(params) }
  return {
    kind: 'shadow',
    title,
    at,
    params,
    reads: gate.hold.flatMap((step) => step.reads ?? []),
    doing: { says: saysOf(given, gate), gate: true, keeps: 'pairs', do: (hands) => ask(hands, { ...gate, needed }) },
  }
}

const digest = (params: Plain): string => createHash('sha256').update(JSON.stringify(params)).digest('hex').slice(0, 12)

// ── what was agreed ──────────────────────────────────────────────────────────────────────────

function gateOf(given: Shadow, at: string | undefined): Gate {
  const { title, rows, hold = [], pairs, every, sameInput, maker } = given
  const side = (of: SideGiven) => sideOf(of, title, at)
  const gate = {
    title,
    at,
    input: inputOf(given.input),
    old: side(given.old),
    new: side(given.new),
    rows: rows?.old && rows.new ? { old: side(rows.old), new: side(rows.new) } : undefined,
    maker,
    hold,
    terms: { values: limitsOf(given.compare, at), rows: rowTerms(rows, title, at), ignore: given.ignore ?? {} },
    needed: { pairs, everyMs: milliseconds(every, at), terms: '', sameInput },
  }
  const why = whyUseless(given, gate)
  if (why) throw cannotPlan({ what: title, why, hint: 'A comparison that cannot fail proves nothing: mend it before it is trusted.', at })
  return gate
}

const limitsOf = (rules: Rules = {}, at: string | undefined) =>
  new Map(Object.entries(rules).map(([name, rule]) => [name, limitOf(rule, name, at)]))

function rowTerms(rows: Shadow['rows'], title: string, at: string | undefined): RowTerms | undefined {
  if (!rows) return undefined
  const { key, compare, coverage = '100 %' } = rows
  const percent = decimal(coverage.replace(/\s*%\s*$/, ''))
  if (!percent || !coverage.includes('%') || !key.length)
    throw cannotPlan({
      what: title,
      why: 'rows need a key, and a coverage in percent',
      hint: "rows: { key: ['id'], coverage: '99.5 %' }",
      at,
    })
  return { key, limits: limitsOf(compare, at), coverage: { digits: percent.digits, scale: percent.scale + 2 } }
}

function whyUseless({ rows, pairs, ignore = {}, sameInput }: Shadow, gate: Gate): string | undefined {
  const { old, new: now, terms, rows: own } = gate
  if (!terms.values.size && !terms.rows) return 'it compares nothing: neither values (compare) nor rows'
  if (!Number.isSafeInteger(pairs) || pairs < 2) return `${pairs} pairs cannot tell an answer from a constant; at least 2 are needed`
  if (Boolean(rows?.old) !== Boolean(rows?.new)) return 'its rows have one side of their own, and need both or none'
  if (old.by === now.by || (own && own.old.by === own.new.by)) return 'the old side is the new one: it would be compared with itself'
  const vacuous = [old, now, own?.old, own?.new].find((s) => s?.vacuous !== undefined)
  if (vacuous) return `a side of it can tell nothing: ${vacuous.vacuous}`
  if (gate.hold.some((step) => !step.ask)) return 'what it holds (hold) is no check'
  if ([...Object.values(ignore), sameInput ?? 'said'].some((reason) => reason.trim() === ''))
    return 'something is left out of it without a reason'
  return undefined
}

const paramsOf = (given: Shadow, gate: Gate) => ({
  input: gate.input.params,
  old: gate.old.params,
  new: gate.new.params,
  compare: (given.compare ?? {}) as Plain,
  rows: given.rows
    ? {
        key: given.rows.key,
        compare: (given.rows.compare ?? {}) as Plain,
        coverage: given.rows.coverage ?? '100 %',
        old: gate.rows?.old.params ?? null,
        new: gate.rows?.new.params ?? null,
      }
    : null,
  hold: gate.hold.map((step) => [step.kind, step.title, step.params as Plain]),
  ignore: given.ignore ?? {},
  maker: given.maker ?? null,
  pairs: given.pairs,
  every: given.every,
  sameInput: given.sameInput ?? null,
})

function saysOf({ pairs, every }: Shadow, { old, new: now, input, terms, hold }: Gate): string[] {
  return [
    `waits for ${pairs} pairs in a row that hold, one every ${every}`,
    `old: ${old.says}   new: ${now.says}   input: ${input.says}`,
    ...[...terms.values].map(([name, limit]) => `${name} ${limit.says}`),
    ...(terms.rows
      ? [`rows by ${terms.rows.key.join(', ')}${[...terms.rows.limits].map(([name, limit]) => `, ${name} ${limit.says}`).join('')}`]
      : []),
    ...hold.map((step) => `with each pair: ${step.title}`),
  ]
}

// ── pairs ────────────────────────────────────────────────────────────────────────────────────

async function ask(hands: Hands, agreed: Gate): Promise<Done | Waiting> {
  // another plan makes other rows: what was seen of the ones before says nothing of them
  const gate = { ...agreed, needed: { ...agreed.needed, terms: `${hands.plan} ${agreed.needed.terms}` } }
  const { since } = await begun(hands)
  const all = (await hands.history.read()).slice(since) as unknown as Pair[]
  const before = standing(all, gate.needed)
  if (before.enough && !trapIn(before.held, gate.needed)) return done(before.held, gate)
  if (hands.clock.now() < before.due) return stillShut(before.held, before.due, gate)
  const made = await makePair(hands, gate, all)
  if (isNotYet(made)) return waiting(before.held, gate, made.notYet, undefined)
  await hands.history.add(made as unknown as Plain)
  if (made.verdict !== 'passed') throw refused(made, all.length + 1, before.held.length, gate)
  const { held, due, enough } = standing([...all, made], gate.needed)
  return enough && !trapIn(held, gate.needed) ? done(held, gate) : stillShut(held, due, gate)
}

function stillShut(held: readonly Pair[], due: number, gate: Gate): Waiting {
  const trap = held.length >= gate.needed.pairs ? trapIn(held, gate.needed) : undefined
  if (!trap) return waiting(held, gate, `the next is due at ${moment(due)}`, due)
  throw stretchSaidNo({ title: gate.title, at: gate.at, ...traps[trap] })
}

const traps = {
  constant: {
    verdict: 'failed',
    why: 'The old side said the same in every pair, though its input changed: it is a constant.',
    hint: 'Let the old side compute its numbers from the data. Pairs that hold go on being counted: godwit run.',
  },
  'same input': {
    verdict: 'not verified',
    why: 'The input was the same in every pair, so all of them say no more than one does.',
    hint: "Wait until the data move (godwit run), or say why they need not: sameInput: '…'.",
  },
} as const

const waiting = (held: readonly Pair[], { title, needed }: Gate, why: string, until: number | undefined): Waiting => ({
  waits: `${title}: ${held.length} of ${needed.pairs} pairs hold; ${why}`,
  next: ['godwit run makes the pair that is due', 'godwit shadow shows those that were made'],
  ...(until === undefined ? {} : { until }),
})

function done(held: readonly Pair[], { needed, title }: Gate): Done {
  const stretch = held.slice(-needed.pairs)
  const still = stillValues(held, needed)
  const notes = [
    ...(still.length ? [`; on the old side ${still.join(', ')} never moved`] : []),
    ...(alikeToTheLetter(held, needed) ? ['; both sides said the same to the letter in all of them'] : []),
  ].join('')
  return {
    done: `${title}: ${stretch.length} pairs in a row hold, ${moment(stretch[0]!.at)} to ${moment(stretch.at(-1)!.at)}${notes}`,
    detail: { pairs: stretch.length, from: stretch[0]!.at, to: stretch.at(-1)!.at, terms: needed.terms, still },
  }
}

const refused = (pair: Pair, n: number, held: number, { title, at, needed }: Gate) =>
  pairSaidNo({
    title,
    verdict: pair.verdict,
    pair: n,
    objections: pair.objections.slice(0, 10).map(({ what, says }) => `${what}: ${says}`),
    held,
    pairs: needed.pairs,
    at,
  })

/** The input is asked before, between and after the sides: where it moves, the two were not given the same. */
async function makePair(hands: Hands, gate: Gate, all: readonly Pair[]): Promise<Pair | NotYet> {
  const at = hands.clock.now()
  const of = filling(hands, gate.title)
  const used = new Set(all.flatMap((p) => p.marks))
  const told = { input: gate.input.given, maker: gate.maker }
  const asked: Asked = { hands, n: all.length + 1, at, input: await gate.input.digest(hands), told, used, filling: of }
  const old = await gate.old.run(asked)
  if (isNotYet(old)) return old
  const between = await gate.input.digest(hands)
  const now = await gate.new.run({ ...asked, input: between, ...(told.input === undefined ? {} : { wanted: old.input }) })
  if (isNotYet(now)) return now
  const moved = between !== (await gate.input.digest(hands))
  const rows = gate.rows && (await both(gate.rows, asked))
  if (rows && isNotYet(rows)) return rows
  const sides = { old, new: moved ? { ...now, input: 'what changed meanwhile' } : now, ...(rows ? { rows } : {}) }
  return kept(comparePair({ at, terms: gate.needed.terms }, sides, gate.terms, await checks(hands, gate.hold)), of)
}

async function both(rows: NonNullable<Gate['rows']>, asked: Asked): Promise<{ old: Ran; new: Ran } | NotYet> {
  const old = await rows.old.run(asked)
  if (isNotYet(old)) return old
  const now = await rows.new.run(asked)
  return isNotYet(now) ? now : { old, new: now }
}

async function checks(hands: Hands, hold: readonly Step[]): Promise<Checked[]> {
  const answers: Checked[] = []
  for (const step of hold) {
    const { title, verdict, examined, wrong } = await hands.check(step)
    answers.push({ title, verdict, examined, wrong })
  }
  return answers
}
