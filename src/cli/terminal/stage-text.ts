// A pile for people: the verdict on each migration first, then what is wrong with their order, then the phases.
import type { Analysis, Judged } from '../../stage/analysis.ts'
import type { Compared } from '../../stage/base.ts'
import type { ApplicationFiles, Broken, PlacedFile } from '../../stage/files/files.ts'
import type { Edge, Graph } from '../../stage/graph.ts'
import { aboutPhase } from '../../stage/phase.ts'
import { classOfPart, type Phase, type Placed, type StagePlan } from '../../stage/phases.ts'
import type { Class } from '../../stage/verdict/classes.ts'
import { abridged, list, plainText, plural } from '../../text.ts'
import type { Screen } from './screen.ts'

const mostReasons = 4
const mostEdges = 12

export function analysisText(analysis: Analysis, graph: Graph, compared: Compared | undefined, screen: Screen): string[] {
  return [
    head(analysis, compared),
    '',
    ...analysis.judged.flatMap((j) => migrationText(j, j.reasons, screen)),
    ...orderText(graph),
    summed(analysis.judged),
  ]
}

function head({ pile }: Analysis, compared: Compared | undefined): string {
  const faults = pile.faults.map((f) => `\n! ${plainText(f)}`).join('')
  const beside = compared
    ? `  against ${plainText(compared.base)}: ${compared.added.size} new${names(', edited since', compared.edited)}${names(', gone', compared.vanished)}`
    : ''
  return `${pile.format}  ${plural(pile.migrations.length, 'migration')}${beside}${faults}`
}

const names = (what: string, ids: readonly string[]): string => (ids.length ? `${what}: ${plainText(abridged(ids))}` : '')

const colour: Readonly<Record<Class, 'red' | 'yellow' | 'green'>> = {
  'destructive-breaking': 'red',
  'data-migration': 'yellow',
  'lock-heavy': 'yellow',
  caution: 'yellow',
  'safe-additive': 'green',
}

function migrationText(j: Judged, reasons: readonly string[], { paint, width }: Screen): string[] {
  const sure = j.certainty === 'high' ? '' : `, certainty ${j.certainty}`
  const shown = reasons.slice(0, mostReasons).map((r) => `    ${plainText(r)}`.slice(0, width))
  const more = reasons.length > mostReasons ? [`    … ${plural(reasons.length - mostReasons, 'more reason')} in --json`] : []
  return [
    `${paint.bold(plainText(j.migration.id))}  ${paint[colour[j.class]](j.class)}  ${j.label}, risk ${j.risk}, way back ${j.downgrade}${sure}`,
    `  ${plainText(j.migration.title)}`.slice(0, width),
    ...shown,
    ...more,
  ]
}

function orderText({ hidden, backwards }: Graph): string[] {
  return [
    ...edgesText('needed, and not said by the files:', hidden, (e) => `${e.from} comes after ${e.to}: ${few(e.objects)}`),
    ...edgesText('used before it is made:', backwards, (e) => `${e.from} uses ${few(e.objects)}, which ${e.to} makes`),
  ]
}

const few = (objects: readonly string[]): string => `${list(objects.slice(0, 3))}${objects.length > 3 ? ' …' : ''}`

function edgesText(title: string, edges: readonly Edge[], say: (edge: Edge) => string): string[] {
  if (edges.length === 0) return []
  const more = edges.length > mostEdges ? [`  … ${edges.length - mostEdges} more in --json`] : []
  return ['', title, ...edges.slice(0, mostEdges).map((e) => `  ${plainText(say(e))}`), ...more]
}

function summed(judged: readonly Judged[]): string {
  const counts = new Map<string, number>()
  for (const j of judged) counts.set(j.class, (counts.get(j.class) ?? 0) + 1)
  const said = [...counts].map(([name, n]) => `${n} ${name}`).join(', ')
  const unsure = judged.filter((j) => j.certainty === 'low').length
  return `\n${plural(judged.length, 'migration')}: ${said}.${unsure ? ` ${plural(unsure, 'migration')} could not be read whole.` : ''}`
}

export function planText(
  analysis: Analysis,
  plan: StagePlan,
  compared: Compared | undefined,
  application: ApplicationFiles | undefined,
  screen: Screen,
): string[] {
  const placed = new Map(plan.placed.map((p) => [p.judged.migration.id, p]))
  return [
    head(analysis, compared),
    ...plan.phases.flatMap((phase, place) => [
      ...phaseText(phase, placed, screen),
      ...filesText(application?.files.filter((f) => f.place === place) ?? [], screen),
    ]),
    ...brokenText(application?.broken ?? [], plan),
    ...edgesText(
      'a parent that ships after its child (the file needs another one):',
      plan.inversions,
      (e) => `${e.from} says that it comes after ${e.to}`,
    ),
    ...orderText(plan.graph),
    ...(plan.excluded.length ? ['', `left out: ${plainText(plan.excluded.join(', '))}`] : []),
    `\n${plural(plan.phases.length, 'phase')}, ${plural(plan.placed.length, 'migration')}; ${plan.placed.filter((p) => p.parts.length > 1).length} to be split, ${plan.inversions.length} to be given another parent.`,
  ]
}

const mostFiles = 12

function filesText(files: readonly PlacedFile[], { width }: Screen): string[] {
  const shown = files
    .slice(0, mostFiles)
    .map((f) =>
      `    ${plainText(f.file)}  ${f.change}, ${f.kind}${f.reasons.length ? `: ${plainText(f.reasons[0]!)}` : ''}`.slice(0, width),
    )
  const more = files.length > mostFiles ? [`    … ${files.length - mostFiles} more in --json`] : []
  return files.length ? [`  ${plural(files.length, 'file')} of the application:`, ...shown, ...more] : []
}

function brokenText(broken: readonly Broken[], { phases }: StagePlan): string[] {
  const row = (b: Broken) => `  ${b.file}:${b.line} fails in ${phases[b.place]!.name}: ${b.why}`
  const more = broken.length > mostEdges ? [`  … ${broken.length - mostEdges} more in --json`] : []
  return broken.length ? ['', 'files that fail in a phase:', ...broken.slice(0, mostEdges).map((b) => plainText(row(b))), ...more] : []
}

function phaseText({ name, number, risk, needs, parts }: Phase, placed: ReadonlyMap<string, Placed>, screen: Screen): string[] {
  const { paint, width } = screen
  const about = aboutPhase[name]
  const line = (what: string, text: string) => `  ${what.padEnd(10)}${text}`
  return [
    '',
    `${paint.bold(`${name}${number > 1 ? ` ${number}` : ''}`)}  ${about.title}: ${plural(parts.length, 'part')}, risk ${risk}${needs.length ? `, after ${list(needs)}` : ''}`,
    ...parts.flatMap((part) => {
      const whole = placed.get(part.migration)!
      const { judged, parts: all } = whole
      const piece = all.length > 1 ? `, ${plural(part.operations.length, 'operation')} of ${judged.operations.length}` : ''
      const text = `    ${plainText(part.migration)}  ${classOfPart(part, whole)}${piece}  ${plainText(judged.migration.title)}`
      const why = part.moved ?? part.waits
      return [text.slice(0, width), ...(why ? [`      ${plainText(why)}`.slice(0, width)] : [])]
    }),
    line('goal', about.goal),
    ...about.test.map((t) => line('test', t)),
    line('smoke', about.smoke),
    line('back', about.back),
    line('done when', about.success),
    line('watch', about.watch),
    line('tell', about.audience),
  ]
}
