// A plan as one page for those who are to agree to it: the drawing first, then each phase, then each migration.
import type { Edge } from '../../stage/graph.ts'
import { aboutPhase } from '../../stage/phase.ts'
import { classOfPart, type Phase, type Placed } from '../../stage/phases.ts'
import { list, plural } from '../../text.ts'
import { markup as h, type Markup } from '../html/markup.ts'
import { fact, page, sign } from '../html/page.ts'
import { section, table } from '../html/parts.ts'
import { graph } from './graph.ts'
import { script } from './script.ts'
import { boundTo, few, obstacles, phaseTitle, type Staging } from './staging.ts'
import { stageStyle } from './style.ts'

export const html = (s: Staging): string =>
  page({
    title: `Phases of ${s.folder}`,
    header: header(s),
    sections: [graph(s), phases(s), order(s), ...files(s), migrations(s)],
    footer: h`<p>Made by Godwit from the files alone: none of them was run, and no database was asked.</p>`,
    style: stageStyle,
    script,
  })

function header(s: Staging): Markup {
  const { analysis, plan, compared } = s
  const stands = obstacles(s)
  return h`<header>
<p class="kind">Staging plan</p>
<h1>${s.folder}</h1>
<section class="verdict ${stands.length ? 'not-verified' : 'passed'}" aria-label="Verdict">
${sign(stands.length ? 'not verified' : 'passed')}
<p class="word">${plural(plan.phases.length, 'phase')} for ${plural(plan.placed.length, 'migration')}</p>
<div class="why">${stands.length ? stands.map((o) => h`<p>${o}</p>`) : h`<p>They can ship in this order as they are.</p>`}</div>
</section>
<dl class="facts">
${fact('Written for', analysis.pile.format)}
${fact('Migrations', String(analysis.judged.length), plan.placed.length < analysis.judged.length ? `${plan.placed.length} to be staged` : undefined)}
${compared && fact('Against', compared.base, `${compared.added.size} new, ${compared.edited.length} edited since, ${compared.vanished.length} gone`)}
${classCounts(plan.placed).map(([name, n]) => fact(name, String(n)))}
</dl>
</header>`
}

function classCounts(placed: readonly Placed[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const { judged } of placed) counts.set(judged.class, (counts.get(judged.class) ?? 0) + 1)
  return [...counts]
}

const phases = (s: Staging): Markup =>
  section(
    'phases',
    'Phases',
    undefined,
    s.plan.phases.map((phase) => phaseSection(phase, s)),
  )

function phaseSection(phase: Phase, { plan }: Staging): Markup {
  const about = aboutPhase[phase.name]
  const numbers = new Map(plan.placed.map((p, i) => [p.judged.migration.id, i]))
  const rows = phase.parts.map((part) => {
    const number = numbers.get(part.migration)!
    const placed = plan.placed[number]!
    const { judged, parts } = placed
    const own = classOfPart(part, placed)
    const piece = parts.length > 1 ? `${part.operations.length} of ${plural(judged.operations.length, 'operation')}` : 'whole'
    return h`<tr><th scope="row"><a href="#m-${number}"><code>${part.migration}</code></a></th><td>${judged.migration.title}${(part.moved ?? part.waits) && h`<span class="note-of">${part.moved ?? part.waits}</span>`}</td><td class="short"><span class="class ${own}">${own}</span></td><td class="short">${judged.risk}</td><td class="short">${judged.certainty}</td><td class="short">${piece}</td></tr>\n`
  })
  const terms = [
    ['Goal', [about.goal]],
    ['Test', about.test],
    ['Smoke test', [about.smoke]],
    ['Way back', [about.back]],
    ['Done when', [about.success]],
    ['Watch', [about.watch]],
    ['Tell', [about.audience]],
  ] as const
  return h`<article class="phase">
<h3>${phaseTitle(phase)} <small>${about.title} · ${plural(phase.parts.length, 'part')} · risk ${phase.risk}${phase.needs.length > 0 && ` · after ${list(phase.needs)}`}</small></h3>
${table('What ships in it, in this order', ['migration', 'what it does', 'class', 'risk', 'certainty', 'of it'], rows)}
<details><summary>How it is tested, shipped and taken back</summary><dl class="terms">${terms.map(([name, lines]) => h`<dt>${name}</dt><dd>${lines.map((l) => h`<p>${l}</p>`)}</dd>`)}</dl></details>
</article>
`
}

function order({ plan: { inversions, graph: g, excluded } }: Staging): Markup | undefined {
  const parts = [
    edges('A parent that ships after its child: the file needs another one', inversions, 'says that it comes after'),
    edges('Needed, and not said by the files', g.hidden, 'comes after'),
    edges('Used before it is made', g.backwards, 'uses what is made by'),
    ...(excluded.length ? [h`<p>Left out: ${list(excluded)}.</p>`] : []),
  ].filter((p) => p !== undefined)
  return parts.length ? section('order', 'What is wrong with their order', undefined, parts) : undefined
}

function files({ plan, application }: Staging): Markup[] {
  if (!application || application.files.length + application.broken.length === 0) return []
  const at = (place: number) => phaseTitle(plan.phases[place]!)
  const placed = application.files.map(
    (f) =>
      h`<tr><th scope="row"><code>${f.file}</code></th><td class="short">${f.change}</td><td class="short">${f.kind}</td><td class="short">${at(f.place)}</td><td class="soft">${f.reasons.map((r) => h`${r}<br>`)}</td></tr>\n`,
  )
  const broken = application.broken.map(
    (b) =>
      h`<tr><th scope="row"><code>${b.file}:${b.line}</code></th><td class="short">${at(b.place)}</td><td class="short">as in the ${b.as}</td><td>${b.why}</td></tr>\n`,
  )
  return [
    section('files', 'Files of the application', plural(application.files.length, 'file'), [
      ...(broken.length ? [table('Files that fail in a phase', ['file', 'in', 'as', 'why'], broken)] : []),
      ...(placed.length ? [table('With which phase each may ship', ['file', 'is', 'kind', 'phase', 'why'], placed)] : []),
    ]),
  ]
}

function edges(caption: string, all: readonly Edge[], says: string): Markup | undefined {
  if (all.length === 0) return undefined
  const row = (e: Edge) =>
    h`<tr><th scope="row"><code>${e.from}</code></th><td>${says}</td><td><code>${e.to}</code></td><td class="soft">${few(e.objects)}</td></tr>\n`
  return table(caption, ['migration', '', 'other', 'because of'], all.map(row))
}

function migrations({ plan }: Staging): Markup {
  const { on, by } = boundTo(plan.graph.objects)
  const ends = (id: string) => ({ on: on.get(id) ?? [], by: by.get(id) ?? [] })
  return section(
    'migrations',
    'Migrations',
    plural(plan.placed.length, 'migration'),
    plan.placed.map((placed, i) => migration(placed, i, ends(placed.judged.migration.id))),
  )
}

const mostOperations = 30
const longest = 600

function migration({ judged, parts, reasons }: Placed, i: number, { on, by }: { on: readonly Edge[]; by: readonly Edge[] }): Markup {
  const { migration: m, operations } = judged
  const ships = parts.map((p) => (parts.length > 1 ? `${p.phase} (${plural(p.operations.length, 'operation')})` : p.phase))
  const shown = operations.slice(0, mostOperations)
  return h`<article class="migration ${judged.class}" id="m-${i}">
<h3><code>${m.id}</code> ${m.title}</h3>
<p><span class="class ${judged.class}">${judged.classes.join(', ') || judged.class}</span> · ${judged.label} · risk ${judged.risk} · certainty ${judged.certainty} · way back ${judged.downgrade}</p>
<p class="soft"><code>${m.file}</code> ships in ${list(ships)}</p>
${reasons.length > 0 && h`<ul>${reasons.map((r) => h`<li>${r}</li>`)}</ul>`}
${m.parents.length > 0 && h`<p class="ends">Its parent by the file: ${list(m.parents)}.</p>`}
${on.length > 0 && h`<p class="ends">Stands on ${ended(on, 'to')}.</p>`}
${by.length > 0 && h`<p class="ends">Needed by ${ended(by, 'from')}.</p>`}
${operations.length > 0 && h`<details><summary>${plural(operations.length, 'operation')}</summary><pre>${shown.map((o) => h`${o.operation.line}: ${(o.operation.sql ?? o.operation.kind).trim().slice(0, longest)}\n`)}${operations.length > shown.length && '…'}</pre></details>`}
</article>
`
}

const mostEnds = 12

const ended = (all: readonly Edge[], end: 'from' | 'to'): string =>
  `${all
    .slice(0, mostEnds)
    .map((e) => `${e[end]} (${few(e.objects, 2)})`)
    .join('; ')}${all.length > mostEnds ? ` and ${all.length - mostEnds} more` : ''}`
