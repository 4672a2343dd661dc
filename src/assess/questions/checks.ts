// Rows that a CHECK would refuse which was never asked of them: NOT VALID, or of an engine that did not enforce it.
import { shownId } from '../../schema/schema.ts'
import { count } from '../../text.ts'
import type { Kind } from '../question.ts'

export const checks: Kind = {
  suspicions: (subject) =>
    subject.table.checks
      .filter((c) => !c.validated && c.columns.length > 0)
      .map((c) => ({
        kind: 'unknown codes',
        subject,
        columns: c.columns,
        where: `(${c.sql}) is false`,
        says: (found, of) =>
          `${count(found)} of ${count(of)} rows of ${shownId(subject.id)} are not as ${c.name} ${c.sql} wants them: it is NOT VALID and was never asked of them.`,
        fix: 'Mend the rows; then ALTER TABLE … VALIDATE CONSTRAINT.',
      })),
}
