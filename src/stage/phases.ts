// Phases by rule: what each part of a migration is, then what it depends on; and what people want of it.
import { stageSettings } from '../errors/stage.ts'
import type { Analysis, Judged } from './analysis.ts'
import { type Edge, type Graph, graphOf, objectEdges, type Unit } from './graph.ts'
import { later, type PhaseName, phaseNames } from './phase.ts'
import { heldBack, inOrder, type Place, placesOf, type Work } from './places.ts'
import { checkNames, type Settings } from './settings.ts'
import { type Class, classes } from './verdict/classes.ts'
import { rowLabel } from './verdict/label.ts'
import type { JudgedOperation } from './verdict/replay.ts'

/** A stretch of a migration that ships as one. */
export interface Part extends Unit, Place {
  readonly migration: string
  /** What it was made of: parts that came into one phase. */
  readonly units: readonly string[]
}

export interface Placed {
  readonly judged: Judged
  /** The last of the phases that its work belongs to. */
  readonly phase: PhaseName
  /** When the last of it ships. */
  readonly round: number
  /** More than one where it is to be split. */
  readonly parts: readonly Part[]
  readonly reasons: readonly string[]
}

/** What ships with it alone: the rest of a migration that is split is another part's. */
export const classOfPart = ({ operations }: Part, { judged, parts }: Placed): Class =>
  parts.length === 1 ? judged.class : (classes.find((c) => operations.some((o) => o.reasons.some((r) => r.class === c))) ?? 'safe-additive')

export interface Phase {
  readonly name: PhaseName
  readonly round: number
  /** Of several of one name, which: in another round, or where a phase would be larger than it may be. */
  readonly number: number
  readonly parts: readonly Part[]
  readonly risk: Judged['risk']
  readonly needs: readonly string[]
}

export interface StagePlan {
  readonly placed: readonly Placed[]
  readonly phases: readonly Phase[]
  readonly excluded: readonly string[]
  readonly graph: Graph
  /** What each part stands on, by the names of the parts. */
  readonly edges: readonly Edge[]
  /** A parent that ships after its child: the file must be given another one. */
  readonly inversions: readonly Edge[]
}

/** `only`: the migrations that are to ship; the others have. `whole`: those that are not to be cut. */
export function planPhases(
  { judged, pile }: Analysis,
  settings: Settings,
  only?: ReadonlySet<string>,
  whole: ReadonlySet<string> = new Set(),
): StagePlan {
  checkNames(
    settings,
    pile.migrations.map((m) => m.id),
  )
  const staged = judged.filter((j) => !settings.exclude.includes(j.migration.id) && (only?.has(j.migration.id) ?? true))
  const graph = graphOf(judged)
  const units = staged.flatMap((j) => unitsOf(j, whole))
  const edges = [...acrossOf(units), ...withinOf(units), ...wished(units, settings)]
  const ready = merged(units, placesOf(units, edges, settings))
  const between = betweenParts(edges, ready)
  const wanted = new Set(settings.together.flat())
  const parts = heldBack(ready, between, (p) => !wanted.has(p.migration))
  const placed = staged.map((j) => placedOf(j, parts, settings))
  for (const id of settings.exclude) refuseNeeded(id, graph, settings)
  return {
    placed,
    phases: phasesOf(parts, between, placed, settings),
    excluded: settings.exclude,
    graph,
    edges: between,
    inversions: inversionsIn(placed),
  }
}

function betweenParts(edges: readonly Edge[], parts: readonly Part[]): Edge[] {
  const partOf = new Map(parts.flatMap((p) => p.units.map((u) => [u, p.id] as const)))
  const found = new Map<string, Map<string, Set<string>>>()
  for (const { from, to, objects } of edges) {
    const [a, b] = [partOf.get(from)!, partOf.get(to)!]
    if (a === b) continue
    const those = found.get(a) ?? new Map<string, Set<string>>()
    const known = those.get(b) ?? new Set()
    for (const object of objects) known.add(object)
    found.set(a, those.set(b, known))
  }
  return [...found].flatMap(([from, those]) => [...those].map(([to, objects]) => ({ from, to, objects: [...objects] })))
}

interface Stretch extends Work {
  /** Where each of its operations stands in the migration. */
  readonly places: readonly number[]
}

/** Its parts by their own phases, where its way up can be cut; else whole, by the last of them. Of what nothing could be read, anything may be: rows at that. */
function unitsOf(j: Judged, whole: ReadonlySet<string>): Stretch[] {
  const { id } = j.migration
  const phases = phasesOfWork(j.operations)
  const last = phases.reduce(later, j.migration.unread.some((u) => u.grave) && j.operations.length === 0 ? 'backfill' : 'expand')
  const distinct = phaseNames.filter((p) => phases.includes(p))
  if (distinct.length < 2 || whole.has(id) || !canBeSplit(j)) return [workOf(id, j, last, [...phases.keys()])]
  return distinct.map((own) =>
    workOf(
      `${id}/${own}`,
      j,
      own,
      [...phases.keys()].filter((i) => phases[i] === own),
    ),
  ) // prettier-ignore
}

const workOf = (id: string, { migration, operations }: Judged, own: PhaseName, places: readonly number[]): Stretch => ({
  id,
  migration: migration.id,
  own,
  places,
  operations: places.map((i) => operations[i]!),
})

/** Code that asks the database between two statements cannot be cut between them. */
const canBeSplit = ({ migration, operations }: Judged): boolean =>
  migration.unread.length === 0 &&
  operations.every((o) => !o.unread && !o.operation.repeated && !asksRows(o) && o.operation.effect === undefined)

/** Whether something is there, it asks the server's own tables: the answer goes with the statement that it is for. */
function asksRows({ operation: { live, sql = '' }, kinds, touched }: JudgedOperation): boolean {
  if (!live || !kinds.includes('SelectStmt')) return false
  const own = new Set(
    [...sql.matchAll(/\b(?:pg_catalog\.|information_schema\.|(?=pg_))(\w+)/gi)].map(([, name]) => `table:${name!.toLowerCase()}`),
  )
  const asked = touched.flatMap(({ object }) => (object.startsWith('table:') ? [object] : []))
  return asked.length === 0 || !asked.every((object) => own.has(object))
}

/** What asks and sets things for the statement after it or before it has no phase of its own. */
const besides = ['SelectStmt', 'VariableSetStmt', 'VariableShowStmt', 'TransactionStmt', 'CommentStmt']

/** Of each operation; what stands on one above it that is later goes with that. */
export function phasesOfWork(operations: readonly JudgedOperation[]): PhaseName[] {
  const own = operations.map((o) => (o.kinds.every((k) => besides.includes(k)) && !o.unread ? undefined : phaseOfWork(o)))
  if (new Set(own).size > 1)
    for (const { from, to } of objectEdges(operations.map((o, i) => ({ id: String(i), operations: [o] })))) {
      const [is, least] = [own[Number(from)], own[Number(to)]]
      if (is && least) own[Number(from)] = later(is, least)
    }
  return own.map((phase, i) => phase ?? own.slice(0, i).findLast((p) => p !== undefined) ?? own.find((p) => p !== undefined) ?? 'expand')
}

function phaseOfWork(operation: JudgedOperation): PhaseName {
  if (operation.reasons.some((r) => r.class === 'destructive-breaking')) return 'contract'
  if (!operation.rows.some((r) => !r.fresh)) return 'expand'
  return ({ 'reference data': 'reference-data', 'data fix': 'data-fixes', backfill: 'backfill' } as const)[
    rowLabel(operation) ?? 'backfill'
  ]
}

/** Between parts of several migrations: those of one stand in the order of their phases, and not of its lines. */
function acrossOf(units: readonly Stretch[]): Edge[] {
  const migrationOf = new Map(units.map((u) => [u.id, u.migration]))
  return objectEdges(units).filter((e) => migrationOf.get(e.from) !== migrationOf.get(e.to))
}

/** Parts of one migration by its lines, and in the order of their phases where they share nothing. */
function withinOf(units: readonly Stretch[]): Edge[] {
  return [...Map.groupBy(units, (u) => u.migration).values()].flatMap((own) => {
    if (own.length < 2) return []
    const inOrder = own.slice(1).map((u, i) => ({ from: u.id, to: own[i]!.id, objects: ['the same migration'] }))
    const lines = own.flatMap((u) => u.operations.map((o, i) => ({ id: u.id, place: u.places[i]!, operations: [o] })))
    const shared = objectEdges(lines.toSorted((a, b) => a.place - b.place))
    return [...shared.filter((e) => e.from !== e.to), ...inOrder]
  })
}

function wished(units: readonly Stretch[], { before }: Settings): Edge[] {
  const of = (id: string) => units.filter((u) => u.migration === id)
  return before.flatMap(([first, second]) =>
    of(second).flatMap((b) => of(first).map((a) => ({ from: b.id, to: a.id, objects: ['stage.yaml: before'] }))),
  )
}

/** Parts of one migration that have come into one phase are one part, in the order of its lines. */
function merged(units: readonly Stretch[], places: ReadonlyMap<string, Place>): Part[] {
  return [...Map.groupBy(units, (u) => `${places.get(u.id)!.phase} ${u.migration}`).values()].map((own) => {
    const lines = own.flatMap((u) => u.operations.map((operation, i) => ({ operation, place: u.places[i]! })))
    const { id, migration } = own[0]!
    const { round, phase } = places.get(id)!
    const [moved, waits] = [own.map((u) => places.get(u.id)!.moved).find(Boolean), own.map((u) => places.get(u.id)!.waits).find(Boolean)]
    return {
      id,
      migration,
      round,
      phase,
      units: own.map((u) => u.id),
      operations: lines.toSorted((a, b) => a.place - b.place).map((l) => l.operation),
      ...(moved === undefined ? {} : { moved }),
      ...(waits === undefined ? {} : { waits }),
    }
  })
}

function placedOf(judged: Judged, parts: readonly Part[], { pin }: Settings): Placed {
  const own = parts.filter((p) => p.migration === judged.migration.id)
  const phase = own.map((p) => p.phase).reduce(later, 'expand')
  const round = Math.max(...own.map((p) => p.round))
  const split = own.length > 1 ? [`to be split: ${own.map((p) => `${p.phase} (${p.operations.length})`).join(', ')}`] : []
  const pinned = pin.has(judged.migration.id) ? ['stage.yaml puts it there'] : []
  return {
    judged,
    phase,
    round,
    parts: own,
    reasons: [
      ...judged.reasons,
      ...split,
      ...pinned,
      ...own.flatMap((p) => [...(p.moved ? [`${p.phase}: ${p.moved}`] : []), ...(p.waits ? [`round ${p.round}: ${p.waits}`] : [])]),
    ],
  }
}

function refuseNeeded(id: string, graph: Graph, { exclude }: Settings): void {
  const needing = graph.objects.find((e) => e.to === id && !exclude.includes(e.from))
  if (needing)
    throw stageSettings({
      at: 'stage.yaml: exclude',
      why: `${id} cannot be left out: ${needing.from} needs ${needing.objects.slice(0, 3).join(', ')} of it`,
    })
}

const risks = ['low', 'medium', 'high'] as const

function phasesOf(parts: readonly Part[], edges: readonly Edge[], placed: readonly Placed[], { max }: Settings): Phase[] {
  const riskOf = new Map(placed.map((p) => [p.judged.migration.id, risks.indexOf(p.judged.risk)]))
  const numbers = new Map<PhaseName, number>()
  const rounds = [...Map.groupBy(parts, (p) => p.round)].toSorted(([a], [b]) => a - b)
  return rounds.flatMap(([round, all]) =>
    phaseNames.flatMap((name) => {
      const own = inTurn(
        all.filter((p) => p.phase === name),
        edges,
      ) // prettier-ignore
      const most = name === 'expand' ? 1 : risks.length - 1
      return stretches(own, max).map((stretch) => {
        numbers.set(name, (numbers.get(name) ?? 0) + 1)
        const risk = risks[Math.max(...stretch.map((p) => Math.min(most, riskOf.get(p.migration)!)))]!
        return { name, round, number: numbers.get(name)!, parts: stretch, risk, needs: needsOf(stretch, parts, edges) }
      })
    }),
  )
}

/** As in the pile, but after what each stands on and after what it is wanted after. */
function inTurn(parts: readonly Part[], edges: readonly Edge[]): Part[] {
  const waiting = new Map(parts.map((p) => [p.id, p]))
  const before = Map.groupBy(
    edges.filter((e) => waiting.has(e.from) && waiting.has(e.to)),
    (e) => e.from,
  )
  const done: Part[] = []
  while (waiting.size) {
    const next = [...waiting.values()].find((p) => !before.get(p.id)?.some((e) => waiting.has(e.to)))
    if (!next)
      throw stageSettings({
        at: 'stage.yaml: before',
        why: `${[...waiting.values()].map((p) => p.migration).join(', ')} would each come before the other`,
      })
    waiting.delete(next.id)
    done.push(next)
  }
  return done
}

const stretches = <T>(all: readonly T[], most = all.length): T[][] =>
  Array.from({ length: most ? Math.ceil(all.length / most) : 0 }, (_, i) => all.slice(i * most, (i + 1) * most))

/** Phases before it that hold what it stands on. */
function needsOf(stretch: readonly Part[], all: readonly Part[], edges: readonly Edge[]): PhaseName[] {
  const ids = new Set(stretch.map((p) => p.id))
  const on = new Set(edges.filter((e) => ids.has(e.from)).map((e) => e.to))
  const { round, phase } = stretch[0]!
  const isBefore = (p: Part) => on.has(p.id) && (p.phase !== phase || p.round < round)
  return phaseNames.filter((name) => all.some((p) => p.phase === name && isBefore(p)))
}

function inversionsIn(placed: readonly Placed[]): Edge[] {
  const parts = new Map(placed.map((p) => [p.judged.migration.id, p.parts.toSorted(inOrder)]))
  return placed.flatMap(({ judged: { migration } }) =>
    migration.parents.flatMap((parent) => {
      const [first, last] = [parts.get(migration.id)?.[0], parts.get(parent)?.at(-1)]
      return first && last && inOrder(first, last) < 0 ? [{ from: migration.id, to: parent, objects: [] }] : []
    }),
  )
}
