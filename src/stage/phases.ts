// Phases by rule: what each part of a migration is, then what it depends on; and what people want of it.
import { stageSettings } from '../errors/stage.ts'
import type { Analysis, Judged } from './analysis.ts'
import { type Edge, type Graph, graphOf, objectEdges, type Unit } from './graph.ts'
import { later, type PhaseName, phaseNames, rank } from './phase.ts'
import { checkNames, type Settings } from './settings.ts'
import { type Class, classes } from './verdict/classes.ts'
import { rowLabel } from './verdict/label.ts'
import type { JudgedOperation } from './verdict/replay.ts'

/** A stretch of a migration that ships as one. */
export interface Part extends Unit {
  readonly migration: string
  readonly phase: PhaseName
  /** What it was made of: parts that came into one phase. */
  readonly units: readonly string[]
  /** Why it is not in the phase that its own work would be in. */
  readonly moved?: string
}

export interface Placed {
  readonly judged: Judged
  /** Where the last of it ships. */
  readonly phase: PhaseName
  /** More than one where it is to be split. */
  readonly parts: readonly Part[]
  readonly reasons: readonly string[]
}

/** What ships with it alone: the rest of a migration that is split is another part's. */
export const classOfPart = ({ operations }: Part, { judged, parts }: Placed): Class =>
  parts.length === 1 ? judged.class : (classes.find((c) => operations.some((o) => o.reasons.some((r) => r.class === c))) ?? 'safe-additive')

export interface Phase {
  readonly name: PhaseName
  /** Of several of one name, which: where a phase would be larger than it may be. */
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
  const parts = settled(units, edges, settings)
  const placed = staged.map((j) => placedOf(j, parts, settings))
  for (const id of settings.exclude) refuseNeeded(id, graph, settings)
  const between = betweenParts(edges, parts)
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

interface Work extends Unit {
  readonly migration: string
  readonly own: PhaseName
  /** Where each of its operations stands in the migration. */
  readonly places: readonly number[]
}

/** Its parts by their own phases, where its way up can be cut; else whole, by the last of them. Of what nothing could be read, anything may be: rows at that. */
function unitsOf(j: Judged, whole: ReadonlySet<string>): Work[] {
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

const workOf = (id: string, { migration, operations }: Judged, own: PhaseName, places: readonly number[]): Work => ({
  id,
  migration: migration.id,
  own,
  places,
  operations: places.map((i) => operations[i]!),
})

/** Code that asks the database between two statements cannot be cut between them. */
const canBeSplit = ({ migration, operations }: Judged): boolean =>
  migration.unread.length === 0 &&
  operations.every(
    (o) => !o.unread && !o.operation.repeated && !(o.operation.live && o.kinds.includes('SelectStmt')) && o.operation.effect === undefined,
  )

/** What asks and sets things for the statement after it or before it has no phase of its own. */
const besides = ['SelectStmt', 'VariableSetStmt', 'VariableShowStmt', 'TransactionStmt', 'CommentStmt']

export function phasesOfWork(operations: readonly JudgedOperation[]): PhaseName[] {
  const own = operations.map((o) => (o.kinds.every((k) => besides.includes(k)) && !o.unread ? undefined : phaseOfWork(o)))
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
function acrossOf(units: readonly Work[]): Edge[] {
  const migrationOf = new Map(units.map((u) => [u.id, u.migration]))
  return objectEdges(units).filter((e) => migrationOf.get(e.from) !== migrationOf.get(e.to))
}

/** Parts of one migration by its lines, and in the order of their phases where they share nothing. */
function withinOf(units: readonly Work[]): Edge[] {
  return [...Map.groupBy(units, (u) => u.migration).values()].flatMap((own) => {
    if (own.length < 2) return []
    const inOrder = own.slice(1).map((u, i) => ({ from: u.id, to: own[i]!.id, objects: ['the same migration'] }))
    const lines = own.flatMap((u) => u.operations.map((o, i) => ({ id: u.id, place: u.places[i]!, operations: [o] })))
    const shared = objectEdges(lines.toSorted((a, b) => a.place - b.place))
    return [...shared.filter((e) => e.from !== e.to), ...inOrder]
  })
}

function wished(units: readonly Work[], { before }: Settings): Edge[] {
  const of = (id: string) => units.filter((u) => u.migration === id)
  return before.flatMap(([first, second]) =>
    of(second).flatMap((b) => of(first).map((a) => ({ from: b.id, to: a.id, objects: ['stage.yaml: before'] }))),
  )
}

interface Settled {
  readonly phase: PhaseName
  readonly moved?: string
}

function settled(units: readonly Work[], edges: readonly Edge[], settings: Settings): Part[] {
  const phases = new Map<string, Settled>(units.map((u) => [u.id, { phase: settings.pin.get(u.migration) ?? u.own }]))
  const migrationOf = new Map(units.map((u) => [u.id, u.migration]))
  for (let round = 0, changed = true; changed && round <= units.length * phaseNames.length; round++) {
    changed = false
    const move = (id: string, phase: PhaseName, why: string) => {
      if (rank(phases.get(id)!.phase) >= rank(phase)) return
      const pinned = settings.pin.get(migrationOf.get(id)!)
      if (pinned)
        throw stageSettings({ at: 'stage.yaml: pin', why: `${migrationOf.get(id)} cannot be in ${pinned}: ${why}, which is in ${phase}` })
      phases.set(id, { phase, moved: why })
      changed = true
    }
    for (const { from, to, objects } of edges)
      move(from, phases.get(to)!.phase, `it comes after ${migrationOf.get(to)} because of ${objects.slice(0, 3).join(', ')}`)
    for (const group of settings.together) {
      const members = units.filter((u) => group.includes(u.migration))
      const last = members.map((u) => phases.get(u.id)!.phase).reduce(later, 'expand')
      for (const u of members) move(u.id, last, `it ships with ${group.filter((g) => g !== u.migration).join(', ')}`)
    }
  }
  return merged(units, phases)
}

/** Parts of one migration that have come into one phase are one part, in the order of its lines. */
function merged(units: readonly Work[], phases: ReadonlyMap<string, Settled>): Part[] {
  return [...Map.groupBy(units, (u) => `${phases.get(u.id)!.phase} ${u.migration}`).values()].map((own) => {
    const lines = own.flatMap((u) => u.operations.map((operation, i) => ({ operation, place: u.places[i]! })))
    const { id, migration } = own[0]!
    const moved = own.map((u) => phases.get(u.id)!.moved).find((why) => why !== undefined)
    return {
      id,
      migration,
      phase: phases.get(id)!.phase,
      units: own.map((u) => u.id),
      operations: lines.toSorted((a, b) => a.place - b.place).map((l) => l.operation),
      ...(moved === undefined ? {} : { moved }),
    }
  })
}

function placedOf(judged: Judged, parts: readonly Part[], { pin }: Settings): Placed {
  const own = parts.filter((p) => p.migration === judged.migration.id)
  const phase = own.map((p) => p.phase).reduce(later, 'expand')
  const split = own.length > 1 ? [`to be split: ${own.map((p) => `${p.phase} (${p.operations.length})`).join(', ')}`] : []
  const pinned = pin.has(judged.migration.id) ? ['stage.yaml puts it there'] : []
  return {
    judged,
    phase,
    parts: own,
    reasons: [...judged.reasons, ...split, ...pinned, ...own.flatMap((p) => (p.moved ? [`${p.phase}: ${p.moved}`] : []))],
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
  const riskOf = new Map(placed.map((p) => [p.judged.migration.id, p.judged.risk]))
  return phaseNames.flatMap((name) => {
    const own = inTurn(
      parts.filter((p) => p.phase === name),
      edges,
    )
    return stretches(own, max).map((stretch, i) => ({
      name,
      number: i + 1,
      parts: stretch,
      risk: risks[
        Math.max(
          ...stretch.map((p) =>
            rank(name) === 0 ? Math.min(1, risks.indexOf(riskOf.get(p.migration)!)) : risks.indexOf(riskOf.get(p.migration)!),
          ),
        )
      ]!,
      needs: needsOf(stretch, parts, edges),
    }))
  })
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
  return phaseNames.filter((name) => name !== stretch[0]?.phase && all.some((p) => p.phase === name && on.has(p.id)))
}

function inversionsIn(placed: readonly Placed[]): Edge[] {
  const phases = new Map(placed.map((p) => [p.judged.migration.id, p.parts.map((x) => rank(x.phase))]))
  return placed.flatMap(({ judged: { migration } }) =>
    migration.parents.flatMap((parent) => {
      const [own, before] = [phases.get(migration.id), phases.get(parent)]
      return own && before && Math.min(...own) < Math.max(...before) ? [{ from: migration.id, to: parent, objects: [] }] : []
    }),
  )
}
