// A pile and its phases, as they are told to people who were not there.
import type { Analysis } from '../../stage/analysis.ts'
import type { Compared } from '../../stage/base.ts'
import type { ApplicationFiles } from '../../stage/files/files.ts'
import type { Edge } from '../../stage/graph.ts'
import type { Phase, StagePlan } from '../../stage/phases.ts'

export interface Staging {
  /** Where the migrations stand. */
  readonly folder: string
  readonly analysis: Analysis
  readonly plan: StagePlan
  readonly compared: Compared | undefined
  /** Where there is a base to compare with. */
  readonly application?: ApplicationFiles | undefined
}

export const phaseTitle = ({ name, number }: Pick<Phase, 'name' | 'number'>): string => `${name}${number > 1 ? ` ${number}` : ''}`

/** What must be done before the phases can ship as they are, one line each. */
export function obstacles({ analysis, plan, application }: Staging): string[] {
  const splits = plan.placed.filter((p) => p.parts.length > 1).length
  const unsure = plan.placed.filter((p) => p.judged.certainty === 'low').length
  return [
    ...(splits ? [`${splits} to be split: some of what they do ships before the rest`] : []),
    ...(plan.inversions.length ? [`${plan.inversions.length} to be given another parent: theirs ships after them`] : []),
    ...(plan.graph.backwards.length ? [`${plan.graph.backwards.length} times something is used before it is made`] : []),
    ...(unsure ? [`${unsure} could not be read whole: what they do there is not known`] : []),
    ...(application?.broken.length ? [`${application.broken.length} times a file fails in a phase`] : []),
    ...analysis.pile.faults,
  ]
}

/** Of all that each migration is bound to, the other ends. */
export function boundTo(edges: readonly Edge[]): { readonly on: Ends; readonly by: Ends } {
  const on = new Map<string, Edge[]>()
  const by = new Map<string, Edge[]>()
  for (const edge of edges) {
    on.set(edge.from, [...(on.get(edge.from) ?? []), edge])
    by.set(edge.to, [...(by.get(edge.to) ?? []), edge])
  }
  return { on, by }
}

type Ends = ReadonlyMap<string, readonly Edge[]>

export const few = (objects: readonly string[], most = 3): string =>
  `${objects.slice(0, most).join(', ')}${objects.length > most ? ` and ${objects.length - most} more` : ''}`
