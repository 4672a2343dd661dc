// Rows that a unique constraint does not hold apart, because a null is in it.
import { shownId, type Unique } from '../../schema/schema.ts'
import { count, list } from '../../text.ts'
import { column, type Kind, type Subject, type Suspicion } from '../question.ts'

export const nullsInUnique: Kind = {
  suspicions: (subject) =>
    subject.table.uniques.filter((u) => u.where === undefined && !u.nullsNotDistinct).flatMap((u) => suspicionOf(subject, u)),
}

function suspicionOf(subject: Subject, u: Unique): Suspicion[] {
  const nullable = u.columns.filter((c) => subject.table.columns.find((x) => x.name === c)?.nullable)
  if (!nullable.length) return []
  // of one column, a null is no more than a value that is missing
  if (u.columns.length === 1 && !u.primary) return []
  return [
    {
      kind: 'keys',
      subject,
      columns: u.columns,
      where: `(${nullable.map((c) => `${column(subject, c)} is null`).join(' or ')})`,
      judge: (found) => (found === 0 ? undefined : u.primary ? 'error' : 'warning'),
      says: (found, of) =>
        `${count(found)} of ${count(of)} rows of ${shownId(subject.id)} have a null in ${list(u.columns)}: what is ${u.primary ? 'its key' : 'unique'} there does not tell them apart.`,
      fix: u.primary
        ? 'Fill the key: rows without one cannot be followed by anybody, nor by Godwit.'
        : 'Fill the column, or make the constraint one that holds nulls for the same (NULLS NOT DISTINCT).',
    },
  ]
}
