// Columns anywhere in the database that point at a table and are declared as no foreign key, by their names and by what stands in them.
// Where the keys of the table become others each has to be decided before; where its rows go elsewhere, it is good to know of.
import { TookTooLong } from '../../databases/looking.ts'
import { whereIs } from '../../schema/schema.ts'
import { type Candidate, candidates, decide, type Key, looked, type Pointing, place, sample } from '../../steps/online/rekey/pointing.ts'
import { count, duration, plainText } from '../../text.ts'
import type { Finding, Grade, Unlooked } from '../assessment.ts'
import type { Kind, Subject } from '../question.ts'
import { type Answers, type Asking, none } from '../scan.ts'
import { idThere } from './pointing.ts'
import { pointedAt } from './undeclared.ts'

export const pointingHere: Kind = {
  async several(subject, asking, all) {
    const key = keyOf(subject)
    if (!key || !(subject.decided || subject.roles.has('source'))) return none
    const found = await candidates((sql) => subject.place.looking.look(sql, asking.patienceMs), key)
    const open = found.filter((c) => !subject.decided?.has(place(c)) && !isAskedThere(c, subject, all))
    const findings: Finding[] = []
    const notLookedAt: Unlooked[] = []
    for (const c of open) {
      asking.signal?.throwIfAborted()
      asking.tell(`${place(c)}: whether it points at ${subject.id}`)
      const answer = await lookedAt(subject, c, key, asking)
      if (answer && 'why' in answer) notLookedAt.push(answer)
      else if (answer) findings.push(answer)
    }
    return { findings, notLookedAt, asked: open.length } satisfies Answers
  },
}

const whole = new Set(['int2', 'int4', 'int8'])

/** A key of one whole number, in a Postgres where it stands. */
function keyOf({ id, table, place: { looking, spelling } }: Subject): Key | undefined {
  const [name, ...more] = table.primaryKey
  const column = table.columns.find((c) => c.name === name)
  if (spelling.engine !== 'postgres' || looking.copied || !column || more.length || !whole.has(column.type.name)) return undefined
  return { id: whereIs(id)?.id ?? id, column: column.name }
}

/** The other table is one of the migration's as well, and is asked by the column's name. */
const isAskedThere = (c: Candidate, subject: Subject, all: readonly Subject[]): boolean =>
  all.some(
    (other) =>
      other.id === idThere(subject, c.id) &&
      other.place === subject.place &&
      !subject.decided &&
      pointedAt(other, c.column).includes(subject.id),
  )

async function lookedAt(subject: Subject, c: Candidate, key: Key, { patienceMs, signal }: Asking): Promise<Finding | Unlooked | undefined> {
  const ask = (sql: string) => subject.place.looking.look(sql, patienceMs)
  const inTime = (sql: string) =>
    ask(sql).catch((problem: unknown) => {
      if (problem instanceof TookTooLong) return undefined
      throw problem
    })
  try {
    const found = await looked(ask, c, key, inTime)
    const grade = found && gradeOf(subject, c, found)
    return grade && findingOf(subject, c, key, found, grade)
  } catch (problem) {
    if (signal?.aborted) throw problem
    const why =
      problem instanceof TookTooLong
        ? `it took longer than ${duration(patienceMs / 1000)}, and so did a part of it`
        : plainText((problem as Error).message.split('\n')[0]!)
    return { what: `whether ${place(c)} points at ${subject.id}`, why }
  }
}

/** One case in so many, as a power of ten: what is that likely to be chance is told by no name that says nothing. */
const surely = 3

/** A run of other keys stops at what nobody has decided. */
function gradeOf({ decided }: Subject, { isNamed }: Candidate, { values, keys, power }: Pointing): Grade | undefined {
  if (decided) return 'error'
  if (isNamed ? keys * 2 < values : power < surely) return undefined
  return keys === values ? 'note' : 'warning'
}

function findingOf(subject: Subject, c: Candidate, key: Key, { says, values, keys, sampled }: Pointing, grade: Grade): Finding {
  const { sql } = subject.place.spelling
  const there = sql.table(idThere(subject, c.id))
  const value = `s.${sql.quote(c.column)}`
  const is = c.kind === 'text' ? `k.${sql.quote(key.column)}::text = ${value}` : `k.${sql.quote(key.column)} = ${value}`
  return {
    kind: 'orphans',
    grade,
    title: `${says}; no foreign key tells of it.`,
    place: subject.place.shown,
    table: idThere(subject, c.id),
    columns: [c.column],
    found: values - keys,
    of: values,
    ...(sampled ? { sampled: `the first ${count(sample)} values` } : {}),
    examples: [],
    query: `select * from ${there} s where ${value} is not null and not exists (select from ${subject.named} k where ${is})`,
    fix: subject.decided
      ? `In rekey: ${decide(c)}.`
      : 'Decide what it is: declare it (NOT VALID first), map it along with the rows that it points at, or leave it and say so.',
    at: undefined,
  }
}
