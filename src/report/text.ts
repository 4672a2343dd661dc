// For a terminal or a mail: the verdict, then what it rests on. No line is longer than a hundred characters.
import { count, plural } from '../text.ts'
import { digest, said } from './assessment/words.ts'
import type { Asked, Report } from './report.ts'
import { columns, wrap } from './text-layout.ts'
import * as words from './words.ts'

const indent = '  '

export function text(r: Report): string {
  const sections = [
    head(r),
    books(r),
    verification(r),
    quarantine(r),
    warnings(r),
    coverage(r),
    others(r),
    times(r),
    approvals(r),
    assessed(r),
    findings(r),
    notes(r),
  ]
  return `${sections
    .filter((s) => s.length)
    .map((s) => s.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`
}

function head(r: Report): string[] {
  const env = r.run.environment === undefined ? '' : `  ${words.visible(r.run.environment)}`
  return [
    ...wrap(
      `${words.signs[r.verdict.outcome]} ${r.verdict.outcome.toUpperCase()}  ${words.visible(r.migration)}${env}  run ${r.run.id}  plan ${r.run.plan}`,
      '',
    ),
    ...r.verdict.says.flatMap((s) => wrap(words.visible(s), indent)),
    ...(r.verdict.next ? wrap(words.visible(r.verdict.next), indent) : []),
    '',
    ...columns([
      ['database', `${words.visible(r.database.name)}  ${words.visible(r.database.server)}`],
      ['started', words.moment(r.run.startedAt)],
      ...(r.run.finishedAt ? [[r.run.state === 'undone' ? 'taken back' : 'finished', words.moment(r.run.finishedAt)]] : []),
      ...(r.run.passes > 1 ? [['passes', String(r.run.passes)]] : []),
      ['report', `made ${words.moment(r.madeAt)}`],
    ]),
  ]
}

function books(r: Report): string[] {
  if (!r.books.length) return []
  return section(
    'Books',
    r.books.flatMap((b) => [
      ...wrap(
        `${words.visible(b.mapping)}: ${words.equation(b)}${b.totals.warned ? `; ${count(b.totals.warned)} of them with a warning` : ''}${unread(r, b)}`,
        indent,
      ),
      ...columns(
        b.outputs.map((o) => [`  ${words.visible(o.output)}`, words.visible(o.table), o.rows === undefined ? '' : plural(o.rows, 'row')]),
        indent,
      ),
    ]),
  )
}

const unread = (r: Report, b: Report['books'][number]): string =>
  r.verdict.outcome === 'not finished' && words.left(b) ? `; about ${count(words.left(b))} are left` : ''

function verification(r: Report): string[] {
  const v = r.verification
  if (!v) return section('Verification', [`${indent}not asked`])
  const groups = words.questionsAbout.flatMap(([about, says]) => {
    const answers = words.answersAbout(v, about)
    return answers.length ? [[says, words.tally(answers)]] : []
  })
  return section(`Verification  ${v.verdict}, asked ${words.moment(v.at)} ${v.when}`, [
    ...columns(groups, indent),
    ...objections(v),
    ...v.notes.flatMap((n) => wrap(words.visible(n), indent)),
  ])
}

function objections(v: Asked): string[] {
  return v.answers
    .filter((a) => a.verdict !== 'passed')
    .flatMap((a) => [
      ...wrap(
        `${a.verdict}: ${words.visible(a.title)}, ${count(a.wrong)} wrong of ${count(a.examined)}${a.note ? ` (${words.visible(a.note)})` : ''}`,
        indent,
      ),
      ...a.sample.slice(0, 5).flatMap((row) => wrap(words.sample(row), `${indent}  `)),
    ])
}

function quarantine(r: Report): string[] {
  const { rows, waived, causes } = r.quarantine
  if (!rows) return []
  return section(`Quarantine  ${plural(rows, 'row')}${waived ? `, ${count(waived)} waived` : ''}`, [
    ...causes.flatMap((c) => [
      ...wrap(`${count(c.rows).padStart(6)}  ${c.code}  ${words.cause(c)}`, indent, `${indent}        `),
      ...wrap(
        [c.at, words.examples(c), words.waived(c)]
          .filter(Boolean)
          .map((s) => words.visible(s!))
          .join('  '),
        `${indent}        `,
      ),
    ]),
    ...(r.masked ? wrap(words.masking, indent) : []),
  ])
}

function warnings(r: Report): string[] {
  if (!r.warnings.length) return []
  return section(
    'Warnings',
    r.warnings.flatMap((w) =>
      wrap(`${count(w.rows).padStart(6)}  ${w.code}  ${words.cause(w)}  ${words.visible(w.at ?? '')}`, indent, `${indent}        `),
    ),
  )
}

function coverage(r: Report): string[] {
  return section(
    'Columns',
    r.coverage.flatMap((c) => [
      ...wrap(`${words.visible(c.source)} (${words.visible(c.mapping)}): ${words.coverageSummary(c)}`, indent),
      ...columns(
        c.columns.map((x) => [`  ${words.visible(x.column)}`, words.goesTo(x)]),
        indent,
      ),
      ...columns(
        c.unfed.map((u) => [`  ${words.visible(`${u.table}.${u.column}`)}`, `not mapped: ${words.visible(u.gets)}`]),
        indent,
      ),
    ]),
  )
}

function others(r: Report): string[] {
  if (!r.notOurs.length && !r.onlyRead.length) return []
  return section(
    'Not ours',
    columns(
      [
        ...r.notOurs.map((t) => [words.visible(t.table), plural(t.rows, 'row'), 'were there before the run']),
        ...r.onlyRead.map((t) => [words.visible(t.table), plural(t.rows, 'row'), `only read; ${words.touchedByOthers(t)}`]),
      ],
      indent,
    ),
  )
}

function times(r: Report): string[] {
  return section('Course', [
    ...columns(
      r.steps.map((s) => [s.id, words.took(s), words.visible(s.title)]),
      indent,
    ),
    ...columns(
      r.processes.map((s, i, all) => [`pass ${s.pass}`, `${words.clock(s.from)}–${words.clock(s.to)}`, words.worked(s, i, all)]),
      indent,
    ),
    ...columns(
      r.sequences.map((s) => [words.visible(s.sequence), `next was ${s.nextBefore}, is ${s.nextAfter}`]),
      indent,
    ),
  ])
}

const assessed = ({ assessment: a }: Report): string[] =>
  a
    ? section(
        `Assessment  ${said(a)}, made ${words.moment(a.madeAt)}`,
        digest(a).flatMap((line) => wrap(line, indent)),
      )
    : []

const approvals = (r: Report): string[] =>
  section(
    'Approvals',
    r.approvals.flatMap((a) => [
      ...wrap(`${words.moment(a.at)}  ${a.step}  ${words.visible(words.saidYesOrNo(a))}, of plan ${a.plan}`, indent),
      ...wrap(words.visible(`${a.question}${a.note === undefined ? '' : `: ${a.note}`}`), `${indent}  `),
    ]),
  )

const findings = (r: Report): string[] =>
  r.findings.length
    ? section(
        'Findings',
        r.findings.flatMap((f) =>
          wrap(`${f.level} ${f.code}  ${words.visible(f.message)} ${words.visible(f.hint)} ${words.visible(f.at ?? '')}`, indent),
        ),
      )
    : []

const notes = (r: Report): string[] =>
  r.notes.length
    ? section(
        'Notes',
        r.notes.flatMap((n) => wrap(words.visible(n), indent)),
      )
    : []

const section = (title: string, lines: readonly string[]): string[] => (lines.length ? [title, ...lines] : [])
