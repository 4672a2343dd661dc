// What was taken back, what stays, and the proof.
import type { Undone } from '../../run/undo.ts'
import { count, list, plural } from '../../text.ts'
import { wrongAnswers } from './answers.ts'
import { wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

export const proofHolds = ({ digest, proof }: Undone): boolean =>
  digest.before === digest.after && proof.every((a) => a.verdict === 'passed')

export function undoText(done: Undone, screen: Pick<Screen, 'paint' | 'width'>): string[] {
  const removed = Object.entries(done.removed).filter(([, n]) => n > 0)
  const gone = removed.length ? list(removed.map(([id, n]) => `${count(n)} of ${id.replace(/^public\./, '')}`)) : withoutRows(done)
  return [
    wrapped(`${screen.paint.green('Taken back')}: ${gone}.${restored(done)}${kept(done)}`, '', screen.width),
    ...(proofHolds(done) ? proven(done, screen) : broken(done, screen)),
  ]
}

/** Where the migration moves no rows, there is nothing of theirs to prove. */
const movesRows = ({ digest, removed, restored: back }: Undone): boolean =>
  digest.rows + digest.since > 0 || Object.keys(removed).length + Object.keys(back).length > 0

const withoutRows = (done: Undone): string =>
  movesRows(done) ? 'no rows' : plural(done.view.steps.filter((s) => s.state === 'undone').length, 'step')

function restored(done: Undone): string {
  const all = Object.entries(done.restored).filter(([, n]) => n > 0)
  if (!all.length) return ''
  return `  ${list(all.map(([id, n]) => `${plural(n, 'row')} of ${id.replace(/^public\./, '')}`))} ${all.length === 1 && all[0]![1] === 1 ? 'has its' : 'have their'} own values back.`
}

function kept({ digest }: Undone): string {
  const rows = digest.rows + digest.since
  if (rows === 0) return ''
  const since = digest.since ? `, ${count(digest.since)} of them new since the run began` : ''
  return `  Keeps ${plural(rows, 'row')} that ${rows === 1 ? 'is' : 'are'} not ours${since}.`
}

const short = (digest: string): string => `${digest.slice(0, 8)}…`

const proven = (done: Undone, { width }: Pick<Screen, 'width'>): string[] =>
  movesRows(done) ? [wrapped(`proof       ${proof(done)}`, '', width)] : []

function proof({ digest, restored: back, run }: Undone): string {
  if (digest.rows === 0 && Object.keys(back).length) return `no row of run ${run} is left, and what it filled in is out again`
  if (digest.rows === 0) return `the target was empty before run ${run}, and no row of ours is left`
  return `${digest.rows === 1 ? 'the row' : `the ${plural(digest.rows, 'row')}`} from before run ${run} ${digest.rows === 1 ? 'is as it was' : 'are as they were'}: digest ${short(digest.before)} = ${short(digest.after)}`
}

function broken({ digest, proof: answers, run }: Undone, screen: Pick<Screen, 'paint' | 'width'>): string[] {
  const says = `rows that are not ours are not as they were before run ${run} (digest ${short(digest.before)} ≠ ${short(digest.after)}): somebody else changed or removed them.`
  return [wrapped(`${screen.paint.red('✗')} ${says}`, '', screen.width), ...wrongAnswers(answers, screen)]
}
