// A report for whatever reads test results: each thing that was asked of the data is a test, and what was not verified has failed.
import type { Report } from './report.ts'
import { visible } from './words.ts'

interface Case {
  readonly suite: string
  readonly name: string
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string } | undefined
}

export function junit(report: Report): string {
  const cases = [...books(report), ...answers(report), verdict(report)]
  const suites = [...new Set(cases.map((c) => c.suite))].map((name) =>
    suite(
      name,
      cases.filter((c) => c.suite === name),
    ),
  )
  const failures = cases.filter((c) => c.failure).length
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${text(`godwit ${report.migration}`)}" tests="${cases.length}" failures="${failures}" timestamp="${text(report.madeAt)}">
${suites.join('\n')}
</testsuites>
`
}

const books = ({ books: all }: Report): Case[] =>
  all.map(({ mapping, close, totals: t }) => ({
    suite: 'books',
    name: `${mapping}: read ${t.read} = migrated ${t.migrated} + quarantined ${t.quarantined} + filtered ${t.filtered}`,
    failure: close ? undefined : { type: 'failed', message: 'the books do not close', text: '' },
  }))

const answers = ({ verification }: Report): Case[] =>
  (verification?.answers ?? []).map((a) => ({
    suite: a.about,
    name: a.title,
    failure:
      a.verdict === 'passed'
        ? undefined
        : {
            type: a.verdict,
            message: a.verdict === 'failed' ? `${a.wrong} wrong of ${a.examined}` : (a.note ?? 'nothing was compared'),
            text: a.sample.map((row) => JSON.stringify(row)).join('\n'),
          },
  }))

const verdict = ({ verdict: { outcome, says } }: Report): Case => ({
  suite: 'verdict',
  name: 'the run is finished and verified',
  failure: outcome === 'passed' ? undefined : { type: outcome, message: says[0] ?? outcome, text: says.join('\n') },
})

function suite(name: string, cases: readonly Case[]): string {
  const lines = cases.map(({ name: title, failure }) => {
    const open = `    <testcase classname="${text(name)}" name="${text(title)}"`
    if (!failure) return `${open}/>`
    return `${open}>\n      <failure type="${text(failure.type)}" message="${text(failure.message)}">${text(failure.text)}</failure>\n    </testcase>`
  })
  return `  <testsuite name="${text(name)}" tests="${cases.length}" failures="${cases.filter((c) => c.failure).length}">\n${lines.join('\n')}\n  </testsuite>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }
/** Control characters are told by their numbers, and what else XML cannot hold by a sign. */
const text = (value: string): string =>
  visible(value.toWellFormed())
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n]/g, (c) => entities[c]!)
