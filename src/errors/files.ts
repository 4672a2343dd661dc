// What can be wrong with files that rows are read from, or written to.
import { count, plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

const usage = exit.usage

export const fileOutside = defineError<{ file: string; folder: string; why: string }>('GW_FILE_OUTSIDE', {
  exit: usage,
  means: `A source of files has a folder, and everything that is read for it lies inside. A name with .. in it, an absolute path, and a
symbolic link that leads out of the folder are refused: a folder of exports often comes from somebody else, and what it holds must not
decide which files of this machine are read. What is not an ordinary file (a folder, a pipe, a device) is refused as well.`,
  say: (f) => ({
    message: `${plainText(f.file)} is not read: ${f.why}. The source's folder is ${plainText(f.folder)}.`,
    hint: 'Put the file into the folder, or name the folder that it is in under sources in godwit.config.ts.',
  }),
})

export const fileUnclear = defineError<{ file: string; why: string; hint: string }>('GW_FILE_UNCLEAR', {
  exit: usage,
  means: `What a file is cannot be told from its name, or two files of a folder would be one table. The configuration says which files are
a table, and how they are written.`,
  say: (f) => ({ message: `${plainText(f.file)} ${f.why}.`, hint: f.hint }),
})

export const fileHeader = defineError<{ file: string; why: string; hint: string }>('GW_FILE_HEADER', {
  exit: usage,
  means: `The columns of a file cannot be used as they are: a name stands twice or is missing, the file is empty, or one of several files
that are one table has other columns than the first. Godwit does not rename columns and does not skip files.`,
  say: (f) => ({ at: plainText(f.file), message: `${plainText(f.file)} ${plainText(f.why)}.`, hint: f.hint }),
})

export const fileBroken = defineError<{ file: string; line?: number | undefined; why: string; hint?: string; cause?: unknown }>(
  'GW_FILE_BROKEN',
  {
    means: `A file cannot be read to its end as what it should be: it was cut off, a checksum does not hold, a quote is opened and never
closed, a row has no end. Where the next row begins could only be guessed, and then rows would be lost or changed without a word. So
nothing of the file is taken. A row that is wrong by itself goes to quarantine instead.`,
    say: (f) => {
      const place = `${plainText(f.file)}${f.line === undefined ? '' : `:${f.line}`}`
      return {
        at: place,
        message: `${place} ${f.why}.`,
        hint: f.hint ?? 'Nothing of it was taken. Get the file anew, or mend it, and run again.',
        cause: f.cause,
      }
    },
  },
)

export const fileRow = defineError<{ file: string; line: number; why: string; key: readonly string[] }>('GW_FILE_ROW', {
  means: `A row of a file cannot be read, and the configuration says that its rows are told apart by columns of theirs (key). A row that
cannot be read has no key to stand in quarantine by. Without a declared key rows are told apart by their number in the file, and such a
row goes to quarantine.`,
  say: (f) => ({
    at: `${plainText(f.file)}:${f.line}`,
    message: `${plainText(f.file)}:${f.line} ${f.why}, so the row has no key (${plainText(f.key.join(', '))}).`,
    hint: 'Mend that line; or leave out key under sources in godwit.config.ts, so that such rows go to quarantine by their number.',
  }),
})

export interface FileChange {
  readonly file: string
  readonly was: string
  readonly is: string
}

export const filesChanged = defineError<{ changes: readonly FileChange[]; run?: string | undefined }>('GW_FILE_CHANGED', {
  exit: usage,
  means: `The plan holds the size and the SHA-256 of each file that rows are read from. A file is not what it was: changed after it was
planned, between two processes of one run, or while it was being read. Part of the rows would come from the old file and part from the new
one, so the run stops. A run that is complete may be run again over changed files: that is a new plan, and all rows are compared.`,
  say: (f) => ({
    at: plainText(f.changes[0]!.file),
    message: f.changes.map((c) => `${plainText(c.file)} has changed: it was ${c.was}, and is ${c.is}.`).join('\n'),
    hint: f.run
      ? `Put the file back and run again, or take the run back first: godwit undo ${f.run}`
      : 'Put the file back, or plan anew, and run again. Let nobody write to it meanwhile.',
  }),
})

export const duckdbMissing = defineError<{ cause: unknown }>('GW_DUCKDB_MISSING', {
  exit: usage,
  means: `Parquet is read and written by DuckDB (the package @duckdb/node-api), which is an optional dependency: it is not there for every
platform, and an install may leave it out (--omit=optional). CSV and JSON need nothing.`,
  say: (f) => ({
    message: 'Parquet needs the package @duckdb/node-api, and it is not installed.',
    hint: 'npm install @duckdb/node-api@1.5.5-r.5',
    cause: f.cause,
  }),
})

export const exportRefused = defineError<{ why: string; hint: string; cause?: unknown }>('GW_EXPORT', {
  exit: usage,
  means: `An export could not be made: the table or query cannot be read, a value has no place in the format, or fewer rows arrived in the
file than were read. A file is written under another name and renamed when it is whole, so nothing was left behind.`,
  say: (f) => ({ message: f.why, hint: f.hint, cause: f.cause }),
})

/** How a file's content is told in a message. */
export const contentWords = (c: { readonly bytes: number; readonly sha256: string } | undefined): string =>
  c === undefined ? 'not there' : `${count(c.bytes)} bytes with SHA-256 ${c.sha256.slice(0, 12)}…`
