// What a step does, as operations: the SQL that it says it will run, or what its kind is known to come to.
import { split } from '../../../lint/split.ts'
import type { Irreversible, Statement, Step, Target } from '../../../steps/step.ts'
import type { Operation } from '../../types.ts'
import { inSql, inSweeps, quiet, type Told } from './kinds.ts'
import { lineOf } from './words.ts'

export function done(step: Step): Operation[] {
  const { kind } = step
  const line = lineOf(step.at)
  const known = inSql[kind]?.(step.params)
  if (known) return known.map((o) => ({ kind, line, ...o }))
  const statements = statementsOf(step)
  if (statements) return statements.map((sql) => ({ kind, line, ...sql }))
  return [{ kind, line, effect: changesNothing(step) ? 'none' : 'unknown' }]
}

/** The way back in the words of the step; most look at what is there, and are known to the step alone. */
export function takenBack(step: Step): Operation[] {
  const { kind } = step
  const line = lineOf(step.at)
  const back = step.back?.(nowhere)
  if (back && !isIrreversible(back)) return back.map(({ sql }) => ({ kind, line, sql }))
  if (changesNothing(step)) return []
  const rows = done(step).some((o) => o.effect === 'rows' || /^\s*(update|insert|delete)\b/i.test(o.sql ?? ''))
  return [{ kind, line, effect: rows ? 'rows' : 'unknown' }]
}

/** Why it cannot be taken back, where it says so. */
export function whyNot(step: Step): string | undefined {
  const back = step.back?.(nowhere)
  if (back && isIrreversible(back)) return back.irreversible
  const undo = step.doing?.undo
  return typeof undo === 'object' ? undo.irreversible : undefined
}

const isIrreversible = (back: readonly Statement[] | Irreversible): back is Irreversible => 'irreversible' in back

const changesNothing = ({ kind, doing, forward }: Step): boolean => quiet.has(kind) || doing?.gate === true || (!doing && !forward)

/** What a step that is written as SQL says does not hang on where it is said. */
const nowhere = {} as Target

const begins = /^\s*(alter|create|drop|update|insert|delete|merge|truncate|grant|revoke|comment|do|select|reindex|cluster)\s/i

/** A few rows at a time, so that nobody waits for all of them. */
const sweep = /: a few rows at a time$/

/** In the order in which it runs them; undefined where it says none. */
function statementsOf({ params, forward, doing }: Step): Told[] | undefined {
  if (forward) return forward(nowhere).map(({ sql }) => ({ sql }))
  if (typeof params['sql'] === 'string') return [{ sql: params['sql'] }]
  const says = doing?.says ?? []
  if (says.length === 0 || !begins.test(says[0]!)) return undefined
  return says.filter((line) => begins.test(line)).flatMap((line) => (sweep.test(line) ? inSweeps(line.replace(sweep, '')) : piecesOf(line)))
}

const piecesOf = (line: string): Told[] => split(line).map(({ from, to }) => ({ sql: line.slice(from, to) }))
