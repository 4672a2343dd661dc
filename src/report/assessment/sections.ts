// An assessment as sections of a page: by itself, or within the report of a run.
import { type Assessment, type Finding, gradesOf } from '../../assess/assessment.ts'
import { shownId } from '../../schema/schema.ts'
import { plural } from '../../text.ts'
import { markup as h, Markup } from '../html/markup.ts'
import { section, table } from '../html/parts.ts'
import type { Report } from '../report.ts'
import { moment } from '../words.ts'
import * as words from './words.ts'

export const findingSections = (a: Assessment): Markup[] =>
  words.grades.flatMap(([grade, title]) => {
    const all = gradesOf(a.findings, grade)
    return all.length ? [section(`${grade}s`, title, plural(all.length, 'finding'), all.map(finding))] : []
  })

function finding(f: Finding): Markup {
  const examples = [...f.examples.map(words.exampleOf), words.more(f)].filter(Boolean)
  return h`<article class="finding ${f.grade}">
<h3>${words.titleOf(f)} <small>${f.kind}${f.at !== undefined && h` · ${f.at}`}</small></h3>
${examples.length > 0 && h`<ul class="sample">${examples.map((e) => h`<li>${e}</li>`)}</ul>`}
<p class="fix">${f.fix.split('\n').map((line, i) => h`${i > 0 && h`<br>`}${line.endsWith(';') ? h`<code>${line}</code>` : line}`)}</p>
${f.query !== undefined && h`<details><summary>The query that finds ${f.found === undefined ? 'it' : 'them'}, in ${f.place}</summary><pre><code>${f.query}</code></pre></details>`}
</article>
`
}

export const tablesSection = (a: Assessment): Markup =>
  section(
    'tables',
    'Tables',
    plural(a.tables.length, 'table'),
    table(
      'All that the migration touches, as far as it can be told from the migration',
      ['table', '#rows', '#size', 'used as', 'in'],
      a.tables.map(
        (t) =>
          h`<tr><th scope="row"><code>${shownId(t.table)}</code></th><td class="number">${words.rowsOf(t)}</td><td class="number">${words.sizeOf(t)}</td><td>${words.rolesOf(t)}</td><td class="soft">${t.place}</td></tr>\n`,
      ),
    ),
  )

export const unlookedSection = (a: Assessment): Markup | undefined =>
  a.notLookedAt.length
    ? section(
        'not-looked-at',
        'Not looked at',
        plural(a.notLookedAt.length, 'thing'),
        table(
          'What was not asked, and why: nothing is left out without being named',
          ['what', 'why'],
          a.notLookedAt.map((u) => h`<tr><th scope="row">${u.what}</th><td>${u.why}</td></tr>\n`),
        ),
      )
    : undefined

/** In the report of a run: what was found before it, each grade folded away but for the errors. */
export function assessed({ assessment: a }: Pick<Report, 'assessment'>): Markup | undefined {
  if (!a) return undefined
  const graded = words.grades.flatMap(([grade, title]) => {
    const all = gradesOf(a.findings, grade)
    return all.length
      ? [h`<details${grade === 'error' && new Markup(' open')}><summary>${title}: ${all.length}</summary>${all.map(finding)}</details>`]
      : []
  })
  return section('assessment', 'Assessment before the run', words.said(a), [
    h`<p class="soft">Made ${moment(a.madeAt)}, before anything was written. ${a.verdict.says.join(' ')}</p>`,
    ...graded,
  ])
}
