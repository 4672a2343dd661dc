// The first thing that a report says, and why.
import { count, duration, list, plural } from '../text.ts'
import type { Outcome, Report, RunFacts } from './report.ts'

type Known = Pick<Report, 'books' | 'quarantine' | 'verification' | 'notOurs'>

export function verdictOf(run: RunFacts, silence: number | undefined, known: Known): Report['verdict'] {
  const outcome = outcomeOf(run, known)
  const next = nextOf(outcome, run, known)
  return { outcome, says: saysOf(outcome, run, silence, known), ...(next === undefined ? {} : { next }) }
}

/** A run that has not come to its end is not finished, unless it was a check that ended it. */
function outcomeOf(run: RunFacts, { verification, books }: Known): Outcome {
  if (run.state === 'undone') return 'undone'
  if (books.some((b) => !b.close)) return 'failed'
  if (verification && verification.verdict !== 'passed') return verification.verdict
  if (run.state !== 'finished') return 'not finished'
  return verification?.verdict ?? 'not verified'
}

function saysOf(outcome: Outcome, run: RunFacts, silence: number | undefined, known: Known): string[] {
  switch (outcome) {
    case 'undone':
      return [`Run ${run.id} was taken back: its rows, and no others, are gone from the target.`]
    case 'not finished':
      return [standing(run, silence), ...accounted(known)]
    case 'passed':
      return [...accounted(known), answered(known), ...untouched(known)]
    default:
      return [...objections(outcome, known), ...accounted(known)]
  }
}

const accounted = ({ books }: Known): string[] => {
  const sum = (of: (b: Known['books'][number]) => number) => books.reduce((n, b) => n + of(b), 0)
  const read = sum((b) => b.totals.read)
  if (read === 0) return []
  const [migrated, quarantined, filtered] = [sum((b) => b.totals.migrated), sum((b) => b.totals.quarantined), sum((b) => b.totals.filtered)]
  return [
    `${plural(read, 'source row')} read: ${count(migrated)} migrated, ${count(quarantined)} in quarantine, ${count(filtered)} left out by a rule.`,
  ]
}

function answered({ verification }: Known): string {
  const answers = verification!.answers
  return `${plural(answers.length, 'question')} asked of the data ${verification!.when}: all answers are as they should be.`
}

function untouched({ notOurs }: Known): string[] {
  const rows = notOurs.reduce((n, t) => n + t.rows, 0)
  return rows ? [`${plural(rows, 'row')} that ${rows === 1 ? 'is' : 'are'} not ours ${rows === 1 ? 'is' : 'are'} as before the run.`] : []
}

function objections(outcome: Outcome, { verification, books }: Known): string[] {
  const open = books.filter((b) => !b.close).map((b) => `The books of ${b.mapping} do not close.`)
  if (!verification) return outcome === 'failed' ? open : [...open, 'The result has not been verified.']
  const failed = verification.answers.filter((a) => a.verdict === 'failed').length
  const unproved = verification.answers.filter((a) => a.verdict === 'not verified').length
  return [
    ...open,
    ...(failed
      ? [`${failed} of ${plural(verification.answers.length, 'question')} asked of the data found rows that should not be so.`]
      : []),
    ...(unproved ? [`${plural(unproved, 'question')} had nothing to compare. That proves nothing.`] : []),
    ...(failed || unproved || open.length ? [] : ['Nothing was asked of the data.']),
  ]
}

const alive = 15

function standing(run: RunFacts, silence: number | undefined): string {
  if (run.gate)
    return `Run ${run.id} waits: ${run.gate.why}${run.gate.until ? ` (until ${run.gate.until.slice(0, 16).replace('T', ' ')} UTC)` : ''}.`
  // one that was asked to stop has not failed, whatever the ledger calls it
  const asked = run.state === 'paused' || run.error?.code === 'GW_INTERRUPTED'
  if (run.error && !asked) return `Run ${run.id} stopped: ${run.error.message}`
  if (asked) return `Run ${run.id} was stopped between two units. Nothing is half done.`
  if (run.state === 'undoing') return `Run ${run.id} is being taken back.`
  if (silence !== undefined && silence <= alive) return `Run ${run.id} is under way.`
  const last = silence === undefined ? '' : `; it was last heard of ${duration(silence)} ago`
  return `Run ${run.id} was broken off${last}. What was committed is whole.`
}

function nextOf(outcome: Outcome, run: RunFacts, { quarantine, verification }: Known): string | undefined {
  if (outcome === 'not finished' && run.gate?.next.length) return `${list(run.gate.next, 'or')}; godwit run asks again.`
  if (outcome === 'not finished') return run.error?.hint || 'godwit run goes on from where it stands; godwit undo takes it back.'
  if (outcome === 'not verified' && !verification) return 'godwit verify asks the data.'
  if (outcome === 'failed') return 'godwit verify shows the rows; --repair maps those that differ again.'
  const open = quarantine.rows - quarantine.waived
  return outcome === 'passed' && open
    ? `${plural(open, 'row')} ${open === 1 ? 'waits' : 'wait'} in quarantine: ${list(['mend the rows or the rule and retry', 'waive them with a reason'], 'or')}.`
    : undefined
}
