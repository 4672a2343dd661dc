// What an audit or a baseline says no to.
import { plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

const lateMeans =
  'A baseline is a number of how things were before. One that is taken when rows have been written already would be held against itself, and find nothing.'

export const baselineLate = defineError<{ name: string; why: string; at: string | undefined }>('GW_BASELINE_LATE', {
  exit: exit.no,
  means: lateMeans,
  say: (f) => ({
    message: `The baseline "${plainText(f.name)}" comes too late: ${f.why}.`,
    hint: 'Put it into the phase assess, and take the run back (godwit undo) if it has written rows: then it is taken before the first.',
    at: f.at,
  }),
})

export const baselineEmpty = defineError<{ name: string; found: string; at: string | undefined }>('GW_BASELINE_EMPTY', {
  exit: exit.no,
  means:
    'A baseline that is empty, zero or no number proves nothing: whatever is held against it later agrees with it, or cannot be compared. It is not verified, and nothing was written.',
  say: (f) => ({
    message: `The baseline "${plainText(f.name)}" is not verified: it is ${plainText(f.found)}.`,
    hint: "Ask of rows that are there. Where zero is what is meant, say why: mayBeZero: '…'.",
    at: f.at,
  }),
})

export const notReady = defineError<{ outcome: string; says: readonly string[]; worst: readonly string[] }>('GW_NOT_READY', {
  exit: exit.no,
  means:
    'The first step of the migration is an audit of the data (assessment), and it found what must be mended or known before anything is done. Nothing was written.',
  say: (f) => ({
    message: `The data are ${f.outcome}: ${f.says.map(plainText).join(' ')}${f.worst.map((w) => `\n  ${plainText(w)}`).join('')}`,
    hint: 'godwit assess shows all of it, with the rows and what to do. When it is mended: godwit run goes on.',
  }),
})

export const assessorMissing = defineError('GW_ASSESSOR_MISSING', {
  exit: exit.usage,
  means: 'A step of the migration asks for an audit of the data, and the run was begun by a program that does not lend it one.',
  say: () => ({
    message: 'Nobody here can make the audit that the migration asks for.',
    hint: "Run it by `godwit run`, or by `run` of 'godwit/api'.",
  }),
})
