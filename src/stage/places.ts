// Where each stretch of work ships. The phases are walked through in rounds: what stands on work of a later phase keeps its own phase, in the round after it.
import { stageSettings } from '../errors/stage.ts'
import type { Edge, Unit } from './graph.ts'
import { type PhaseName, rank } from './phase.ts'
import type { Settings } from './settings.ts'

/** What is to be given a place. */
export interface Work extends Unit {
  readonly migration: string
  /** The phase that its own work belongs to. */
  readonly own: PhaseName
}

export interface Place {
  /** From 1 on. */
  readonly round: number
  readonly phase: PhaseName
  /** Why it is in another phase than its own work would be in. */
  readonly moved?: string
  /** Why it is not in the first round. */
  readonly waits?: string
}

export const inOrder = (a: Place, b: Place): number => a.round - b.round || rank(a.phase) - rank(b.phase)

/** Each at or behind what it stands on, and no later than it must be. */
export function placesOf(units: readonly Work[], edges: readonly Edge[], settings: Settings): ReadonlyMap<string, Place> {
  return new Places(units, edges, settings).settled()
}

/** What people want in one phase: migrations by name, and what of them and between them there is. */
interface Group {
  readonly asked: readonly string[]
  readonly units: readonly string[]
}

class Places {
  readonly #units: ReadonlyMap<string, Work>
  readonly #edges: readonly Edge[]
  readonly #pin: Settings['pin']
  readonly #groups: readonly Group[]
  readonly #places: Map<string, Place>
  #changed = false

  constructor(units: readonly Work[], edges: readonly Edge[], { pin, together }: Settings) {
    this.#units = new Map(units.map((u) => [u.id, u]))
    this.#edges = edges
    this.#pin = pin
    this.#groups = together.map((asked) => ({
      asked,
      units: [
        ...withBetween(
          units.filter((u) => asked.includes(u.migration)),
          edges,
        ),
      ],
    }))
    this.#places = new Map(units.map((u) => [u.id, { round: 1, phase: pin.get(u.migration) ?? u.own }]))
  }

  settled(): ReadonlyMap<string, Place> {
    do {
      this.#changed = false
      for (const group of this.#groups) this.#gather(group)
      for (const edge of this.#edges) this.#follow(edge)
      this.#unite()
    } while (this.#changed)
    return this.#places
  }

  #follow({ from, to, objects }: Edge): void {
    const [unit, other] = [this.#units.get(from)!, this.#units.get(to)!]
    const [is, least] = [this.#places.get(from)!, this.#places.get(to)!]
    if (inOrder(is, least) >= 0) return
    const after = unit.migration === other.migration ? 'another part of the same migration' : other.migration
    const why = `it comes after ${after} because of ${objects.slice(0, 3).join(', ')}`
    const own = this.#pin.get(unit.migration) ?? unit.own
    const fits = rank(own) >= rank(least.phase)
    if (fits) this.#put(unit, { round: least.round, phase: own }, why)
    else if (unit.migration === other.migration || (least.phase !== 'contract' && isFitted(unit, objects))) this.#put(unit, least, why)
    else if (own === unit.own) this.#put(unit, { round: least.round + 1, phase: own }, why)
    else throw pinned(unit, own, why, least.phase)
  }

  /** In one phase, whatever each would be in. */
  #gather({ asked, units }: Group): void {
    const last = units
      .map((id) => this.#places.get(id)!)
      .toSorted(inOrder)
      .at(-1)
    if (!last) return
    for (const id of units) {
      const unit = this.#units.get(id)!
      this.#put(unit, last, `it ships with ${asked.filter((g) => g !== unit.migration).join(', ')}`)
    }
  }

  /** What one migration does in one phase is not cut once more. */
  #unite(): void {
    const lasts = new Map<string, number>()
    const named = ({ migration }: Work, { phase }: Place) => `${phase} ${migration}`
    for (const [id, place] of this.#places) {
      const name = named(this.#units.get(id)!, place)
      lasts.set(name, Math.max(place.round, lasts.get(name) ?? 0))
    }
    for (const [id, { round, phase }] of this.#places) {
      const unit = this.#units.get(id)!
      const last = lasts.get(named(unit, { round, phase }))!
      if (last > round) this.#put(unit, { round: last, phase }, `it ships with what else ${unit.migration} does in this phase`)
    }
  }

  #put(unit: Work, { round, phase }: Place, why: string): void {
    const is = this.#places.get(unit.id)!
    if (inOrder(is, { round, phase }) >= 0) return
    const pin = this.#pin.get(unit.migration)
    if (pin && pin !== phase) throw pinned(unit, pin, why, phase)
    if (round > this.#units.size) throw circle(unit.migration)
    const waits = round > is.round ? why : is.waits
    this.#places.set(unit.id, { round, phase, ...(phase === unit.own || pin ? {} : { moved: why }), ...(waits ? { waits } : {}) })
    this.#changed = true
  }
}

const pinned = ({ migration }: Work, pin: PhaseName, why: string, phase: PhaseName) =>
  stageSettings({ at: 'stage.yaml: pin', why: `${migration} cannot be in ${pin}: ${why}, which is in ${phase}` })

const circle = (migration: string) =>
  stageSettings({ at: 'stage.yaml: before', why: `${migration} and others would each come before the other` })

const holding = ['AT_SetNotNull', 'AT_AddConstraint', 'IndexStmt']

/** Rows must fit it by then: it belongs to the work that makes them fit. */
const isFitted = ({ operations }: Work, objects: readonly string[]): boolean =>
  operations.some((o) => o.kinds.some((k) => holding.includes(k)) && o.touched.some((t) => t.use === 'holds' && objects.includes(t.object)))

/** With those that stand on one of them and that another stands on: they cannot be before or after both. */
function withBetween(members: readonly Work[], edges: readonly Edge[]): ReadonlySet<string> {
  const ids = members.map((u) => u.id)
  const after = reached(
    ids,
    Map.groupBy(edges, (e) => e.to),
    (e) => e.from,
  )
  const before = reached(
    ids,
    Map.groupBy(edges, (e) => e.from),
    (e) => e.to,
  )
  return new Set([...ids, ...[...after].filter((id) => before.has(id))])
}

function reached(from: readonly string[], edges: ReadonlyMap<string, readonly Edge[]>, next: (edge: Edge) => string): ReadonlySet<string> {
  const found = new Set(from)
  for (const id of found) for (const edge of edges.get(id) ?? []) found.add(next(edge))
  return found
}

interface Placed extends Place {
  readonly id: string
}

/** What takes something away goes as late as what needs it gone allows: after all that is filled and moved. */
export function heldBack<T extends Placed>(parts: readonly T[], edges: readonly Edge[], mayWait: (part: T) => boolean): T[] {
  const last = Math.max(1, ...parts.map((p) => p.round))
  const waiting = new Map(parts.filter((p) => p.phase === 'contract' && mayWait(p)).map((p) => [p.id, last]))
  const placed = new Map(parts.map((p) => [p.id, p]))
  const onto = Map.groupBy(edges, (e) => e.to)
  const latest = (id: string): number =>
    Math.min(
      last,
      ...(onto.get(id) ?? []).map(({ from }) => {
        const { phase, round } = placed.get(from)!
        return waiting.get(from) ?? (phase === 'contract' ? round : round - 1)
      }),
    )
  for (let changed = true; changed; ) {
    changed = false
    for (const [id, round] of waiting)
      if (latest(id) < round) {
        waiting.set(id, latest(id))
        changed = true
      }
  }
  return parts.map((p) => {
    const round = waiting.get(p.id) ?? p.round
    return round > p.round ? { ...p, round, waits: p.waits ?? 'what is taken away goes after everything that may still need it' } : p
  })
}
