// Where every column went, and what is not ours.
import type { Coverage, Report, SourceColumn } from '../report.ts'
import * as words from '../words.ts'
import { markup as h, type Markup } from './markup.ts'
import { number, section, table } from './parts.ts'

export const coverage = (r: Report): Markup | undefined =>
  r.coverage.length ? section('columns', 'Where every column went', undefined, r.coverage.map(coverageOf)) : undefined

function coverageOf(c: Coverage): Markup {
  const rows = c.columns.map(
    (x) => h`<tr><th scope="row"><code>${x.column}</code></th><td class="soft short">${x.type}</td><td>${goes(x)}</td></tr>\n`,
  )
  return h`<h3><code>${c.source}</code> <small>mapping ${c.mapping}</small></h3>
${table(words.coverageSummary(c), ['source column', 'type', 'goes to'], rows)}
${c.unfed.length > 0 && unfed(c)}`
}

const goes = (x: SourceColumn): Markup =>
  x.ignored !== undefined && !x.usedFor.length ? h`<span class="left-out">${words.goesTo(x)}</span>` : h`${words.goesTo(x)}`

const unfed = (c: Coverage): Markup =>
  table(
    'Target columns that the mapping gives nothing',
    ['target column', 'gets'],
    c.unfed.map((u) => h`<tr><th scope="row"><code>${u.table}.${u.column}</code></th><td><code>${u.gets}</code></td></tr>\n`),
  )

export function notOurs(r: Report): Markup | undefined {
  if (!r.notOurs.length && !r.onlyRead.length) return undefined
  const compared = (name: string) => r.verification?.answers.find((a) => a.title === `rows of ${name} that are not ours`)?.verdict
  const rows = [
    ...r.notOurs.map(
      (t) =>
        h`<tr><th scope="row"><code>${t.table}</code></th>${number(t.rows)}<td>were there before the run</td><td>${compared(t.table) === 'passed' ? 'as they were' : compared(t.table) === 'failed' ? h`<b class="failed">changed</b>` : 'not asked'}</td></tr>\n`,
    ),
    ...r.onlyRead.map(
      (t) =>
        h`<tr><th scope="row"><code>${t.table}</code></th>${number(t.rows)}<td>only read</td><td>${words.touchedByOthers(t)}</td></tr>\n`,
    ),
  ]
  return section(
    'not-ours',
    'What is not ours',
    undefined,
    table(
      'Rows and tables that the migration must leave alone, fingerprinted before the first write.',
      ['table', '#rows', 'why not ours', 'now'],
      rows,
    ),
  )
}
