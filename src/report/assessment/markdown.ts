// An assessment for a pull request: the verdict in sight, all else folded away, sixty lines at most.
import { type Assessment, type Finding, gradesOf } from '../../assess/assessment.ts'
import { shownId } from '../../schema/schema.ts'
import { code, type Folded, fitting, plain } from '../markdown.ts'
import { moment } from '../words.ts'
import * as words from './words.ts'

const most = 60

export function markdown(a: Assessment): string {
  const above = [
    `<!-- godwit assessment ${a.migration.replaceAll(/[^A-Za-z0-9_.]+/g, '-')} -->`,
    `## ${words.signs[a.verdict.outcome]} ${plain(words.said(a))}: ${plain(a.migration)}`,
    '',
    ...a.verdict.says.map((s) => `- ${plain(s)}`),
    ...(a.verdict.next ? [`- ${plain(a.verdict.next)}`] : []),
    '',
  ]
  const below = ['', `<sub>${plain(a.database)} · ${a.asked} questions · ${moment(a.madeAt)} · nothing was written</sub>`]
  const folded = [...words.grades.flatMap(([grade, title]) => part(title, gradesOf(a.findings, grade))), ...tables(a), ...unlooked(a)]
  return `${[...above, ...fitting(folded, most - above.length - below.length, '`godwit assess`'), ...below].join('\n')}\n`
}

const part = (title: string, all: readonly Finding[]): Folded[] =>
  all.length ? [{ title: `${title}: ${all.length}`, rows: all.map(row) }] : []

function row(f: Finding): string {
  const example = f.examples[0] ? `: ${code(words.exampleOf(f.examples[0]))}` : ''
  return `- **${f.kind}** ${plain(words.titleOf(f))}${example}${f.at === undefined ? '' : ` (${plain(f.at)})`}`
}

const tables = (a: Assessment): Folded[] =>
  a.tables.length
    ? [{ title: 'Tables', rows: a.tables.map((t) => `- ${plain(shownId(t.table))}: ${words.rowsOf(t)} rows, ${words.rolesOf(t)}`) }]
    : []

const unlooked = (a: Assessment): Folded[] =>
  a.notLookedAt.length ? [{ title: 'Not looked at', rows: a.notLookedAt.map((u) => `- ${plain(u.what)}: ${plain(u.why)}`) }] : []
