// Texts that are told apart here, and are the same where case, accents and blanks do not count.
import { shownId } from '../../schema/schema.ts'
import { isText } from '../../schema/type.ts'
import { count, list } from '../../text.ts'
import { column, type Kind, type Subject, type Twins } from '../question.ts'

export const collation: Kind = {
  twins: (subject) =>
    subject.roles.has('written') && !subject.roles.has('source')
      ? []
      : subject.table.uniques.filter((u) => u.columns.length && u.where === undefined).flatMap((u) => collapsed(subject, u.columns)),
}

function collapsed(subject: Subject, columns: readonly string[]): Twins[] {
  const texts = columns.filter((c) => isText(subject.table.columns.find((x) => x.name === c)!.type))
  if (!texts.length) return []
  const { spelling } = subject.place
  const value = (c: string) => (texts.includes(c) ? spelling.fold(column(subject, c)) : column(subject, c))
  const exact = texts.map((c) => spelling.sql.bytewise(spelling.text(column(subject, c))))
  return [
    {
      kind: 'collation',
      subject,
      columns,
      by: Object.fromEntries(columns.map((c) => [c, value(c)])),
      where: columns.map((c) => `${column(subject, c)} is not null`).join(' and '),
      differing: exact.length === 1 ? exact[0]! : spelling.sql.concat(exact.flatMap((e, i) => (i ? ["' | '", e] : [e]))),
      grade: 'warning',
      says: (groups, rows) =>
        `${count(rows)} rows of ${shownId(subject.id)} are ${count(groups)} where ${spelling.folds} do not count in ${list(columns)}.`,
      fix: 'Where the target takes them for the same, they collide there: decide which is right, and mend the others first.',
    },
  ]
}
