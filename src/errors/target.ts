// What can go wrong with a target that is not Postgres: its rows are worked on in a workshop and delivered at the end.
import { plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

const nothingDelivered = 'All of the delivery was rolled back: the target is as it was.'

export const targetFileMissing = defineError<{ file: string }>('GW_TARGET_FILE', {
  exit: exit.usage,
  means: 'The database is a file, and there is none. Godwit does not make an empty one in its place, as SQLite itself would.',
  say: (f) => ({
    message: `There is no file ${plainText(f.file)}.`,
    hint: '`database` in godwit.config.ts says where it is, relative to that file.',
  }),
})

export const targetUnsupported = defineError<{ what: string; why: string; hint: string }>('GW_TARGET_UNSUPPORTED', {
  exit: exit.usage,
  means:
    'A target that is not Postgres is worked on in a workshop, and what has changed is delivered to it. Something that was asked for cannot be done in this way. Nothing was changed.',
  say: (f) => ({ message: `${plainText(f.what)}: ${plainText(f.why)}.`, hint: f.hint }),
})

export const valueDoesNotFit = defineError<{ table: string; row: string; column: string; declared: string; kind: string }>(
  'GW_TARGET_VALUE',
  {
    exit: exit.usage,
    means: `The target's engine lets a column hold values that are not of its type: text in a column of numbers, bytes that are no text. Such
a value cannot be carried as what the column is said to be, and Godwit neither converts nor drops it. Nothing was changed.
Where the table that the migration names says text() for that column, its values arrive as they are written, and the mapping says
what they must be: a row whose value is none goes to quarantine. A value that no text can hold (NUL, bytes that are not UTF-8) can
be read by a mapping whose table is one of \`sources\`: such a row then goes to quarantine with its bytes.`,
    say: (f) => ({
      message: `${plainText(f.table)} ${plainText(f.row)}: ${plainText(f.column)} is declared ${plainText(f.declared)} and holds ${f.kind}.`,
      hint: `Mend the value, or say ${plainText(f.column)}: text() in the table that the migration names, and what it must be in the mapping (.asInt(), .asDecimal()).`,
    }),
  },
)

export const targetMoved = defineError<{ table: string; row: string; what: string; tries: number }>('GW_TARGET_MOVED', {
  exit: exit.resumable,
  means: `Between the moment in which the rows were brought to the workshop and the delivery, somebody changed a row that the delivery
would change, or took a key that it would take. Nobody's work is overwritten: all was rolled back, the rows were brought anew and the
command carried out again, a few times, and each time somebody was quicker.`,
  say: (f) => ({
    message: `${plainText(f.table)} ${plainText(f.row)} ${f.what} while the rows were worked on; tried ${f.tries} times. ${nothingDelivered}`,
    hint: 'Run again when fewer people write there, or hold the writes for the time of the run.',
  }),
})

export const targetRefused = defineError<{ target: string; what: string; said: string; cause?: unknown }>('GW_TARGET_REFUSED', {
  means: `The target would not take a row or a statement: a constraint that the workshop could not have beside it (a CHECK or a unique index
over an expression that Postgres does not read), a trigger that refuses, a statement that fails. Rows cannot be put into quarantine
for it one by one, because all of them were delivered at once. ${nothingDelivered}`,
  say: (f) => ({
    message: `${plainText(f.target)} refused ${plainText(f.what)}: ${plainText(f.said)}. ${nothingDelivered}`,
    hint: 'Let the mapping keep such rows back with .must(condition, why): then they go to quarantine, and the others go.',
    cause: f.cause,
  }),
})

export const notAsSent = defineError<{ table: string; row: string; column: string; sent: string; found: string }>('GW_NOT_AS_SENT', {
  means: `The delivered rows are read back before the delivery is committed, and one was not what had been sent: a trigger changed it, or the
column's type made another value of it (digits that it cannot hold, text that it takes for a number). ${nothingDelivered}`,
  say: (f) => ({
    message: `${plainText(f.table)} ${plainText(f.row)}: ${plainText(f.column)} was sent as ${plainText(f.sent)} and stands there as ${plainText(f.found)}. ${nothingDelivered}`,
    hint: 'Map to a value that the column keeps as it is (.round(), another type); where a trigger changes it, leave that column out of the mapping or the trigger out of the run.',
  }),
})

export const rowsLost = defineError<{ target: string; what: string; lost: readonly string[] }>('GW_ROWS_LOST', {
  means: `Rows are counted in all tables before and after whatever Godwit does in such a target, and references are checked. Rows were about to
go that nobody had named: a rebuilt table whose DROP cascades to the tables that point at it is the usual way. The transaction was
rolled back.`,
  say: (f) => ({
    message: `${plainText(f.what)} in ${plainText(f.target)} would have lost rows: ${f.lost.map(plainText).join('; ')}. It was rolled back.`,
    hint: 'Nothing is lost. Look at the triggers and the ON DELETE of the tables named here; what a step must remove it has to name itself.',
  }),
})

export const targetBusy = defineError<{ target: string; cause: unknown }>('GW_TARGET_BUSY', {
  exit: exit.resumable,
  means: 'Another connection kept the database locked for longer than Godwit waits for it. Nothing was delivered.',
  say: (f) => ({
    message: `${plainText(f.target)} is locked by another connection. ${nothingDelivered}`,
    hint: 'Look for an open transaction in the application, then run the same command again.',
    cause: f.cause,
  }),
})

export const broughtDiffers = defineError<{ table: string; there: string; here: string }>('GW_BROUGHT_DIFFERS', {
  means:
    'Rows are counted and digested on both sides when they are brought to the workshop, and the two did not agree. Nothing was changed.',
  say: (f) => ({
    message: `${plainText(f.table)} is ${f.there} in the target and ${f.here} in the workshop.`,
    hint: 'This is a fault of Godwit, or of the disk. Please tell us, with the types of the table.',
  }),
})

export const backupFailed = defineError<{ target: string; said: string; cause?: unknown }>('GW_BACKUP_FAILED', {
  means: `Before Godwit first writes into a SQLite file it makes a copy of it with SQLite's own backup, and looks whether that is whole. It could not be
made. ${nothingDelivered}`,
  say: (f) => ({
    message: `${plainText(f.target)} could not be backed up: ${plainText(f.said)}. ${nothingDelivered}`,
    hint: 'Look whether there is room in .godwit/backups and whether it may be written to, and run again.',
    cause: f.cause,
  }),
})
