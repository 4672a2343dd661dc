// A plan for a pull request or a wiki: what stands in the way first, then the phases, each folded away.
import type { Edge } from '../../stage/graph.ts'
import { aboutPhase } from '../../stage/phase.ts'
import { classOfPart, type Phase, type Placed, type StagePlan } from '../../stage/phases.ts'
import { list, plural } from '../../text.ts'
import { code, plain } from '../markdown.ts'
import { few, obstacles, phaseTitle, type Staging } from './staging.ts'

export function markdown(s: Staging): string {
  const { plan, analysis, compared } = s
  const stands = obstacles(s)
  const placed = new Map(plan.placed.map((p) => [p.judged.migration.id, p]))
  return `${[
    `<!-- godwit staging ${s.folder.replaceAll(/[^A-Za-z0-9_.]+/g, '-')} -->`,
    `## ${stands.length ? '?' : '✓'} ${plural(plan.phases.length, 'phase')} for ${plural(plan.placed.length, 'migration')}: ${plain(s.folder)}`,
    '',
    ...(stands.length ? stands : ['They can ship in this order as they are.']).map((o) => `- ${plain(o)}`),
    '',
    ...phaseTable(plan),
    '',
    ...plan.phases.flatMap((phase) => phaseText(phase, placed)),
    ...order(plan),
    ...files(s),
    `<sub>${[analysis.pile.format, ...(compared ? [`against ${plain(compared.base)}: ${compared.added.size} new, ${compared.edited.length} edited since, ${compared.vanished.length} gone`] : []), 'none of it was run'].join(' · ')}</sub>`,
  ].join('\n')}\n`
}

const phaseTable = ({ phases }: StagePlan): string[] => [
  '| phase | what it does | parts | risk | after |',
  '|---|---|--:|---|---|',
  ...phases.map((p) => `| ${phaseTitle(p)} | ${aboutPhase[p.name].title} | ${p.parts.length} | ${p.risk} | ${list(p.needs) || '–'} |`),
]

function phaseText(phase: Phase, placed: ReadonlyMap<string, Placed>): string[] {
  const about = aboutPhase[phase.name]
  const rows = phase.parts.map((part) => {
    const whole = placed.get(part.migration)!
    const { judged, parts } = whole
    const piece = parts.length > 1 ? `, ${part.operations.length} of ${plural(judged.operations.length, 'operation')}` : ''
    const why = part.moved ?? part.waits
    const moved = why ? ` *${plain(why)}*` : ''
    const sure = judged.certainty === 'low' ? ', certainty low' : ''
    return `| ${cell(code(part.migration))} | ${classOfPart(part, whole)}${piece}${sure} | ${judged.risk} | ${plain(judged.migration.title)}${moved} |`
  })
  return [
    `<details><summary>${phaseTitle(phase)}: ${plural(phase.parts.length, 'part')}, risk ${phase.risk}</summary>`,
    '',
    `${capital(about.goal)}.`,
    '',
    '| migration | class | risk | what it does |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...about.test.map((t) => `- [ ] test: ${plain(t)}`),
    `- [ ] smoke test: ${plain(about.smoke)}`,
    `- [ ] done when: ${plain(about.success)}`,
    `- way back: ${plain(about.back)}`,
    `- watch: ${plain(about.watch)}`,
    `- tell: ${plain(about.audience)}`,
    '</details>',
    '',
  ]
}

const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1)

/** In a table a pipe ends the cell, even in code. */
const cell = (s: string): string => s.replaceAll('|', '\\|')

function order({ inversions, graph, excluded }: StagePlan): string[] {
  const parts = [
    ...folded('A parent that ships after its child', inversions, 'says that it comes after'),
    ...folded('Needed, and not said by the files', graph.hidden, 'comes after'),
    ...folded('Used before it is made', graph.backwards, 'uses what is made by'),
  ]
  return [...parts, ...(excluded.length ? [`Left out: ${excluded.map(code).join(', ')}.`, ''] : [])]
}

/** A comment holds 65,536 characters: the page has all of them. */
const most = 100

const folded = (title: string, edges: readonly Edge[], says: string): string[] =>
  foldedList(title, edges, (e) => `- ${code(e.from)} ${says} ${code(e.to)}${because(e)}`)

function files({ plan, application }: Staging): string[] {
  const at = (place: number) => phaseTitle(plan.phases[place]!)
  return [
    ...foldedList(
      'Files that fail in a phase',
      application?.broken ?? [],
      (b) => `- ${code(`${b.file}:${b.line}`)} in ${at(b.place)}: ${plain(b.why)}`,
    ),
    ...foldedList(
      'Files of the application',
      application?.files ?? [],
      (f) => `- ${at(f.place)}: ${code(f.file)} (${f.change})${f.reasons.length ? `: ${plain(f.reasons[0]!)}` : ''}`,
    ),
  ]
}

function foldedList<T>(title: string, all: readonly T[], row: (one: T) => string): string[] {
  if (all.length === 0) return []
  const more = all.length > most ? [`- … and ${all.length - most} more; \`--report html\` has all`] : []
  return [`<details><summary>${title}: ${all.length}</summary>`, '', ...all.slice(0, most).map(row), ...more, '</details>', '']
}

const because = ({ objects }: Edge): string => (objects.length ? `: ${plain(few(objects))}` : '')
