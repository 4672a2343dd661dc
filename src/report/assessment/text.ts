// An assessment for a terminal or a mail: the verdict, then what stands in the way. No line but a query is longer than a hundred characters.
import { type Assessment, type Finding, gradesOf } from '../../assess/assessment.ts'
import { shownId } from '../../schema/schema.ts'
import { columns, wrap } from '../text-layout.ts'
import { moment, visible } from '../words.ts'
import * as words from './words.ts'

const indent = '  '

export function text(a: Assessment): string {
  const sections = [
    head(a),
    volumes(a),
    ...words.grades.map(([grade, title]) => findings(title, gradesOf(a.findings, grade))),
    unlooked(a),
    foot(a),
  ]
  return `${sections
    .filter((s) => s.length)
    .map((s) => s.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`
}

function head(a: Assessment): string[] {
  const env = a.environment === undefined ? '' : `  ${visible(a.environment)}`
  return [
    ...wrap(`${words.signs[a.verdict.outcome]} ${words.said(a).toUpperCase()}  ${visible(a.migration)}${env}  ${visible(a.database)}`, ''),
    ...a.verdict.says.flatMap((s) => wrap(visible(s), indent)),
    ...(a.verdict.next ? wrap(visible(a.verdict.next), indent) : []),
  ]
}

function volumes(a: Assessment): string[] {
  if (!a.tables.length) return []
  return [
    'Tables',
    ...columns(
      a.tables.map((t) => [visible(shownId(t.table)), words.rowsOf(t), words.sizeOf(t), words.rolesOf(t)]),
      indent,
    ),
  ]
}

function findings(title: string, all: readonly Finding[]): string[] {
  return all.length ? [title, ...all.flatMap(finding)] : []
}

function finding(f: Finding): string[] {
  const below = `${indent}    `
  const examples = [...f.examples.map(words.exampleOf), words.more(f)].filter(Boolean)
  return [
    ...wrap(`${words.marks[f.grade]} ${f.kind}: ${words.titleOf(f)}${f.at === undefined ? '' : `  ${visible(f.at)}`}`, indent, below),
    ...examples.flatMap((e) => wrap(e, below, `${below}  `)),
    ...f.fix.split('\n').flatMap((line, i) => wrap(visible(line), `${below}${i ? '  ' : '→ '}`, `${below}  `)),
    // a query stays on one line, so that it can be copied; one that is longer than a page is in the other formats
    ...(f.query !== undefined && f.query.length <= longest ? [`${below}${visible(f.query)}`] : []),
  ]
}

const longest = 400

const unlooked = (a: Assessment): string[] =>
  a.notLookedAt.length
    ? ['Not looked at', ...a.notLookedAt.flatMap((u) => wrap(`${visible(u.what)}: ${visible(u.why)}`, indent, `${indent}  `))]
    : []

const foot = (a: Assessment): string[] => [
  ...wrap(`${a.asked} questions were answered, ${moment(a.madeAt)}. Nothing was written.`, ''),
  ...(a.masked && a.findings.some((f) => f.examples.length) ? wrap(words.masking, '') : []),
]
