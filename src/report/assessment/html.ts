// An assessment as one file for those who were not there: opens anywhere, prints, loads nothing, runs nothing.
import type { Assessment, Readiness } from '../../assess/assessment.ts'
import { gradesOf } from '../../assess/assessment.ts'
import { markup as h, type Markup } from '../html/markup.ts'
import { type Drawing, fact, page, sign } from '../html/page.ts'
import { moment } from '../words.ts'
import { findingSections, tablesSection, unlookedSection } from './sections.ts'
import * as words from './words.ts'

const looks: Readonly<Record<Readiness, { readonly tone: string; readonly drawing: Drawing }>> = {
  ready: { tone: 'passed', drawing: 'passed' },
  'ready with warnings': { tone: 'not-verified', drawing: 'passed' },
  'not ready': { tone: 'failed', drawing: 'failed' },
  'nothing to migrate': { tone: 'not-verified', drawing: 'not verified' },
}

export const html = (a: Assessment): string =>
  page({
    title: `${words.said(a)}: ${a.migration}`,
    header: header(a),
    sections: [...findingSections(a), tablesSection(a), unlookedSection(a)],
    footer: footer(a),
  })

function header(a: Assessment): Markup {
  const { tone, drawing } = looks[a.verdict.outcome]
  return h`<header>
<p class="kind">Data assessment</p>
<h1>${a.migration}</h1>
<section class="verdict ${tone}" aria-label="Verdict">
${sign(drawing)}
<p class="word">${capital(words.said(a))}</p>
<div class="why">${a.verdict.says.map((s) => h`<p>${s}</p>`)}${a.verdict.next && h`<p class="next">${a.verdict.next}</p>`}</div>
</section>
<dl class="facts">
${words.grades.map(([grade, title]) => fact(title, String(gradesOf(a.findings, grade).length)))}
${fact('Questions answered', String(a.asked), a.notLookedAt.length ? `${a.notLookedAt.length} not looked at` : undefined)}
${fact('Environment', a.environment ?? 'none named')}
${fact('Database', a.database)}
${fact('Made', moment(a.madeAt))}
</dl>
</header>`
}

const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1)

const footer = (
  a: Assessment,
): Markup => h`${a.masked ? h`<p>${words.masking}</p>` : h`<p>This assessment shows values of rows as they are.</p>`}
<p>Made by Godwit by asking the databases; nothing was written to any of them. Assessment format ${a.version}.</p>`
