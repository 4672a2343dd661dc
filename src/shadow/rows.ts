// Rows of both sides by their key: which are missing, which are too many, and which say something else.
import type { Verdict } from '../events/event.ts'
import { compare, type Decimal, decimal, isZero, ratio, shown, times } from './decimal.ts'
import type { Texts } from './output.ts'
import { type Cause, judged, type Limit } from './tolerance.ts'

export interface RowTerms {
  readonly key: readonly string[]
  readonly limits: ReadonlyMap<string, Limit>
  /** The part of the old keys that must be there. */
  readonly coverage: Decimal
}

export interface RowsFound {
  readonly before: number
  readonly now: number
  readonly paired: number
  readonly missing: number
  readonly extra: number
  readonly wrong: number
  /** `99.5 %` */
  readonly coverage: string
  readonly verdicts: readonly RowVerdict[]
  /** Some of the rows that are missing or wrong. */
  readonly sample: readonly Texts[]
}
export interface RowVerdict {
  readonly what: 'rows' | 'keys' | 'coverage' | `column ${string}`
  readonly verdict: Verdict
  readonly says: string
}

const shownMost = 10

export function compareRows(before: readonly Texts[], now: readonly Texts[], terms: RowTerms): RowsFound {
  const [old, fresh] = [keyed(before, terms.key), keyed(now, terms.key)]
  const missing = [...old.rows.keys()].filter((key) => !fresh.rows.has(key))
  const pairs = [...old.rows].flatMap(([key, row]) => (fresh.rows.has(key) ? [[key, row, fresh.rows.get(key)!] as const] : []))
  const columns = [...terms.limits].map(([name, limit]) => inColumn(name, limit, pairs))
  const wrong = new Set(columns.flatMap((c) => c.wrong.map((w) => w.key)))
  const verdicts = [present(before, pairs.length), ...keysOf(old, fresh), coverageOf(old.rows.size, pairs.length, terms), ...columns]
  return {
    before: before.length,
    now: now.length,
    paired: pairs.length,
    missing: missing.length,
    extra: [...fresh.rows.keys()].filter((key) => !old.rows.has(key)).length,
    wrong: wrong.size,
    coverage: old.rows.size ? `${ratio(whole(pairs.length * 100), whole(old.rows.size), 4)} %` : 'none',
    verdicts: verdicts.map(({ what, verdict, says }) => ({ what, verdict, says })),
    sample: [...missing.map((key): Texts => ({ key, what: 'missing now' })), ...columns.flatMap((c) => c.wrong)].slice(0, shownMost),
  }
}

const whole = (n: number): Decimal => ({ digits: BigInt(n), scale: 0 })

interface Keyed {
  readonly rows: ReadonlyMap<string, Texts>
  readonly twice: number
  readonly without: number
}

function keyed(all: readonly Texts[], key: readonly string[]): Keyed {
  const rows = new Map<string, Texts>()
  let [twice, without] = [0, 0]
  for (const row of all) {
    const parts = key.map((name) => row[name] ?? null)
    const name = parts.length === 1 ? String(parts[0]) : JSON.stringify(parts)
    if (parts.includes(null)) without++
    else if (rows.has(name)) twice++
    else rows.set(name, row)
  }
  return { rows, twice, without }
}

function present(before: readonly Texts[], paired: number): RowVerdict {
  if (!before.length) return { what: 'rows', verdict: 'not verified', says: 'the old side has no rows' }
  if (!paired) return { what: 'rows', verdict: 'failed', says: 'no row of the old side is on the new one' }
  return { what: 'rows', verdict: 'passed', says: `${paired} pairs` }
}

function keysOf(old: Keyed, fresh: Keyed): RowVerdict[] {
  const said = (side: string, { twice, without }: Keyed) => [
    ...(twice ? [`${twice} of the ${side} side have a key that another row has`] : []),
    ...(without ? [`${without} of the ${side} side have no key`] : []),
  ]
  const wrong = [...said('old', old), ...said('new', fresh)]
  return wrong.length ? [{ what: 'keys', verdict: 'failed', says: wrong.join(', ') }] : []
}

/** At exactly the limit it holds: so many were asked for, and so many are there. */
function coverageOf(all: number, paired: number, { coverage }: RowTerms): RowVerdict {
  const wanted = `${shown(times(coverage, whole(100)))} %`
  const enough = all > 0 && compare(whole(paired), times(coverage, whole(all))) >= 0
  const says = `${paired} of ${all} old keys are there, and ${wanted} are wanted`
  return { what: 'coverage', verdict: all === 0 ? 'not verified' : enough ? 'passed' : 'failed', says }
}

type Pairs = readonly (readonly [string, Texts, Texts])[]

function inColumn(name: string, limit: Limit, pairs: Pairs): RowVerdict & { readonly wrong: readonly Texts[] } {
  const what = `column ${name}` as const
  const seen = pairs.filter(([, was, is]) => (was[name] ?? is[name] ?? null) !== null)
  if (!seen.length) return { what, verdict: 'not verified', says: 'it has no value on either side', wrong: [] }
  const all = seen.map(([key, was, is]) => ({ key, was: was[name] ?? null, is: is[name] ?? null }))
  const wrong = all.flatMap(({ key, was, is }) => {
    const { verdict, cause, off } = judged(limit, was, is)
    return verdict === 'passed' ? [] : [sampleOf(key, name, was, is, cause!, off)]
  })
  if (zeroed(all))
    return { what, verdict: 'failed', says: 'it is zero in all rows of the new side, and not of the old one: filled with zeros', wrong }
  if (!wrong.length) return { what, verdict: 'passed', says: limit.says, wrong }
  return { what, verdict: 'failed', says: `${wrong.length} of ${seen.length} do not hold ${limit.says}`, wrong }
}

const sampleOf = (key: string, column: string, was: string | null, is: string | null, cause: Cause, off: string | undefined): Texts => ({
  key,
  what: `${column}: ${cause}`,
  old: was,
  new: is,
  ...(off === undefined ? {} : { off }),
})

/** An input that was renamed shows so: nothing is found under its old name, and zero stands in for it. */
function zeroed(all: readonly { readonly was: string | null; readonly is: string | null }[]): boolean {
  const zero = (text: string | null) => {
    const number = text === null ? undefined : decimal(text)
    return number !== undefined && isZero(number)
  }
  return all.every(({ is }) => zero(is)) && !all.every(({ was }) => was === null || zero(was))
}
