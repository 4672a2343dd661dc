// What values are stored as: kinds that are none of their column's in SQLite, and texts that are numbers but for a few.
import { type LiveColumn, shownId } from '../../schema/schema.ts'
import { isText } from '../../schema/type.ts'
import { count } from '../../text.ts'
import { column, type Kind, type Subject, type Suspicion } from '../question.ts'

export const stored: Kind = {
  suspicions: ({ table, ...rest }) => {
    const subject = { table, ...rest }
    return table.columns.flatMap((c) => [...misfits(subject, c), ...almostNumbers(subject, c)])
  },
}

/** What SQLite's rules of affinity would make of a value, by the words of the declaration. */
const affinities: readonly (readonly [RegExp, readonly string[]])[] = [
  [/INT/i, ['integer']],
  [/CHAR|CLOB|TEXT/i, ['text']],
  [/BLOB|^$|without a type/i, []],
  [/REAL|FLOA|DOUB/i, ['real', 'integer']],
  [/DATE|TIME/i, []],
  [/./, ['integer', 'real']],
]

function misfits(subject: Subject, c: LiveColumn): Suspicion[] {
  const { spelling, looking } = subject.place
  const declared = c.comment ?? ''
  const fits = affinities.find(([pattern]) => pattern.test(declared))?.[1] ?? []
  if (!spelling.stored || looking.copied || subject.table.kind === 'view' || !fits.length) return []
  const kind = spelling.stored(column(subject, c.name))
  return [
    {
      kind: 'types as stored',
      subject,
      columns: [c.name],
      where: `${kind} not in ('null', ${fits.map((f) => `'${f}'`).join(', ')})`,
      of: `${kind} <> 'null'`,
      by: { 'stored as': kind, [c.name]: column(subject, c.name) },
      says: (found, of) => `${count(found)} of ${count(of)} values in ${shownId(subject.id)}.${c.name} (${declared}) are not of its type.`,
      fix: `Say text() for ${c.name} in the migration's table, and in the mapping what it must be: .asInt(), .asDecimal().`,
    },
  ]
}

/** Below this the column is no column of numbers. */
const nearlyAll = 0.9

function almostNumbers(subject: Subject, c: LiveColumn): Suspicion[] {
  if (!isText(c.type) || subject.table.primaryKey.includes(c.name) || isCode(c.name)) return []
  const { spelling } = subject.place
  const value = column(subject, c.name)
  const filled = `${value} is not null and ${spelling.sql.trim(spelling.text(value))} <> ''`
  // a SQLite column of numbers is one already
  const text = spelling.stored ? ` and ${spelling.stored(value)} = 'text'` : ''
  return [
    {
      kind: 'types as stored',
      subject,
      columns: [c.name],
      where: `${filled}${text} and not (${spelling.numeric(value)})`,
      of: `${filled}${text}`,
      by: { [c.name]: value },
      judge: (found, of) => (found > 0 && found < of * (1 - nearlyAll) ? 'warning' : undefined),
      says: (found, of) => `${shownId(subject.id)}.${c.name} is text that is a number in all but ${count(found)} of ${count(of)} rows.`,
      fix: 'Read it in the form that it has: .asDecimal(), .asMoney(); what is none then goes to quarantine with its reason.',
    },
  ]
}

/** Names of what is written with digits and is no number. */
const isCode = (name: string): boolean =>
  /phone|fax|zip|postal|postcode|iban|account_?no|serial|version|date|time|_at$|At$|_yn$|^is_|flag|code|status|type/i.test(name)
