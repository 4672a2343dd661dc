// Steps that do more than SQL: what can go wrong when a program is run, a service called, a gate asked.
import { bytes } from '../text.ts'
import { defineError, exit } from './error.ts'

export const commandMissing = defineError<{ program: string; said: string; cause: unknown }>('GW_COMMAND_MISSING', {
  means: 'A step of the migration runs a program, and the program could not be started: it is not there, or may not be run by this user.',
  say: (f) => ({
    message: `${f.program} could not be started: ${f.said}`,
    hint: 'Install it, or say its whole path in the migration. Nothing of the step was done.',
    cause: f.cause,
  }),
})

export const outputTooLong = defineError<{ program: string; which: string; most: number }>('GW_OUTPUT_TOO_LONG', {
  means: 'What a program or a service answered was longer than Godwit keeps of one. Results of that size belong in a file or a table.',
  say: (f) => ({
    message: `The ${f.which} of ${f.program} went beyond ${bytes(f.most)}.`,
    hint: 'Let it say less, or write to a file that the step names.',
  }),
})

export const callFailed = defineError<{ host: string; said: string; cause: unknown }>('GW_CALL_FAILED', {
  exit: exit.resumable,
  means: 'A step of the migration calls a service over HTTP, and no answer came: it is down, slow, or not where the migration says it is.',
  say: (f) => ({
    message: `${f.host} did not answer: ${f.said}`,
    hint: 'When it answers again: godwit run goes on with this step.',
    cause: f.cause,
  }),
})

export const cutOver = defineError<{ run: string; phase: string }>('GW_CUT_OVER', {
  exit: exit.usage,
  means:
    'The cutover of this run has begun, so the application may write to the new shape already. Rows brought over from the old one now could overwrite what it wrote.',
  say: (f) => ({
    message: `Run ${f.run} has been cut over: its rows are not gone over again.`,
    hint: `godwit run goes on where it stands. To go back before the cutover: godwit undo ${f.run} --to verify`,
  }),
})

export const rolledBack = defineError<{ run: string; why: string; steps: readonly string[] }>('GW_ROLLED_BACK', {
  exit: exit.no,
  means:
    'A rule of the migration said that the new way does not hold: the steps of the cutover were taken back, last first. The rows that were migrated are still there.',
  say: (f) => ({
    message: `The cutover of run ${f.run} was taken back: ${f.why}${f.steps.length ? `\n${f.steps.map((s) => `  taken back  ${s}`).join('\n')}` : ''}`,
    hint: 'When the cause is mended: godwit run verifies anew and comes to the cutover again. To take back the rows as well: godwit undo.',
  }),
})

export const notBefore = defineError<{ migration: string; before: string; state: string }>('GW_AFTER', {
  exit: exit.usage,
  means: 'A migration says that it comes after another one (`after`), and that one is not through in this database.',
  say: (f) => ({
    message: `${f.migration} comes after ${f.before}, which is ${f.state} here.`,
    hint: `First: godwit run -m ${f.before}`,
  }),
})

export const laterThere = defineError<{ migration: string; later: readonly string[] }>('GW_LATER_THERE', {
  exit: exit.usage,
  means: 'Other migrations come after this one and have been run here. What they made stands on what this one made.',
  say: (f) => ({
    message: `${f.later.join(', ')} ${f.later.length === 1 ? 'comes' : 'come'} after ${f.migration}, and ${f.later.length === 1 ? 'has' : 'have'} been run here.`,
    hint: `Take ${f.later.length === 1 ? 'it' : 'them'} back first: ${f.later.map((m) => `godwit undo -m ${m}`).join(', then ')}`,
  }),
})

export const undoNeedsCutover = defineError<{ run: string }>('GW_NOT_CUT_OVER', {
  exit: exit.usage,
  means: 'Only the cutover was to be taken back, and this run has none: no step of it has been done, or it was taken back already.',
  say: (f) => ({
    message: `Run ${f.run} has not been cut over.`,
    hint: 'godwit status shows where it stands; godwit undo takes back all of it.',
  }),
})
