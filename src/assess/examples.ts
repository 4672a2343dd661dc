// A few of the rows that were found, and the query that finds them all.
import type { Row } from '../databases/database.ts'
import type { Example } from './assessment.ts'
import type { Subject, Suspicion, Twins } from './question.ts'

const most = 5

export interface Showing {
  readonly patienceMs: number
  readonly mask: (value: string) => string
}

/** As it can be run there. */
export const rowsThat = (s: Suspicion): string => `select s.* from ${s.from ?? s.subject.named} s where ${s.where}`

export async function examplesOf(s: Suspicion, { patienceMs, mask }: Showing, sampled?: string): Promise<readonly Example[]> {
  const { looking } = s.subject.place
  const from = `from ${sampled ?? s.from ?? s.subject.named} s where ${s.where}`
  if (s.by) {
    const names = Object.keys(s.by)
    const sql = `select ${selected(s.subject, s.by)}, count(*) as n ${from} group by ${names.map((_, i) => i + 1).join(', ')} order by count(*) desc, 1 limit ${most}`
    return (await looking.look(sql, patienceMs)).map((r) => exampleOf(r, [], names, mask))
  }
  const { key, shown } = keyAndShown(s)
  const sql = `select ${selected(s.subject, { ...columnsAs(s.subject, [...key, ...shown]) })} ${from}${key.length ? ` order by ${key.map((c) => named(s.subject, c)).join(', ')}` : ''} limit ${most}`
  return (await looking.look(sql, patienceMs)).map((r) => exampleOf(r, key, shown, mask))
}

const named = (subject: Subject, column: string): string => `s.${subject.place.spelling.sql.quote(column)}`

/** A column that is part of the key is told by the key. */
function keyAndShown({ subject, columns }: Suspicion): { key: readonly string[]; shown: readonly string[] } {
  const key = subject.table.primaryKey
  const there = new Set(subject.table.columns.map((c) => c.name))
  return { key, shown: columns.filter((c) => !key.includes(c) && there.has(c)) }
}

const columnsAs = (subject: Subject, columns: readonly string[]): Record<string, string> =>
  Object.fromEntries(columns.map((c) => [c, named(subject, c)]))

/** Under names of ours: a column may be called anything. Where there is nothing to show, the row is still counted. */
const selected = ({ place }: Subject, values: Readonly<Record<string, string>>): string =>
  Object.values(values)
    .map((sql, i) => `${place.spelling.text(sql)} as v${i}`)
    .join(', ') || '1 as nothing'

function exampleOf(row: Row, key: readonly string[], shown: readonly string[], mask: (value: string) => string): Example {
  const at = (i: number) => row[`v${i}`] ?? null
  return {
    key: key.length ? key.map((_, i) => at(i) ?? 'null').join(', ') : undefined,
    values: Object.fromEntries(
      shown.map((name, i) => {
        const value = at(key.length + i)
        return [name, value === null ? null : mask(value)]
      }),
    ),
    rows: row['n'] === undefined ? undefined : Number(row['n']),
  }
}

// ── rows that are alike ──────────────────────────────────────────────────────────────────────

export const groupsThat = (t: Twins): string => {
  const values = Object.values(t.by)
  const names = Object.keys(t.by).map((n) => t.subject.place.spelling.sql.quote(n))
  return `select ${values.map((sql, i) => `${sql} as ${names[i]}`).join(', ')}, count(*) as n from ${t.from ?? t.subject.named} s where ${t.where} group by ${values.map((_, i) => i + 1).join(', ')} having ${having(t)}`
}

const having = (t: Twins): string => (t.differing === undefined ? 'count(*) > 1' : `count(distinct ${t.differing}) > 1`)

export const countingTwins = (t: Twins): string =>
  `select count(*) as g, coalesce(sum(n), 0) as n from (${groupsThat({ ...t, by: Object.fromEntries(Object.values(t.by).map((sql, i) => [`v${i}`, sql])) })}) x`

export async function exampleGroups(t: Twins, { patienceMs, mask }: Showing): Promise<readonly Example[]> {
  const names = Object.keys(t.by)
  const texts = Object.fromEntries(Object.values(t.by).map((sql, i) => [`v${i}`, t.subject.place.spelling.text(sql)]))
  const rows = await t.subject.place.looking.look(`${groupsThat({ ...t, by: texts })} order by n desc, 1 limit ${most}`, patienceMs)
  return rows.map((r) => exampleOf(r, [], names, mask))
}
