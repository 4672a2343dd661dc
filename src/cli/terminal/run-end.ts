// The last words of a run: what came of it, and what one can do now.

import { GodwitError } from '../../errors/error.ts'
import { interrupted } from '../../errors/run.ts'
import type { BooksTotals } from '../../events/event.ts'
import type { View } from '../../events/view.ts'
import { count, plural } from '../../text.ts'
import { wrongAnswers } from './answers.ts'
import type { Screen } from './screen.ts'

const nothing: BooksTotals = { read: 0, migrated: 0, quarantined: 0, filtered: 0, warned: 0 }

/** `books`: as the ledger has them, because what was done before a resumed run is in no event of it. */
export function runEnd(
  view: View,
  books: readonly BooksTotals[],
  { paint }: Screen,
  words: { dryRun: boolean; quarantine: string; resume: string },
): string {
  const t = books.reduce(sum, nothing)
  const verified = view.steps.some((s) => s.phase === 'verify' && s.state === 'done')
  const rows = books.length ? rowsInWords(t) : plural(view.steps.filter((s) => s.state === 'done').length, 'step')
  if (words.dryRun) return `${paint.green('Dry run')}: ${rows}${verified ? ', verified' : ''}. All of it was rolled back.`
  if (view.state === 'paused') return `${paint.yellow('Paused')}: ${rows} so far (${view.note ?? ''}).`
  if (view.gate) return waits(view.gate, words.resume, paint)
  return `${paint.green('Done')}: ${rows}.${verified ? ' Verified.' : ''}${t.quarantined ? `   Next: ${words.quarantine}` : ''}`
}

/** Why it waits is on the screen already, at its step. */
function waits({ next, until }: NonNullable<View['gate']>, resume: string, paint: Screen['paint']): string {
  const opens = until === undefined ? [] : [`from ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC on: ${resume}`]
  const ways = [...next, ...opens]
  return [`${paint.yellow('Waiting')}. Nothing is half done, and waiting costs nothing.`, ...ways.map((way) => `  ${way}`)].join('\n')
}

const sum = (a: BooksTotals, b: BooksTotals): BooksTotals => ({
  read: a.read + b.read,
  migrated: a.migrated + b.migrated,
  quarantined: a.quarantined + b.quarantined,
  filtered: a.filtered + b.filtered,
  warned: a.warned + b.warned,
})

const rowsInWords = (t: BooksTotals): string =>
  [
    `${count(t.migrated)} of ${plural(t.read, 'row')} migrated`,
    t.quarantined ? `${count(t.quarantined)} in quarantine` : '',
    t.filtered ? `${count(t.filtered)} left out by rules` : '',
    t.warned ? `${count(t.warned)} with a warning` : '',
  ]
    .filter(Boolean)
    .join(', ')

/** A run that stopped: an interruption with the way to go on, a verification with its rows; anything else as it is. */
export function stoppedRun(error: unknown, view: View | undefined, screen: Screen, resume: string): unknown {
  if (!(error instanceof GodwitError)) return error
  if (error.code === 'GW_INTERRUPTED') {
    const rows = view?.steps.reduce((n, s) => n + s.done, 0) ?? 0
    const said = interrupted({ run: view?.run ?? '', rows })
    return new GodwitError(said.code, said.exit, { message: said.message, hint: `Resume: ${resume}` })
  }
  if (error.code === 'GW_VERIFY_NO' && view) {
    for (const line of wrongAnswers(
      view.steps.flatMap((s) => s.answers),
      screen,
    ))
      screen.say(line)
    return new GodwitError(error.code, error.exit, {
      message: 'Verification said no. The rows are there, and the run is not finished.',
      hint: `${error.hint}\nWhen it is mended: ${resume}`,
    })
  }
  return error
}
