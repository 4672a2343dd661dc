// Rows that point at one that is not there: by the foreign keys that are declared, whatever a constraint was told to overlook.
import type { ForeignKey } from '../../schema/schema.ts'
import { shownId } from '../../schema/schema.ts'
import { count, list } from '../../text.ts'
import type { Grade } from '../assessment.ts'
import { column, type Kind, type Subject, type Suspicion } from '../question.ts'
import { idThere, parentOf } from './pointing.ts'

export const orphans: Kind = {
  suspicions: (subject) => subject.table.foreignKeys.flatMap((f) => orphansOf(subject, f)),
}

function orphansOf(subject: Subject, f: ForeignKey): Suspicion[] {
  const to = idThere(subject, f.to)
  const parent = parentOf(subject, to)
  if (!parent) return []
  const set = f.columns.map((c) => `${column(subject, c)} is not null`)
  const asked = `(${set.join(f.match === 'full' ? ' or ' : ' and ')})`
  const agrees = f.columns.map((c, i) => `p.${subject.place.spelling.sql.quote(f.toColumns[i]!)} = ${column(subject, c)}`).join(' and ')
  const names = list(f.columns)
  return [
    {
      kind: 'orphans',
      subject,
      columns: f.columns,
      where: `${asked} and not exists (select 1 from ${parent.named} p where ${agrees})`,
      of: asked,
      alone: true,
      judge: (found, of) => gradeOf(f, found, of),
      says: (found, of) =>
        `${count(found)} of ${count(of)} rows of ${shownId(subject.id)} point by ${names} at a row of ${shownId(to)} that is not there${f.validated ? ', although the foreign key is called valid' : ''}.`,
      fix: `Bring the missing rows of ${shownId(to)} back, set ${names} to null, or let them go to quarantine: the key cannot be validated before.`,
    },
  ]
}

/** A constraint that is called valid and is not promises what others rely on. */
const gradeOf = (f: ForeignKey, found: number, of: number): Grade | undefined =>
  found === 0 ? undefined : f.validated || found * 100 > of ? 'error' : 'warning'
