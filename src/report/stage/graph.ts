// The graph of a plan as one drawing: lanes, what ships in them, and what each stands on. Without a script it is a picture with links.
import { classOfPart } from '../../stage/phases.ts'
import { plural } from '../../text.ts'
import { markup as h, Markup } from '../html/markup.ts'
import { section } from '../html/parts.ts'
import { box, type Lane, type Layout, layoutOf, type Spot } from './layout.ts'
import { phaseTitle, type Staging } from './staging.ts'

export const letters = {
  'destructive-breaking': 'B',
  'data-migration': 'D',
  'lock-heavy': 'L',
  caution: 'C',
  'safe-additive': 'S',
} as const

export function graph(s: Staging): Markup {
  const { plan } = s
  const parents = new Map(plan.placed.map(({ judged: { migration: m } }) => [m.id, [...m.parents, ...m.needs]]))
  const layout = layoutOf(plan.phases, plan.edges, parents)
  const counts = { chain: 0, objects: 0, inversion: 0 }
  for (const line of layout.lines) counts[line.kind]++
  return section(
    'graph',
    'What ships when',
    `${plural(plan.phases.length, 'phase')}, ${plural(layout.spots.length, 'part')}`,
    h`<div class="graph${layout.lines.length > crowded && ' crowded'}">
${tools(counts)}
<div class="board">
${drawing(layout, s)}
<aside class="chosen" aria-label="Details" aria-live="polite" hidden></aside>
</div>
${legend}
</div>
`,
  )
}

/** More lines than this are only seen when one of their ends is chosen. */
const crowded = 90

const tools = (counts: Readonly<Record<string, number>>): Markup => h`<div class="tools" hidden>
<label class="find">Find <input type="search" placeholder="id, title, table, class" aria-describedby="found"></label><output id="found"></output>
${toggle('objects', `what it stands on (${counts['objects']})`)}${toggle('chain', `parents by the files (${counts['chain']})`)}${toggle('inversion', `wrong way round (${counts['inversion']})`)}
<span class="zoom"><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="all">All</button></span>
</div>`

const toggle = (kind: string, says: string): Markup =>
  h`<label class="toggle ${kind}"><input type="checkbox" data-lines="${kind}" checked> ${says}</label>`

const legend = h`<p class="legend"><b class="destructive-breaking">B</b> destructive or breaking <b class="data-migration">D</b> rows changed <b class="lock-heavy">L</b> locks that grow with the table <b class="caution">C</b> caution <b class="safe-additive">S</b> safe, additive
<span>▲ risk high</span> <span>? could not be read whole (dashed)</span> <span>½ a part of one that is split</span></p>
<p class="legend keys" hidden>Drag to move, Ctrl and wheel or <kbd>+</kbd> <kbd>−</kbd> to zoom, <kbd>0</kbd> for all of it, arrows to walk, <kbd>Enter</kbd> for details, <kbd>/</kbd> to find, <kbd>Esc</kbd> to let go.</p>`

function drawing(layout: Layout, s: Staging): Markup {
  const { width, height } = layout
  const numbers = new Map(s.plan.placed.map((p, i) => [p.judged.migration.id, i]))
  return h`<svg viewBox="0 0 ${width} ${height}" style="--tall: ${height}px" role="group" aria-label="Phases as lanes from left to right, with what ships in each" preserveAspectRatio="xMidYMid meet">
<defs>${['objects', 'chain', 'inversion'].map((kind) => h`<marker id="tip-${kind}" class="${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 1L7 4L0 7z"/></marker>`)}</defs>
${layout.lanes.map((lane) => laneOf(lane, height))}
<g class="lines" aria-hidden="true">
${layout.lines.map((line) => h`<path class="${line.kind}" d="${new Markup(line.path)}" data-first="${line.first}" data-last="${line.last}" marker-end="url(#tip-${line.kind})"/>\n`)}</g>
${layout.spots.map((spot, i) => boxOf(spot, i, s, numbers))}</svg>`
}

const laneOf = ({ phase, x, width }: Lane, height: number): Markup => h`<g class="lane">
<rect x="${x}" y="0" width="${width}" height="${height}"/>
<text x="${x + 22}" y="26" class="name">${phaseTitle(phase)}</text>
<text x="${x + 22}" y="45" class="about">${plural(phase.parts.length, 'part')}, risk ${phase.risk}</text>
</g>
`

function boxOf({ part, lane, x, y }: Spot, i: number, { plan }: Staging, numbers: ReadonlyMap<string, number>): Markup {
  const number = numbers.get(part.migration)!
  const placed = plan.placed[number]!
  const { judged, parts } = placed
  const title = judged.migration.title
  const own = classOfPart(part, placed)
  const about = [own, `risk ${judged.risk}`, `certainty ${judged.certainty}`, ...(parts.length > 1 ? ['a part of it'] : [])]
  const marks = [judged.risk === 'high' && '▲', judged.certainty === 'low' && '?', parts.length > 1 && '½'].filter(Boolean).join(' ')
  return h`<a href="#m-${number}" class="box ${own} ${judged.certainty === 'low' && 'unsure'}" data-place="${i}" data-lane="${lane}" data-words="${wordsOf(part.migration, judged)}" aria-label="${part.migration}, ${title}: ${about.join(', ')}"><title>${title}\n${about.join(', ')}</title>
<rect class="body" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="3"/><rect class="tone" x="${x}" y="${y}" width="18" height="${box.height}" rx="3"/>
<text class="letter" x="${x + 9}" y="${y + 28}">${letters[own]}</text><text class="id" x="${x + 26}" y="${y + 19}">${fitted(part.migration, marks ? 19 : 23)}</text>
<text class="title" x="${x + 26}" y="${y + 36}">${fitted(title, 26)}</text><text class="marks" x="${x + box.width - 8}" y="${y + 19}">${marks}</text></a>
`
}

const fitted = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

/** What it can be found by. */
function wordsOf(id: string, { class: of, label, migration, operations }: Staging['analysis']['judged'][number]): string {
  const objects = operations.flatMap((o) => o.touched.filter((t) => t.use !== 'reads').map((t) => t.object.replace(/^\w+:/, '')))
  return [...new Set([id, migration.title, of, label, ...objects])].join(' ').toLowerCase().slice(0, 1500)
}
