// Asks whether rows are alike that must not be: whole or not at all, since half of the rows do not show who has a twin.
import { TookTooLong } from '../databases/looking.ts'
import { duration, plainText } from '../text.ts'
import { countingTwins, exampleGroups, groupsThat } from './examples.ts'
import type { Subject, Twins } from './question.ts'
import { type Answers, type Asking, none } from './scan.ts'

/** Rows that an engine is trusted to sort in a millisecond where it cannot be told to stop. */
const rowsPerMs = 100

export async function askTwins(subject: Subject, twins: readonly Twins[], asking: Asking): Promise<Answers[]> {
  const all: Answers[] = []
  for (const t of twins) {
    asking.signal?.throwIfAborted()
    all.push(await askOne(subject, t, asking))
  }
  return all
}

async function askOne(subject: Subject, t: Twins, asking: Asking): Promise<Answers> {
  const what = `${t.kind} of ${subject.id} (${t.columns.join(', ')})`
  const skipped = (why: string): Answers => ({ ...none, notLookedAt: [{ what, why }] })
  const { patienceMs, signal } = asking
  if (!subject.place.spelling.givesUp && (subject.rows ?? 0) > patienceMs * rowsPerMs)
    return skipped(`${subject.rows} rows would take longer than ${duration(patienceMs / 1000)}`)
  asking.tell(`${subject.id}: ${t.kind}`)
  try {
    const [row] = await subject.place.looking.look(countingTwins(t), patienceMs)
    const [groups, rows] = [Number(row!['g']), Number(row!['n'])]
    if (!groups) return { ...none, asked: 1 }
    return {
      ...none,
      asked: 1,
      findings: [
        {
          kind: t.kind,
          grade: t.grade,
          title: t.says(groups, rows),
          place: subject.place.shown,
          table: subject.id,
          columns: t.columns,
          found: rows,
          of: subject.rows,
          examples: await exampleGroups(t, asking),
          query: groupsThat(t),
          fix: t.fix,
          at: t.at,
        },
      ],
    }
  } catch (problem) {
    if (signal?.aborted) throw problem
    return skipped(
      problem instanceof TookTooLong
        ? `it took longer than ${duration(patienceMs / 1000)}`
        : plainText((problem as Error).message.split('\n')[0]!),
    )
  }
}
