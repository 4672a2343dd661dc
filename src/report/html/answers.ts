// What was asked of the data, and what it answered.
import type { Asked, Report } from '../report.ts'
import * as words from '../words.ts'
import { markup as h, type Markup } from './markup.ts'
import { classOf, number, section, table } from './parts.ts'

const questionHead = ['question', '#looked at', '#wrong', 'answer']

/** What an auditor looks for first, where there is something of the kind. */
export function objections({ verification: v }: Report): Markup | undefined {
  const bad = v?.answers.filter((a) => a.verdict !== 'passed') ?? []
  if (!bad.length) return undefined
  return section(
    'objections',
    'Not as it should be',
    words.tally(bad),
    table('Of all that was asked, the answers that are not right', questionHead, bad.map(answerRow)),
  )
}

export function verification({ verification: v }: Report): Markup {
  if (!v) return section('verification', 'Verification', 'not asked', h`<p>The result has not been verified.</p>`)
  const groups = words.questionsAbout.flatMap(([about, says]) => {
    const answers = words.answersAbout(v, about)
    return answers.length
      ? [
          h`<tr class="group"><th colspan="4" scope="rowgroup">${says} <span class="soft">· ${words.tally(answers)}</span></th></tr>\n`,
          ...answers.map((a) => answerRow({ ...a, sample: [] })),
        ]
      : []
  })
  return section('verification', 'Verification', words.tally(v.answers), [
    table(
      `Asked ${v.when}, ${words.moment(v.at)}. A question that finds nothing to compare is not verified; it never passes.`,
      questionHead,
      groups,
    ),
    ...v.notes.map((n) => h`<p class="soft">${n}</p>`),
  ])
}

function answerRow(a: Asked['answers'][number]): Markup {
  const more = [a.note, a.at].filter((x) => x !== undefined).join(' · ')
  return h`<tr><th scope="row">${a.title}${more && h` <span class="soft">${more}</span>`}${samples(a)}</th>${number(a.examined)}${number(a.wrong)}<td class="answer ${classOf(a.verdict)}">${words.signs[a.verdict]} ${a.verdict}</td></tr>\n`
}

function samples(a: Asked['answers'][number]): Markup | undefined {
  if (!a.sample.length) return undefined
  return h`<ul class="sample">${a.sample.slice(0, 10).map((row) => h`<li>${words.sample(row)}</li>`)}${a.wrong > a.sample.length && h`<li>…</li>`}</ul>`
}
