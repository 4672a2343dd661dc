// Pairs and measures as one page: the verdict first, then a chart for each value, then every pair.
import type { Measure } from '../../shadow/measure.ts'
import type { Pair } from '../../shadow/pair.ts'
import { plural } from '../../text.ts'
import { type MeasureHistory, moment, type PairHistory, type Shadows, type Strand, strandsOfMeasures, strandsOfPairs } from '../shadow.ts'
import { chartStyle, courses, distances } from './chart.ts'
import { markup as h, type Markup } from './markup.ts'
import { page } from './page.ts'
import { section, table } from './parts.ts'

export const shadowPage = (s: Shadows): string =>
  page({
    title: `Side by side: ${s.migration}, run ${s.run}`,
    header: h`<header>
<p class="kind">The old way beside the new one</p>
<h1>${s.migration}</h1>
<dl class="facts">
<div><dt>Run</dt><dd>${s.run}</dd><dd>${s.state}</dd></div>
<div><dt>Plan</dt><dd><code>${s.plan}</code></dd></div>
</dl>
</header>`,
    sections: [...s.compared.map(compared), ...s.watched.map(watched)],
    footer: h`<p>Made by Godwit from the ledger. Charts show what was seen; what decided is in the tables, compared digit by digit.</p>`,
    style: chartStyle,
  })

const terms = (says: readonly string[]): Markup => h`<p class="soft">${says.map((line) => h`${line}<br>`)}</p>`

function compared({ step, title, says, pairs, held }: PairHistory): Markup {
  const rows = pairs.map(pairRow)
  const said = pairs.length ? `${plural(held, 'pair')} in a row ${held === 1 ? 'holds' : 'hold'}` : 'No pair was made yet'
  return section(step, title, `${pairs.length} made`, [
    verdict(pairs.at(-1)?.verdict ?? 'not verified', said),
    terms(says),
    ...(pairs.length ? strandsOfPairs(pairs).map((strand) => valueFigure(strand, pairs)) : []),
    ...(pairs.length ? [table('Every pair, and what keeps it from holding', ['#pair', 'when', 'verdict', 'input', 'why'], rows)] : []),
  ])
}

function valueFigure(strand: Strand, pairs: readonly Pair[]): Markup {
  const side = (of: 'old' | 'new') =>
    pairs.map((p) => {
      const text = p.values.find((v) => v.name === strand.name)?.[of]
      return text === null || text === undefined ? undefined : Number(text)
    })
  return h`<figure class="strand">
<figcaption><b>${strand.name}</b><small>allowed ${strand.limit}</small><small>${strand.last}</small></figcaption>
${courses(`${strand.name}: old dashed, new drawn through`, side('old'), side('new'))}
${distances(`${strand.name}: how far apart, the dashed line is the limit`, strand.shares, strand.verdicts)}
</figure>
`
}

const verdict = (of: string, says: string): Markup => h`<p class="verdict ${classes[of]!}"><span class="word">${says}</span></p>`

const classes: Readonly<Record<string, string>> = { passed: 'passed', failed: 'failed', 'not verified': 'not-verified' }

function pairRow(p: Pair, i: number): Markup {
  const why = [...p.objections.map((o) => `${o.what}: ${o.says}`), ...p.notes]
  return h`<tr><td class="number">${i + 1}</td><td class="short">${moment(p.at)}</td><td class="answer ${classes[p.verdict]!}">${p.verdict}</td><td class="short"><code>${p.input.old?.slice(0, 8) ?? '–'}</code></td><td>${why.map((line) => h`${line}<br>`)}</td></tr>
`
}

function watched({ step, title, says, measures }: MeasureHistory): Markup {
  const last = measures.at(-1)
  const said = !last ? 'Nothing was measured yet' : last.held ? 'All rules hold' : 'A rule is broken'
  return section(step, title, plural(measures.length, 'measure'), [
    verdict(!last ? 'not verified' : last.held ? 'passed' : 'failed', said),
    terms(says),
    ...(measures.length ? strandsOfMeasures(measures).map(ruleFigure) : []),
    ...(measures.length ? [table('Every measure', ['#measure', 'when', 'state', 'rules', 'why'], measures.map(measureRow))] : []),
  ])
}

const ruleFigure = (strand: Strand): Markup => h`<figure class="strand">
<figcaption><b>${strand.name}</b><small>${strand.last}</small></figcaption>
${distances(`${strand.name}: the dashed line is the limit`, strand.shares, strand.verdicts)}
</figure>
`

function measureRow(m: Measure, i: number): Markup {
  const why = [...(m.why === null ? [] : [m.why]), ...m.rules.filter((r) => r.verdict !== 'passed').map((r) => `${r.rule}: ${r.says}`)]
  return h`<tr><td class="number">${i + 1}</td><td class="short">${moment(m.at)}</td><td class="short">${m.state}</td><td class="answer ${m.held ? 'passed' : 'failed'}">${m.held ? 'hold' : 'broken'}</td><td>${why.map((line) => h`${line}<br>`)}</td></tr>
`
}
