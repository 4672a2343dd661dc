// How a report says things, the same in every format. None of it escapes for a format; all of it is one line.
import { count, duration, list, plainText, plural } from '../text.ts'
import type {
  Asked,
  Coverage,
  MappingBooks,
  Outcome,
  Process,
  QuarantineCause,
  Question,
  Report,
  SourceColumn,
  StepTime,
  Warning,
} from './report.ts'

const unseen = /[\t\n\r\u061c\u200b-\u200f\u2028\u2029\ufeff\ud800-\udfff]/g

/** What comes from data or from people, on one line and with nothing in it that cannot be seen. */
export const visible = (s: string): string =>
  plainText(s).replace(/[\ud800-\udbff][\udc00-\udfff]|[\s\S]/g, (c) =>
    c.length === 2 ? c : c.replace(unseen, (u) => `\\u${u.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )

/** Verdicts are words first; the sign only helps the eye. */
export const signs: Readonly<Record<Outcome, string>> = { passed: '✓', failed: '✗', 'not verified': '?', 'not finished': '…', undone: '↶' }

export const equation = ({ totals: t, close }: MappingBooks): string =>
  `${count(t.read)} read ${close ? '=' : '≠'} ${count(t.migrated)} migrated + ${count(t.quarantined)} quarantined + ${count(t.filtered)} filtered`

/** What is left to be read, as far as was known beforehand. */
export const left = ({ totals, expected }: MappingBooks): number => Math.max(0, (expected ?? 0) - totals.read)

/** One row that should not be so: `differs: source 15, pad.pad_request 55: status is …`. */
export function sample(row: Readonly<Record<string, string | null>>): string {
  const { what, source, table, target, columns, ...rest } = row
  const place = [...(source ? [`source ${source}`] : []), ...(table && target ? [`${table} ${target}`] : [])].join(', ')
  const others = Object.entries({ ...rest, ...(table && !target ? { table } : {}), ...(target && !table ? { target } : {}) })
  const said = others.map(([name, value]) => `${name} ${value ?? 'null'}`).join(' · ')
  return visible([what, place, columns, said].filter((s) => s).join(': '))
}

/** 2026-11-21 10:45:21 UTC, from ISO text. */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
export const clock = (iso: string): string => iso.slice(11, 19)

export const took = (step: StepTime): string =>
  step.state === 'not begun'
    ? 'not begun'
    : step.seconds === undefined
      ? step.state === 'done'
        ? 'done'
        : step.state
      : `${duration(step.seconds)}${step.state === 'done' ? '' : `, ${step.state}`}`

export const about = (columns: readonly string[]): string => (columns.length ? visible(columns.join(', ')) : 'the row')

/** The reasons of a rule, as one sentence: `bloomberg agrees with more than one row of …`. */
export const cause = (c: Warning | QuarantineCause): string => `${about(c.columns)} ${visible(c.says)}`

export function examples(c: QuarantineCause): string {
  const shown = c.examples.map((e) => (e.value === undefined ? visible(e.key) : `${visible(e.key)} '${visible(e.value)}'`))
  return `${shown.join(', ')}${c.rows > shown.length ? ', …' : ''}`
}

export const waived = (c: QuarantineCause): string => (c.waived ? `${count(c.waived)} waived: ${visible(c.reasons.join('; '))}` : '')

export const questionsAbout: readonly (readonly [Question, string])[] = [
  ['books', 'Every source row is in one place'],
  ['rows', 'Rows are as the mapping says'],
  ['checks', 'Checks of the migration'],
  ['rows that are not ours', 'Rows that are not ours are as before'],
  ['next keys', 'The next keys are free'],
]

export const answersAbout = (asked: Asked, about: Question) => asked.answers.filter((a) => a.about === about)

export function tally(answers: Asked['answers']): string {
  const of = (verdict: string) => answers.filter((a) => a.verdict === verdict).length
  const parts = (['passed', 'failed', 'not verified'] as const).flatMap((v) => (of(v) ? [`${of(v)} ${v}`] : []))
  return parts.length ? list(parts) : 'none asked'
}

export function coverageSummary({ columns }: Coverage): string {
  const used = columns.filter((c) => c.usedFor.length || c.key).length
  const ignored = columns.filter((c) => c.ignored !== undefined).length
  const neither = columns.length - columns.filter((c) => c.usedFor.length || c.key || c.ignored !== undefined).length
  return `${plural(columns.length, 'column')}: ${used} used, ${ignored} left out with a reason, ${neither ? `${neither} neither` : 'none forgotten'}`
}

export function goesTo(c: SourceColumn): string {
  if (c.ignored !== undefined && !c.usedFor.length) return `left out: ${visible(c.ignored)}`
  const uses = [...(c.key ? ['the key'] : []), ...c.usedFor].map(visible)
  return uses.length ? uses.join(', ') : 'nowhere'
}

/** A second process in the same pass took up what the first had left. */
export function worked(p: Process, i: number, all: readonly Process[]): string {
  const again = all.slice(0, i).some((x) => x.pass === p.pass)
  const what = p.rows ? plural(p.rows, 'row') : 'single rows'
  return `${what} in ${plural(p.units, 'transaction')}${again ? (p.rows ? ', taken up again' : ', afterwards') : ''}`
}

/** `approved by ada for dba, signed with a key of theirs` */
export function saidYesOrNo({ verdict, person, roles, proof }: Report['approvals'][number]): string {
  const of = roles.length ? ` for ${list(roles)}` : ''
  return `${verdict} by ${person}${of}, ${proof === 'signed' ? 'signed with a key of theirs' : 'claimed and not proved'}`
}

export function touchedByOthers(r: Report['onlyRead'][number]): string {
  if (r.changed === undefined) return 'not asked'
  return r.changed ? 'changed by others since the run began' : 'unchanged'
}

export const masking = 'Values of rows are shown by their shape: letters as x, digits as 9. Keys are shown as they are.'
