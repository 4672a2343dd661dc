// Verification as a part of a run: all of it where the rows are there, and a single check where a phase has one of its own.
import type { GodwitError } from '../errors/error.ts'
import { verificationSaidNo } from '../errors/run.ts'
import type { Answer } from '../events/event.ts'
import { markStep } from '../ledger/marks.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import type { Work } from './context.ts'
import { bringSources } from './sources.ts'
import { asked, type Verification, verify, verifyIn } from './verify.ts'

export const verifyStep = {
  id: 'verify.0',
  phase: 'verify' as const,
  title: 'books, rows against the mapping, checks, rows that are not ours',
}

export async function check(work: Work): Promise<void> {
  if (!hasAnything(work.plan)) return nothingAsked(work)
  work.bus.emit({ type: 'step.started', step: verifyStep.id })
  const tell = (answer: Answer) => work.bus.emit({ type: 'check.answered', step: verifyStep.id, answer })
  const result = work.dry
    ? await verify(work.control, work.plan, work.run, work.pass, tell)
    : await verifyIn(work.db, work.plan, work.run, work.pass, tell)
  const detail = { verdict: result.verdict, checks: result.answers.length, notes: result.notes, plan: work.plan.id, at: work.clock.now() }
  if (!work.dry) await markStep(work.control, work.run, 'verify', work.pass, detail)
  if (result.verdict !== 'passed') throw saidNo(result.answers)
  work.bus.emit({ type: 'step.done', step: verifyStep.id, ...(result.notes.length ? { note: result.notes.join(' ') } : {}) })
}

/** Steps alone bring no rows, and are asked nothing unless somebody has written a check. */
const hasAnything = ({ books, writes, steps }: Plan): boolean =>
  books.length + writes.length > 0 || steps.some((s) => s.question && s.phase === 'verify')

async function nothingAsked(work: Work): Promise<void> {
  if (!work.dry) await markStep(work.control, work.run, 'verify', work.pass, { verdict: 'nothing to verify', checks: 0, notes: [] })
  work.bus.emit({
    type: 'step.skipped',
    step: verifyStep.id,
    note: 'there is nothing to verify: no rows are mapped, and no check is written',
  })
}

/** A run that has waited is looked at again before anything is cut over: what was true then may not be true now. */
export async function checkAgain(work: Work): Promise<void> {
  await bringSources(work)
  await check(work)
}

/** A check that stands in a phase of its own is asked there and then. */
export async function askStep(work: Work, step: PlannedStep): Promise<Answer> {
  const answer = await work.db.session((s) =>
    s.transaction((tx) => asked(tx, step.question!), { isolation: 'repeatable read', readOnly: true }),
  )
  work.bus.emit({ type: 'check.answered', step: step.id, answer })
  if (answer.verdict !== 'passed') throw saidNo([answer])
  return answer
}

function saidNo(answers: Verification['answers']): GodwitError {
  const bad = answers.filter((a) => a.verdict !== 'passed')
  return verificationSaidNo({
    message: bad
      .map((a) => `${a.verdict}: ${a.title}${a.wrong ? `, ${a.wrong} wrong of ${a.examined}` : ''}${a.note ? ` (${a.note})` : ''}`)
      .join('\n  '),
  })
}
