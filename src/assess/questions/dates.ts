// Dates that cannot be meant: before their beginning, at the ends of a calendar, in the future of what has happened; texts of several forms.
import { type LiveColumn, shownId } from '../../schema/schema.ts'
import { isText } from '../../schema/type.ts'
import { count } from '../../text.ts'
import { column, type Kind, type Subject, type Suspicion } from '../question.ts'

export const dates: Kind = {
  suspicions: (subject) => [...subject.table.columns.flatMap((c) => oneColumn(subject, c)), ...inOrder(subject)],
}

const named = /(^|_)(date|datum|day|time|timestamp|since|until)(_|$)|_(at|on)$|[a-z](At|On|Date|Time)$/
const typed = new Set(['date', 'timestamp', 'timestamptz'])

const isDated = (c: LiveColumn): boolean => typed.has(c.type.name)
/** A text or a number whose name says that it is a date. */
const saysDate = (c: LiveColumn): boolean => !isDated(c) && isText(c.type) && named.test(c.name)

const oneColumn = (subject: Subject, c: LiveColumn): Suspicion[] =>
  isDated(c) ? [...ends(subject, c), ...future(subject, c)] : saysDate(c) ? forms(subject, c) : []

// ── at the ends ──────────────────────────────────────────────────────────────────────────────

/** What a program writes that had no date to write. */
function ends(subject: Subject, c: LiveColumn): Suspicion[] {
  const value = column(subject, c.name)
  const text = subject.place.spelling.text(value)
  const odd = [
    `${text} like '1970-01-01%'`,
    `${text} like '9999-%'`,
    `${text} like '0%'`,
    `${text} like '1899-%'`,
    `${text} like '1900-01-01%'`,
  ]
  const endless =
    subject.place.spelling.engine === 'postgres'
      ? [`${text} in ('infinity', '-infinity')`, `${text} like '% BC'`, `${value} >= date '9999-01-01'`]
      : []
  return [
    {
      kind: 'dates',
      subject,
      columns: [c.name],
      where: `(${[...odd, ...endless].join(' or ')})`,
      of: `${value} is not null`,
      by: { [c.name]: value },
      says: (found, of) =>
        `${count(found)} of ${count(of)} dates in ${shownId(subject.id)}.${c.name} are what a program writes that has none: 1900, 1970-01-01, 9999, infinity, zeros.`,
      fix: `Say what they mean: .nullIf(…) for "none", or a rule that keeps such rows back.`,
    },
  ]
}

const happened = /creat|insert|updat|modif|chang|request|submit|approv|decid|birth|received|issued|logged|sent|paid/i

function future(subject: Subject, c: LiveColumn): Suspicion[] {
  if (!happened.test(c.name)) return []
  const value = column(subject, c.name)
  const soon: Readonly<Record<string, string>> = {
    postgres: `${value} > current_timestamp + interval '1 day' and ${value} < date '9999-01-01'`,
    mariadb: `${value} > utc_timestamp() + interval 1 day and ${value} < '9999-01-01'`,
  }
  const where = soon[subject.place.spelling.engine]
  if (where === undefined) return []
  return [
    {
      kind: 'dates',
      subject,
      columns: [c.name],
      where,
      of: `${value} is not null`,
      says: (found, of) =>
        `${count(found)} of ${count(of)} dates in ${shownId(subject.id)}.${c.name} lie in the future, of something that has happened.`,
      fix: 'Look who writes there, and with which clock or zone; then mend them, or keep such rows back with .must(…).',
    },
  ]
}

// ── in order ─────────────────────────────────────────────────────────────────────────────────

const beginnings: readonly (readonly [RegExp, readonly string[]])[] = [
  [/(^|_)start(s|ed)?(?=_|$)/i, ['end', 'ends', 'ended', 'finish', 'finished', 'stop', 'stopped']],
  [/(^|_)begin(s)?(?=_|$)/i, ['end', 'ends']],
  [/(^|_)from(?=_|$)/i, ['to', 'until', 'till', 'thru']],
  [/(^|_)opened(?=_|$)/i, ['closed']],
  [/(^|_)creat(ed|ion)(?=_|$)/i, ['updated', 'modified', 'changed', 'update', 'closed', 'deleted']],
]

function inOrder(subject: Subject): Suspicion[] {
  const all = new Map(subject.table.columns.filter((c) => isDated(c) || saysDate(c) || isText(c.type)).map((c) => [snake(c.name), c]))
  return [...all].flatMap(([name, first]) =>
    beginnings.flatMap(([pattern, ends]) =>
      pattern.test(name)
        ? ends.flatMap((end) => {
            const last = all.get(name.replace(pattern, (m) => `${m.startsWith('_') ? '_' : ''}${end}`))
            return last && last !== first && pairs(first, last) ? [reversed(subject, first, last)] : []
          })
        : [],
    ),
  )
}

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
/** Texts are compared as they are written, which is by time only where they are written as ISO has it. */
const pairs = (a: LiveColumn, b: LiveColumn): boolean => (isDated(a) && isDated(b)) || (saysDate(a) && saysDate(b))

function reversed(subject: Subject, first: LiveColumn, last: LiveColumn): Suspicion {
  const { spelling } = subject.place
  const [a, b] = [column(subject, first.name), column(subject, last.name)]
  const iso = isText(first.type) ? ` and ${spelling.shaped(a, '9999-99-99*')} and ${spelling.shaped(b, '9999-99-99*')}` : ''
  return {
    kind: 'dates',
    subject,
    columns: [first.name, last.name],
    where: `${b} < ${a}${iso}`,
    of: `${a} is not null and ${b} is not null`,
    says: (found, of) =>
      `${count(found)} of ${count(of)} rows of ${shownId(subject.id)} have a ${last.name} that lies before their ${first.name}.`,
    fix: 'Decide which of the two is right; a rule in the mapping (.must(…), or swapping them with a warning) keeps it from being guessed.',
  }
}

// ── as texts ─────────────────────────────────────────────────────────────────────────────────

const shapes: readonly (readonly [string, string])[] = [
  ['2026-11-21', '9999-99-99'],
  ['2026-11-21 10:15…', '9999-99-99 *'],
  ['2026-11-21T10:15…', '9999-99-99T*'],
  ['21/11/2026', '99/99/9999*'],
  ['21.11.2026', '99.99.9999*'],
  ['21-11-2026', '99-99-9999*'],
  ['2026/11/21', '9999/99/99*'],
  ['20261121', '99999999'],
  ['seconds since 1970', '9999999999'],
  ['milliseconds since 1970', '9999999999999'],
]

/** All of one form is nothing to tell: the rows that are not of the commonest form are counted by their forms. */
function forms(subject: Subject, c: LiveColumn): Suspicion[] {
  const { spelling } = subject.place
  const value = column(subject, c.name)
  const form = `case ${shapes.map(([says, shape]) => `when ${spelling.shaped(value, shape)} then '${says}'`).join(' ')} else 'none of the usual forms' end`
  const filled = `${value} is not null and ${spelling.text(value)} <> ''`
  const formed = spelling.sql.quote('godwit form')
  const from = `(select s.*, ${form} as ${formed} from ${subject.named} s where ${filled})`
  const commonest = `(select f from (select ${form} as f, count(*) as n from ${subject.named} s where ${filled} group by 1) x order by n desc, f limit 1)`
  return [
    {
      kind: 'dates',
      subject,
      columns: [c.name],
      from,
      where: `s.${formed} <> ${commonest}`,
      alone: true,
      by: { form: `s.${formed}` },
      says: (found, of) =>
        `${shownId(subject.id)}.${c.name} holds dates as texts of several forms: ${count(found)} of ${count(of)} are not of the commonest.`,
      fix: "Read each form as what it is: when(r.column.matches('…'), r.column.asDate('DD/MM/YYYY')).when(…); the rest goes to quarantine.",
    },
  ]
}
