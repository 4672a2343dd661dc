// Plain SQL that is to be carried out beside an application at work: what it cannot be made into steps of.
import { plainText, shortened } from '../text.ts'
import { defineError, exit } from './error.ts'

export interface Refused {
  /** `orders.sql:3` */
  readonly at: string
  readonly statement: string
  readonly why: string
  readonly instead: string
}

/** One line of it. */
export const asStatement = (sql: string): string => shortened(plainText(sql.replace(/\s+/g, ' ').trim()))

export const sqlRefused = defineError<{ file: string; refused: readonly Refused[] }>('GW_SQL_REFUSED', {
  exit: exit.usage,
  means:
    'A file of plain SQL has statements that cannot be carried out beside an application at work: it would lock a table for long, drop what nobody has named, change rows, or nobody can see what it does. Every statement of the file has a step of its own, or none is run.',
  say: ({ file, refused }) => ({
    at: refused[0]!.at,
    message: [
      `${plainText(file)}: ${refused.length === 1 ? 'a statement has' : `${refused.length} statements have`} no way beside an application at work.`,
      ...refused.map((r) => `  ${plainText(r.at)}  ${plainText(r.statement)}\n      ${plainText(r.why)}\n      ${plainText(r.instead)}`),
    ].join('\n'),
    hint: 'Nothing was opened or changed. Mend the file, then run again.',
  }),
})

export const sqlUnreadable = defineError<{ file: string; why: string; cause?: unknown }>('GW_SQL_FILE', {
  exit: exit.usage,
  means: 'A file of plain SQL that a migration names is not there, cannot be read, or has no statement in it.',
  say: ({ file, why, cause }) => ({
    at: plainText(file),
    message: `${plainText(file)} ${plainText(why)}.`,
    hint: 'A path is relative to the file that says it.',
    cause,
  }),
})
