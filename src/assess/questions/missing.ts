// Texts that are there and say nothing: for a column that must have a value they pass as one.
import { shownId } from '../../schema/schema.ts'
import { isText } from '../../schema/type.ts'
import { count } from '../../text.ts'
import { column, type Kind } from '../question.ts'

export const missing: Kind = {
  suspicions: (subject) =>
    subject.table.columns
      .filter((c) => isText(c.type) && !c.nullable && !subject.table.primaryKey.includes(c.name))
      .map((c) => ({
        kind: 'missing values',
        subject,
        columns: [c.name],
        where: `${subject.place.spelling.sql.trim(subject.place.spelling.text(column(subject, c.name)))} = ''`,
        says: (found, of) =>
          `${count(found)} of ${count(of)} rows of ${shownId(subject.id)} have a ${c.name} that must be there and is blank.`,
        fix: 'Where a blank is no value, say so in the mapping: .blankToNull().required().',
      })),
}
