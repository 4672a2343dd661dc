// What a plan means for people: how much, how long, what waits for what, who decides, and whether there is a way back. Pure.
import type { Phase } from '../events/phase.ts'
import { locksOf } from '../plan/locks.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import { expectedSeconds, type Rehearsed } from '../run/rehearse.ts'
import { verifyStep } from '../run/verify-step.ts'
import { shownId } from '../schema/schema.ts'
import { count, duration, plural } from '../text.ts'
import { line } from './words.ts'

export const shown = (text: string): string => line(text, 300)

/** Target rows a second, of the slowest and the fastest that was measured (docs/performance.md). */
const slowest = 10_000
const fastest = 100_000

export interface Span {
  readonly least: number
  readonly most: number
}

export const rowsOf = (plan: Plan): number => plan.steps.reduce((n, s) => n + (s.rows ?? 0), 0)

/** Seconds, as they were in a rehearsal of this plan; else by the number of rows, and undefined for what does not hang on rows. */
export function expected(step: PlannedStep, rehearsed?: Rehearsed): Span | undefined {
  const measured = expectedSeconds(rehearsed, step)
  return measured === undefined ? byRows(step) : { least: measured, most: measured }
}

function byRows({ mapping, rows }: PlannedStep): Span | undefined {
  if (!mapping || rows === undefined) return undefined
  const made = rows * Math.max(1, mapping.shape.outputs.length)
  return { least: made / fastest, most: made / slowest + 1 }
}

/** Comparing every column of every row takes about as long as making it; in a rehearsal it was timed, for the rows that there were. */
export function expectedToVerify(plan: Plan, rehearsed?: Rehearsed): Span {
  const measured = expectedSeconds(rehearsed, verifyStep)
  if (measured === undefined) return sumOf(plan.steps.flatMap((s) => byRows(s) ?? []))
  const then = rehearsed!.steps.reduce((n, s) => n + (s.rows ?? 0), 0)
  const now = measured * (then ? rowsOf(plan) / then : 1)
  return { least: now, most: now }
}

export function expectedInAll(plan: Plan, rehearsed?: Rehearsed): Span {
  const all = sumOf([...plan.steps.flatMap((s) => expected(s, rehearsed) ?? []), expectedToVerify(plan, rehearsed)])
  return rehearsed ? all : { ...all, most: all.most + 1 }
}

const sumOf = (spans: readonly Span[]): Span =>
  spans.reduce((sum, s) => ({ least: sum.least + s.least, most: sum.most + s.most }), { least: 0, most: 0 })

/** Where the times come from. */
export const howKnown = (rehearsed: Rehearsed | undefined): string =>
  rehearsed
    ? `measured in the rehearsal of this plan at ${rehearsed.at.slice(0, 16).replace('T', ' ')} UTC, for the rows that there are now`
    : 'an estimate by the number of rows'

/** `2.0 s` where it was measured; `up to 2.0 s`, `30 s to 5 min 0 s` */
export const inTime = ({ least, most }: Span): string =>
  least === most ? duration(most) : least < 1 ? `up to ${duration(most)}` : `${duration(least)} to ${duration(most)}`

// ── what waits ───────────────────────────────────────────────────────────────────────────────

/** What others cannot do meanwhile, by lock; all other locks let reading and writing go on. */
const heldUp: Readonly<Record<string, string>> = {
  'ACCESS EXCLUSIVE': 'reading and writing wait',
  'SHARE ROW EXCLUSIVE': 'writing waits, reading goes on',
  SHARE: 'writing waits, reading goes on',
}

export interface HeldUp {
  readonly step: PlannedStep
  /** `person: reading and writing wait` */
  readonly says: string
}

/** Tables that the application uses and that a change of the schema takes for itself for a moment. */
export function heldUpBy(plan: Plan): HeldUp[] {
  return plan.steps.flatMap((step) => {
    const locks = (step.forward ?? []).flatMap((s) => locksOf(s.sql, plan.schema))
    return [...new Set(locks)].flatMap((lock) => {
      const [, kind, tables] = /^([A-Z ]+) on (.*)$/.exec(lock)!
      const says = heldUp[kind!]
      return says ? [{ step, says: `${shown(tables!.split(', ').map(shownId).join(', '))}: ${says}` }] : []
    })
  })
}

// ── who decides, and the way back ────────────────────────────────────────────────────────────

export const gatesOf = (plan: Plan): PlannedStep[] => plan.steps.filter((s) => s.doing?.gate)

export function irreversibleIn(plan: Plan, phase?: Phase): { readonly step: PlannedStep; readonly why: string }[] {
  return plan.steps
    .filter((s) => phase === undefined || s.phase === phase)
    .flatMap((step) => {
      const way = step.back ?? step.doing?.undo
      return typeof way === 'object' && 'irreversible' in way ? [{ step, why: way.irreversible }] : []
    })
}

/** `old_person → person (20 rows)` */
export const movesOf = (plan: Plan): string[] =>
  plan.steps.filter((s) => s.mapping).map((s) => `${shown(s.title)}${s.rows === undefined ? '' : ` (${plural(s.rows, 'row')})`}`)

export const changesOf = (plan: Plan): string[] =>
  plan.steps.filter((s) => s.forward ?? (s.doing && !s.doing.gate)).map((s) => `${s.phase}: ${shown(s.title)}`)

/** How the result is proved. */
export function proofOf(plan: Plan): string {
  const checks = plan.steps.filter((s) => s.question).length
  const rows = plan.comparisons.length
    ? `every row is compared with what it should be (${plural(plan.comparisons.length, 'comparison')}), `
    : ''
  return `${rows}${checks ? `${plural(checks, 'check')} of its own, ` : ''}and the rows that are not touched are proved to be as before`
}

/** People read a few lines; the plan has all of them. */
export const few = (lines: readonly string[], most = 12): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `… and ${count(lines.length - most)} more`]

export const rowsInWords = (plan: Plan): string => `${count(rowsOf(plan))} rows`
