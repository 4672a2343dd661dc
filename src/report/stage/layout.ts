// Where everything stands in the drawing: phases as lanes side by side, parts in them in the order in which they run.
import type { Edge } from '../../stage/graph.ts'
import type { Part, Phase } from '../../stage/phases.ts'
import { boundTo } from './staging.ts'

export interface Spot {
  readonly part: Part
  /** Which of the phases it is in. */
  readonly lane: number
  readonly x: number
  readonly y: number
}

export interface Lane {
  readonly phase: Phase
  readonly x: number
  readonly width: number
}

export interface Line {
  readonly kind: 'chain' | 'objects' | 'inversion'
  /** Places of its ends among the spots: what comes first, and what comes after it. */
  readonly first: number
  readonly last: number
  readonly path: string
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly lanes: readonly Lane[]
  readonly spots: readonly Spot[]
  readonly lines: readonly Line[]
}

export const box = { width: 196, height: 46 } as const
const step = { x: box.width + 44, y: box.height + 14 } as const
const head = 64
const edge = 22
/** How wide the drawing is to be for its height: as wide as a screen is. */
const shape = 1.9

export function layoutOf(phases: readonly Phase[], edges: readonly Edge[], parents: ReadonlyMap<string, readonly string[]>): Layout {
  const rows = rowsFor(phases.map((p) => p.parts.length))
  const lanes: Lane[] = []
  const spots: Spot[] = []
  let x = 0
  for (const [lane, phase] of phases.entries()) {
    const columns = Math.ceil(phase.parts.length / rows)
    const width = (columns - 1) * step.x + box.width + 2 * edge
    lanes.push({ phase, x, width })
    for (const [i, part] of phase.parts.entries())
      spots.push({ part, lane, x: x + edge + Math.floor(i / rows) * step.x, y: head + (i % rows) * step.y })
    x += width + 10
  }
  const height = head + Math.min(rows, Math.max(1, ...phases.map((p) => p.parts.length))) * step.y + edge - 14
  return { width: Math.max(x - 10, 1), height, lanes, spots, lines: linesOf(spots, edges, parents) }
}

/** As many under one another as bring the whole nearest to its shape. */
function rowsFor(sizes: readonly number[]): number {
  const off = (rows: number): number => {
    const width = sizes.reduce((sum, n) => sum + Math.ceil(n / rows) * step.x + edge, 0)
    return Math.abs(Math.log(width / (head + Math.min(rows, Math.max(...sizes)) * step.y) / shape))
  }
  const most = Math.max(1, ...sizes)
  return Array.from({ length: most }, (_, i) => i + 1).reduce((best, rows) => (off(rows) < off(best) ? rows : best), most)
}

function linesOf(spots: readonly Spot[], edges: readonly Edge[], parents: ReadonlyMap<string, readonly string[]>): Line[] {
  const place = new Map(spots.map((s, i) => [s.part.id, i]))
  const drawn = (kind: Line['kind'], first: number, last: number): Line => ({
    kind,
    first,
    last,
    path: pathBetween(spots[first]!, spots[last]!),
  })
  const chain = chainOf(spots, parents).map(([first, last]) =>
    drawn(spots[first]!.lane > spots[last]!.lane ? 'inversion' : 'chain', first, last),
  )
  return [...withoutDetours(spots, edges, place).map(([first, last]) => drawn('objects', first, last)), ...chain]
}

/** From the last of the parent to the first of the child, so that what comes the wrong way round is seen. */
function chainOf(spots: readonly Spot[], parents: ReadonlyMap<string, readonly string[]>): [number, number][] {
  const of = new Map<string, number[]>()
  for (const [i, { part }] of spots.entries()) of.set(part.migration, [...(of.get(part.migration) ?? []), i])
  return [...parents].flatMap(([child, all]) =>
    all.flatMap((parent) => {
      const [first, last] = [of.get(parent)?.at(-1), of.get(child)?.[0]]
      return first === undefined || last === undefined ? [] : [[first, last] as [number, number]]
    }),
  )
}

/** What follows from others is not drawn: it would hide them. */
function withoutDetours(spots: readonly Spot[], edges: readonly Edge[], place: ReadonlyMap<string, number>): [number, number][] {
  const { on } = boundTo(edges)
  const above: Set<number>[] = []
  return spots.flatMap(({ part }, i) => {
    const reached = new Set<number>()
    const before = (on.get(part.id) ?? []).flatMap((e) => place.get(e.to) ?? []).toSorted((a, b) => b - a)
    const kept: [number, number][] = []
    for (const first of before) {
      if (!reached.has(first)) kept.push([first, i])
      reached.add(first)
      for (const more of above[first] ?? []) reached.add(more)
    }
    above[i] = reached
    return kept
  })
}

const middle = (s: Spot): number => s.y + box.height / 2

function pathBetween(a: Spot, b: Spot): string {
  const [ay, by] = [middle(a), middle(b)]
  if (a.x === b.x) {
    const x = a.x + box.width
    const out = x + Math.min(34, 12 + Math.abs(by - ay) / 12)
    return `M${x} ${ay}C${out} ${ay} ${out} ${by} ${x} ${by}`
  }
  const forward = b.x > a.x
  const [from, to] = forward ? [a.x + box.width, b.x] : [a.x, b.x + box.width]
  const bend = (forward ? 1 : -1) * Math.max(22, Math.abs(to - from) / 2)
  return `M${from} ${ay}C${from + bend} ${ay} ${to - bend} ${by} ${to} ${by}`
}
