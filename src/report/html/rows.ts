// What became of the source rows: books, quarantine, warnings.
import { count, plural } from '../../text.ts'
import type { MappingBooks, Report } from '../report.ts'
import * as words from '../words.ts'
import { markup as h, Markup } from './markup.ts'
import { number, section, table } from './parts.ts'

export function books(r: Report): Markup | undefined {
  if (!r.books.length) return undefined
  const closed = r.books.every((b) => b.close)
  return section(
    'books',
    'Books',
    closed ? 'every row that was read is in exactly one place' : 'they do not close',
    r.books.map((b) => bookOf(r, b)),
  )
}

const remains = (r: Report, b: MappingBooks): number => (r.verdict.outcome === 'not finished' ? words.left(b) : 0)

function bookOf(r: Report, b: MappingBooks): Markup {
  const t = b.totals
  const term = (n: number, name: string, tone?: string) =>
    h`<span><b>${count(n)}</b><span${tone ? new Markup(` class="key" style="--tone: var(--${tone})"`) : undefined}>${name}</span></span>`
  const plus = h`<span class="sign" aria-hidden="true">+</span>`
  return h`<h3><code>${b.source}</code> <small>mapping ${b.mapping}</small></h3>
<div class="equation" role="img" aria-label="${words.equation(b)}">
${term(t.read, 'read')}<span class="sign" aria-hidden="true">${b.close ? '=' : '≠'}</span>${term(t.migrated, 'migrated', 'migrated')}${plus}${term(t.quarantined, 'quarantined', 'quarantined')}${plus}${term(t.filtered, 'left out by a rule', 'filtered')}
<span class="close ${b.close ? 'passed' : 'failed'}">${b.close ? '✓ closes' : '✗ does not close'}</span>
</div>
<div class="bar" aria-hidden="true">${part('m', t.migrated)}${part('q', t.quarantined)}${part('f', t.filtered)}${part('r', remains(r, b))}</div>
${remains(r, b) > 0 && h`<p class="soft">About ${plural(remains(r, b), 'row')} of the source ${remains(r, b) === 1 ? 'is' : 'are'} left.</p>`}
${t.warned > 0 && h`<p class="soft">${count(t.warned)} of the migrated rows went with a warning.</p>`}
${table(
  'What the mapping makes',
  ['output', 'table', '#rows'],
  b.outputs.map(
    (o) =>
      h`<tr><th scope="row">${o.output}</th><td><code>${o.table}</code></td>${o.rows === undefined ? h`<td class="number soft">not counted</td>` : number(o.rows)}</tr>\n`,
  ),
)}`
}

const part = (kind: string, n: number): Markup | undefined => (n ? new Markup(`<i class="${kind}" style="flex:${n}"></i>`) : undefined)

export function quarantine(r: Report): Markup {
  const { rows, waived, causes } = r.quarantine
  if (!rows) return section('quarantine', 'Quarantine', 'empty', h`<p>Every row that the rules let in could go.</p>`)
  const head = ['#rows', 'cause', 'for instance', 'rule']
  const list = causes.map(
    (c) =>
      h`<tr>${number(c.rows)}<th scope="row">${words.cause(c)}<br><span class="soft"><code>${c.code}</code>${c.waived > 0 && h` · ${words.waived(c)}`}</span></th><td>${exampleList(c.examples)}</td><td class="soft short">${c.at ?? ''}</td></tr>\n`,
  )
  const aside = `${plural(rows, 'row')}${waived ? `, ${count(waived)} waived` : ''}`
  return section(
    'quarantine',
    'Quarantine, by cause',
    aside,
    table(`Source rows that did not go, whole. ${r.masked ? words.masking : ''}`, head, list),
  )
}

const exampleList = (examples: Report['quarantine']['causes'][number]['examples']): readonly Markup[] =>
  examples.map((e, i) => h`${i > 0 && h`<br>`}<code>${e.key}</code>${e.value !== undefined && h` <code class="soft">${e.value}</code>`}`)

export function warnings(r: Report): Markup | undefined {
  if (!r.warnings.length) return undefined
  const rows = r.warnings.map(
    (w) =>
      h`<tr>${number(w.rows)}<th scope="row">${words.cause(w)}<br><code class="soft">${w.code}</code></th><td class="soft short">${w.at ?? ''}</td></tr>\n`,
  )
  return section(
    'warnings',
    'Warnings, by rule',
    plural(
      r.warnings.reduce((n, w) => n + w.rows, 0),
      'warning',
    ),
    table('Rows that went all the same, with something else in the place of a value.', ['#rows', 'what', 'rule'], rows),
  )
}
