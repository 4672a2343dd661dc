// What a rehearsal has shown: its times, and whether the copy was left as it was.
import type { Rehearsed } from '../../run/rehearse.ts'
import { count, duration } from '../../text.ts'
import { oneLine, padEnd } from './layout.ts'
import type { Screen } from './screen.ts'

export function rehearsedLines({ steps, undo, plan, of }: Rehearsed, { paint }: Pick<Screen, 'paint'>): string[] {
  const total = steps.reduce((sum, s) => sum + s.seconds, 0)
  const short = (digest: string) => `${digest.slice(0, 8)}…`
  return [
    '',
    `${paint.bold('Rehearsed')} plan ${plan} on ${of}: ${duration(total)}, and taken back in ${duration(undo.seconds)}.`,
    ...steps.map(
      (s) =>
        `  ${padEnd(s.id, 12)} ${padEnd(duration(s.seconds), 10)} ${s.rows ? `${count(s.rows)} rows, ${count(Math.round(s.rows / Math.max(s.seconds, 0.001)))} a second   ` : ''}${paint.dim(oneLine(s.title))}`,
    ),
    undo.same
      ? `${paint.green('✓')} the copy is as it was before the run: digest ${short(undo.before)} = ${short(undo.after)}`
      : `${paint.red('✗')} the undo did not leave the copy as it was: digest ${short(undo.before)} ≠ ${short(undo.after)}`,
  ]
}
