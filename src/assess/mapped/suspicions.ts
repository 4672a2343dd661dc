// What a mapping will meet, as questions about the rows of its source.
import { explained } from '../../errors/index.ts'
import type { MappingFacts } from '../../mapping/mapping.ts'
import { shownId } from '../../schema/schema.ts'
import { count, list, plural } from '../../text.ts'
import type { Subject, Suspicion, Twins } from '../question.ts'
import { column } from '../question.ts'
import type { Met, Refused } from './rows.ts'

export interface Budget {
  readonly rows: number
  readonly percent: number
}

/** What a reason is about, as an audit calls it. */
const kindOf: Readonly<Record<string, string>> = {
  ENUM_UNKNOWN: 'unknown codes',
  NULL_NOT_ALLOWED: 'missing values',
  LOOKUP_MISS: 'orphans',
  LOOKUP_AMBIGUOUS: 'duplicates',
  DATE_INVALID: 'dates',
  DATE_RANGE: 'dates',
}

/** A row is told under the first reason that holds, as a run would: their numbers add up. */
export function suspicionsOf(m: MappingFacts, subject: Subject, met: Met, budget: Budget): Suspicion[] {
  const { quote } = subject.place.spelling.sql
  const refusing = met.refused.filter((r) => !r.warns)
  const rule = `s.${quote('godwit rule')}`
  const first = refusing.length ? `case ${refusing.map((r, i) => `when ${r.where} then ${i + 1}`).join(' ')} end` : 'null'
  const about = { subject, from: `(select s.*, ${first} as ${quote('godwit rule')} from ${met.from})` }
  const goes = `${rule} is null`
  return [
    // without its rules nobody knows which rows it is about
    ...(refusing.length && met.ruled ? [{ ...about, ...whole(m, subject, met, `${rule} is not null`, budget) }] : []),
    ...refusing.map((r, i) => ({ ...about, ...because(m, subject, r, `${rule} = ${i + 1}`) })),
    ...met.refused.filter((r) => r.warns).map((r) => ({ ...about, ...because(m, subject, r, `${goes} and ${r.where}`) })),
    ...met.replaced.map((r) => ({
      ...about,
      kind: 'missing values',
      columns: r.columns,
      where: `${goes} and ${r.where}`,
      at: r.at,
      judge: (found: number) => (found > 0 ? ('note' as const) : undefined),
      says: (found: number, of: number) =>
        `${count(found)} of ${count(of)} rows of ${shownId(subject.id)} take the default for ${list(r.columns)}.`,
      fix: 'Nothing, if the default is what they mean.',
    })),
  ]
}

type About = Omit<Suspicion, 'subject' | 'from'>

/** More than the budget stops a run: mass dirt looks like a mapping that is wrong. */
function whole(m: MappingFacts, { id }: Subject, { notLookedAt }: Met, where: string, budget: Budget): About {
  const least = notLookedAt.length ? 'At least ' : ''
  const limit = (of: number) => Math.min(budget.rows, (of * budget.percent) / 100)
  return {
    kind: 'quarantine',
    columns: [],
    where,
    judge: (found, of) => (found === 0 ? undefined : found > limit(of) ? 'error' : 'warning'),
    says: (found, of) =>
      found > limit(of)
        ? `${least}${count(found)} of ${count(of)} rows of ${shownId(id)} will not go, and a run stops at ${plural(Math.floor(limit(of)), 'row')}.`
        : `${least}${count(found)} of ${count(of)} rows of ${shownId(id)} will go to quarantine.`,
    fix: 'Look at the causes below: mend the rows or the rules. A budget that fits the data is set under `run` in godwit.config.ts.',
    at: m.at,
  }
}

function because(m: MappingFacts, subject: Subject, { reason, warns }: Refused, where: string): About {
  const columns = reason.columns.join(', ') || 'the row'
  return {
    kind: kindOf[reason.code] ?? 'values',
    columns: reason.columns,
    where,
    ...(reason.columns.length ? { by: Object.fromEntries(reason.columns.map((c) => [c, column(subject, c)])) } : {}),
    ...(warns ? { judge: (found: number) => (found > 0 ? ('note' as const) : undefined) } : {}),
    says: (found, of) =>
      `${count(found)} of ${count(of)} rows of ${shownId(subject.id)} ${warns ? (found === 1 ? 'goes with a warning' : 'go with a warning') : found === 1 ? 'does not go' : 'do not go'}: ${columns} ${reason.says} (${reason.code}).`,
    fix: warns ? 'Nothing, if the mapping says what is meant.' : todoOf(reason.code),
    at: reason.at ?? m.at,
  }
}

const todoOf = (code: string): string => {
  const todo = explained.find((e) => e.kind === 'quarantine' && e.code === code)?.todo?.replace(/ Then: .*$/, '')
  return todo === undefined ? `godwit explain ${code}` : `${todo.charAt(0).toUpperCase()}${todo.slice(1)}`
}

/** The keys that rows are given: what comes twice does not go at all, unless the mapping says who stays. */
export function twinsOf(subject: Subject, met: Met): Twins[] {
  const from = met.from.startsWith('(') ? met.from.replace(/ s$/, '') : undefined
  const { spelling } = subject.place
  return met.told.flatMap((t): Twins[] => {
    const about = { subject, where: t.where, columns: t.columns, at: t.output.at, ...(from === undefined ? {} : { from }) }
    const into = `${shownId(t.output.to.id)} (${t.columns.join(', ')})`
    const exact = Object.fromEntries(
      Object.entries(t.values).map(([c, v]) => [c, t.texts.includes(c) ? spelling.sql.bytewise(spelling.text(v)) : v]),
    )
    const collide: Twins = {
      ...about,
      kind: 'duplicates',
      by: exact,
      grade: 'warning',
      says: (groups, rows) =>
        `${count(rows)} rows of ${shownId(subject.id)} would share ${plural(groups, 'key')} of ${into}: none of them goes.`,
      fix: 'Decide who stays: mend the others, take what tells them apart into the key, or make one row of each group (per).',
    }
    if (!t.texts.length) return [collide]
    const differing = t.texts.map((c) => exact[c]!)
    const folds: Twins = {
      ...about,
      kind: 'collation',
      by: Object.fromEntries(Object.entries(t.values).map(([c, v]) => [c, t.texts.includes(c) ? spelling.fold(v) : v])),
      differing: differing.length === 1 ? differing[0]! : spelling.sql.concat(differing.flatMap((e, i) => (i ? ["' | '", e] : [e]))),
      grade: t.folds ? 'error' : 'warning',
      says: (groups, rows) =>
        `${count(rows)} rows of ${shownId(subject.id)} become ${count(groups)} in ${into} where ${spelling.folds} do not count${t.folds ? ', as is so there' : ''}.`,
      fix: 'Decide which spelling is right before they meet in one column; where the target tells them apart, they only look like twins.',
    }
    return [collide, folds]
  })
}
