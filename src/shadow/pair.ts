// One pair: what the old way and the new way made of the same input, held against each other. Every objection names its cause.
import type { Verdict } from '../events/event.ts'
import { digestOfOutput, isEmpty, type Output, type Texts } from './output.ts'
import { compareRows, type RowsFound, type RowTerms } from './rows.ts'
import { type Judged, judged, type Limit } from './tolerance.ts'

/** Of an input that has nothing in it. */
export const noInput = 'nothing'

/** One side of a pair, as it ran. */
export interface Ran {
  /** What made it: two sides with one of these are one side. */
  readonly by: string
  readonly ms: number
  /** Of the input that it was given. */
  readonly input: string | undefined
  /** Undefined where it failed, and why. */
  readonly output: Output | undefined
  readonly failed?: string
  /** Which file it was, if it was one. */
  readonly mark?: string
}

export interface PairTerms {
  readonly values: ReadonlyMap<string, Limit>
  readonly rows: RowTerms | undefined
  /** Names that only the old side need have, with the reason. */
  readonly ignore: Readonly<Record<string, string>>
}

/** What a check of the data said, beside the pair. */
export interface Checked {
  readonly title: string
  readonly verdict: Verdict
  readonly examined: number
  readonly wrong: number
}

export interface ValueFound extends Judged {
  readonly name: string
  readonly old: string | null
  readonly new: string | null
  readonly limit: string
}
export interface Objection {
  /** `value PAR90`, `input`, `old side`, `coverage`, `check identity` */
  readonly what: string
  readonly verdict: Exclude<Verdict, 'passed'>
  readonly says: string
}
export interface SideKept {
  readonly by: string
  readonly ms: number
  readonly digest: string | null
}

/** A pair as the ledger keeps it. */
export interface Pair {
  readonly kind: 'pair'
  readonly at: number
  /** The digest of what was agreed: pairs under other terms do not count. */
  readonly terms: string
  readonly verdict: Verdict
  readonly input: { readonly old: string | null; readonly new: string | null }
  readonly old: SideKept
  readonly new: SideKept
  /** Files that were in it. */
  readonly marks: readonly string[]
  readonly values: readonly ValueFound[]
  readonly rows: RowsFound | null
  readonly checks: readonly Checked[]
  readonly objections: readonly Objection[]
  readonly notes: readonly string[]
}

/** Rows come from the sides themselves, or from two that give nothing else. */
export interface Sides {
  readonly old: Ran
  readonly new: Ran
  readonly rows?: { readonly old: Ran; readonly new: Ran }
}

export function comparePair(
  about: { readonly at: number; readonly terms: string },
  sides: Sides,
  terms: PairTerms,
  checks: readonly Checked[],
): Pair {
  const values = valuesOf(sides, terms)
  const rows = rowsOf(sides, terms)
  const objections = [
    ...[sides, ...(sides.rows ? [sides.rows] : [])].flatMap((two) => [...failures(two), ...emptiness(two), ...oneMaker(two)]),
    ...inputs(sides),
    ...values.flatMap(ofValue),
    ...lost(sides, terms),
    ...(rows?.verdicts ?? []).flatMap(({ what, verdict, says }) => (verdict === 'passed' ? [] : [{ what, verdict, says }])),
    ...checks.flatMap(ofCheck),
  ]
  return {
    kind: 'pair',
    ...about,
    verdict: verdictOf(objections, values, rows),
    input: { old: sides.old.input ?? null, new: sides.new.input ?? null },
    old: kept(sides.old),
    new: kept(sides.new),
    marks: [sides, sides.rows].flatMap((two) => [two?.old.mark, two?.new.mark]).filter((mark) => mark !== undefined),
    values,
    rows: rows ?? null,
    checks,
    objections,
    notes: notesOf(sides, terms, rows),
  }
}

/** Nothing compared is nothing proved. */
function verdictOf(objections: readonly Objection[], values: readonly ValueFound[], rows: RowsFound | undefined): Verdict {
  if (objections.some((o) => o.verdict === 'failed')) return 'failed'
  return objections.length || values.length + (rows?.paired ?? 0) === 0 ? 'not verified' : 'passed'
}

const kept = ({ by, ms, output }: Ran): SideKept => ({ by, ms: Math.round(ms), digest: output ? digestOfOutput(output) : null })

type Two = Pick<Sides, 'old' | 'new'>

const failures = (two: Two): Objection[] =>
  (['old', 'new'] as const).flatMap((side) =>
    two[side].output ? [] : [{ what: `${side} side`, verdict: 'failed', says: `it failed: ${two[side].failed ?? 'it gave nothing'}` }],
  )

function emptiness({ old, new: now }: Two): Objection[] {
  if (old.output && isEmpty(old.output))
    return [{ what: 'old side', verdict: 'not verified', says: 'it is empty: there is nothing to hold the new one against' }]
  return now.output && isEmpty(now.output) ? [{ what: 'new side', verdict: 'failed', says: 'it is empty' }] : []
}

/** A side that is compared with itself agrees. */
function oneMaker({ old, new: now }: Two): Objection[] {
  const same = (says: string): Objection[] => [{ what: 'old side', verdict: 'failed', says }]
  if (old.by === now.by) return same('it is a copy of the new side: both come from one place')
  const [was, is] = [old.output?.maker, now.output?.maker]
  return was !== undefined && was === is ? same(`it is a copy of the new side: both say that ${was} made them`) : []
}

function inputs({ old, new: now }: Two): Objection[] {
  if (!old.output || !now.output) return []
  if (old.input === undefined || now.input === undefined)
    return [
      {
        what: 'input',
        verdict: 'not verified',
        says: `the ${old.input === undefined ? 'old' : 'new'} side does not tell what it was made from`,
      },
    ]
  if (old.input === noInput) return [{ what: 'input', verdict: 'not verified', says: 'there is nothing in it' }]
  if (old.input === now.input) return []
  return [{ what: 'input', verdict: 'failed', says: `the two sides had another input: ${brief(old.input)} and ${brief(now.input)}` }]
}

const brief = (digest: string): string => (digest.length > 12 ? `${digest.slice(0, 12)}…` : digest)

function valuesOf({ old, new: now }: Two, { values }: PairTerms): ValueFound[] {
  const [was, is] = [old.output?.values, now.output?.values]
  if (!was || !is) return []
  return [...values].map(([name, limit]) => ({
    name,
    old: was[name] ?? null,
    new: is[name] ?? null,
    limit: limit.says,
    ...judged(limit, was[name], is[name]),
  }))
}

const rowsOf = (sides: Sides, { rows }: PairTerms): RowsFound | undefined => {
  const { old, new: now } = sides.rows ?? sides
  return rows && old.output && now.output ? compareRows(old.output.rows, now.output.rows, rows) : undefined
}

function ofValue(v: ValueFound): Objection[] {
  if (v.verdict === 'passed') return []
  const values = `old ${v.old ?? 'nothing'}, new ${v.new ?? 'nothing'}`
  return [
    { what: `value ${v.name}`, verdict: v.verdict, says: `${v.cause}: ${values}${v.off ? `, apart ${v.off}` : ''}, allowed ${v.limit}` },
  ]
}

/** What only the old side has is not there any more, whether or not somebody had agreed on it. */
function lost({ old, new: now }: Two, { values, ignore, rows }: PairTerms): Objection[] {
  if (!old.output || !now.output || (rows && !values.size)) return []
  const is: Texts = now.output.values
  return Object.keys(old.output.values)
    .filter((name) => !values.has(name) && !(name in ignore) && (is[name] ?? null) === null)
    .map((name) => ({
      what: `value ${name}`,
      verdict: 'failed',
      says: 'missing now: the old side has it, and nobody has said that it may go',
    }))
}

const ofCheck = ({ title, verdict, examined, wrong }: Checked): Objection[] =>
  verdict === 'passed'
    ? []
    : [{ what: `check ${title}`, verdict, says: examined ? `${wrong} wrong of ${examined}` : 'it looked at nothing' }]

function notesOf({ old, new: now }: Two, { values, ignore }: PairTerms, rows: RowsFound | undefined): string[] {
  const names = (output: Output | undefined) => (values.size ? Object.keys(output?.values ?? {}) : [])
  const [was, is] = [names(old.output), names(now.output)]
  const extra = is.filter((name) => !was.includes(name))
  const idle = is.filter((name) => was.includes(name) && !values.has(name) && !(name in ignore))
  return [
    ...(extra.length ? [`only the new side has ${extra.join(', ')}`] : []),
    ...(idle.length ? [`not compared: ${idle.join(', ')}`] : []),
    ...(rows?.extra ? [`${rows.extra} rows are only on the new side`] : []),
  ]
}
