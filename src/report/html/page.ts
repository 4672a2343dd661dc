// One file for those who were not there: opens anywhere, prints, loads nothing, and runs nothing but what is its own.
import { createHash } from 'node:crypto'
import { assessed } from '../assessment/sections.ts'
import type { Outcome, Report } from '../report.ts'
import * as words from '../words.ts'
import { objections, verification } from './answers.ts'
import { course, findings, terms } from './course.ts'
import { markup as h, Markup } from './markup.ts'
import { classOf } from './parts.ts'
import { books, quarantine, warnings } from './rows.ts'
import { style } from './style.ts'
import { coverage, notOurs } from './tables.ts'

export function html(r: Report): string {
  const sections = [
    objections(r),
    books(r),
    verification(r),
    quarantine(r),
    warnings(r),
    coverage(r),
    notOurs(r),
    course(r),
    assessed(r),
    findings(r),
    terms(r),
  ]
  return page({ title: `${r.verdict.outcome}: ${r.migration}, run ${r.run.id}`, header: header(r), sections, footer: footer(r) })
}

export interface Page {
  readonly title: string
  readonly header: Markup
  readonly sections: readonly (Markup | undefined)[]
  readonly footer: Markup
  /** Beside the style that all pages have. */
  readonly style?: string
  /** The only one that may run: it is known by its digest. */
  readonly script?: string
}

const digest = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`

/** The policy is a second lock: what no escaping lets through, the browser would not run or load either. */
export function page(p: Page): string {
  return h`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ${new Markup(p.script === undefined ? '' : `script-src ${digest(p.script)}; `)}style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="robots" content="noindex">
<title>${p.title}</title>
<style>${new Markup(style + (p.style ?? ''))}</style>
</head>
<body>
${p.header}
<main>
${p.sections}
</main>
<footer>${p.footer}</footer>
${p.script !== undefined && new Markup(`<script>${p.script}</script>\n`)}</body>
</html>
`.html
}

function header(r: Report): Markup {
  return h`<header>
<p class="kind">Migration report</p>
<h1>${r.migration}</h1>
<section class="verdict ${classOf(r.verdict.outcome)}" aria-label="Verdict">
${sign(r.verdict.outcome)}
<p class="word">${capital(r.verdict.outcome)}</p>
<div class="why">${r.verdict.says.map((s) => h`<p>${s}</p>`)}${r.verdict.next && h`<p class="next">${r.verdict.next}</p>`}</div>
</section>
<dl class="facts">
${fact('Run', r.run.id, r.run.passes > 1 ? `${r.run.passes} passes` : r.run.state)}
${fact('Plan', h`<code>${r.run.plan}</code>`)}
${fact('Environment', r.run.environment ?? 'none named')}
${fact('Database', r.database.name, r.database.server)}
${fact('Started', words.moment(r.run.startedAt))}
${r.run.finishedAt && fact(r.run.state === 'undone' ? 'Taken back' : 'Finished', words.moment(r.run.finishedAt))}
${r.verification && fact('Verified', words.moment(r.verification.at), r.verification.when)}
${fact('Report made', words.moment(r.madeAt))}
</dl>
${r.notes.map((n) => h`<p class="note">${n}</p>`)}
${contents(r)}
</header>`
}

export type Drawing = Outcome
const drawings: Readonly<Record<Outcome, string>> = {
  passed: '<path d="M13 24l8 8 15-17"/>',
  failed: '<path d="M15 15l18 18M33 15L15 33"/>',
  'not verified': '<path d="M18 19c0-9 13-8 12 0-1 5-6 5-6 10M24 35v1"/>',
  'not finished': '<path d="M24 13v12l8 5"/>',
  undone: '<path d="M14 20h14a7 7 0 010 14h-8M19 14l-6 6 6 6"/>',
}

export const sign = (o: Outcome): Markup =>
  new Markup(
    `<svg class="sign" viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"><circle cx="24" cy="24" r="21"/>${drawings[o]}</svg>`,
  )

export const fact = (name: string, value: string | Markup, more?: string): Markup =>
  h`<div><dt>${name}</dt><dd>${value}</dd>${more && h`<dd>${more}</dd>`}</div>`

const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1)

function contents(r: Report): Markup {
  const all = [
    ['books', 'Books', r.books.length],
    ['verification', 'Verification', 1],
    ['quarantine', 'Quarantine', 1],
    ['warnings', 'Warnings', r.warnings.length],
    ['columns', 'Columns', r.coverage.length],
    ['not-ours', 'Not ours', r.notOurs.length + r.onlyRead.length],
    ['course', 'Course', 1],
    ['assessment', 'Assessment', r.assessment ? 1 : 0],
    ['findings', 'Findings', r.findings.length],
    ['terms', 'How to read this', 1],
  ] as const
  return h`<nav aria-label="Contents">${all.filter(([, , n]) => n > 0).map(([id, name]) => h`<a href="#${id}">${name}</a> `)}</nav>`
}

const footer = (r: Report): Markup => h`${r.masked ? h`<p>${words.masking}</p>` : h`<p>This report shows values of rows as they are.</p>`}
<p>Made by Godwit from the ledger in ${r.database.name} at ${words.moment(r.madeAt)}. Report format ${r.version}.</p>`
