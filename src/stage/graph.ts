// What depends on what: as the files say it, and by the objects that migrations really share.
import type { Judged } from './analysis.ts'
import type { JudgedOperation } from './verdict/replay.ts'

export interface Edge {
  /** This one … */
  readonly from: string
  /** … comes after that one, … */
  readonly to: string
  /** … because of these. */
  readonly objects: readonly string[]
}

export interface Unit {
  readonly id: string
  readonly operations: readonly JudgedOperation[]
}

type Objects = ReadonlySet<string>

interface Uses {
  readonly makes: Objects
  readonly changes: Objects
  readonly drops: Objects
  readonly reads: Objects
  readonly writes: Objects
  readonly adds: Objects
  /** All of them, and the tables that they are of. */
  readonly touched: Objects
  readonly used: Objects
  /** Rows of the tables that it holds to something else: they must fit by then. */
  readonly holds: Objects
  readonly needs: Objects
  readonly frees: Objects
  readonly fires: Objects
  readonly lets: Objects
  /** Tables that have other columns from then on: whoever reads all of them reads others. */
  readonly shapes: Objects
  /** What may have been something else before, under the same name. */
  readonly remakes: Objects
}

const tableOf = (object: string): string => object.replace(/^\w+:/, '').split('.')[0]!

function usesOf(operations: readonly JudgedOperation[]): Uses {
  const found = new Map<string, Set<string>>()
  for (const { touched } of operations) for (const { use, object } of touched) found.set(use, (found.get(use) ?? new Set()).add(object))
  const of = (use: string): Objects => found.get(use) ?? new Set()
  const [makes, changes, drops, reads, writes, adds] = [of('makes'), of('changes'), of('drops'), of('reads'), of('writes'), of('adds')]
  const touched = [...makes, ...changes, ...drops, ...reads, ...writes, ...adds]
  return {
    makes,
    changes,
    drops,
    reads,
    writes,
    adds,
    touched: new Set([...touched, ...touched.map((o) => `table:${tableOf(o)}`)]),
    used: new Set([...reads, ...changes, ...makes]),
    holds: of('holds'),
    needs: of('needs'),
    frees: of('frees'),
    fires: of('fires'),
    lets: of('lets'),
    shapes: new Set([...makes, ...drops].filter((o) => o.startsWith('column:')).map((o) => `columns:${tableOf(o)}`)),
    remakes: new Set([...makes].filter((o) => /^(function|table):/.test(o))),
  }
}

/** Who used an object, and how, among those before. */
class Earlier {
  readonly #by = new Map<keyof Uses, Map<string, number[]>>()

  add(uses: Uses, place: number): void {
    for (const use of ['makes', 'changes', 'drops', 'reads', 'writes', 'adds', 'used', 'shapes', 'fires', 'lets'] as const) {
      const objects = this.#by.get(use) ?? new Map<string, number[]>()
      this.#by.set(use, objects)
      for (const o of uses[use])
        objects
          .set(o, objects.get(o) ?? [])
          .get(o)!
          .push(place)
    }
  }

  who(use: keyof Uses, object: string): readonly number[] {
    return this.#by.get(use)?.get(object) ?? []
  }
}

/** How the later one uses an object, and how an earlier one must not have for it to be free. */
const bound: readonly { readonly later: keyof Uses; readonly earlier: readonly (keyof Uses)[]; readonly tables?: false }[] = [
  { later: 'touched', earlier: ['makes', 'drops'] },
  { later: 'changes', earlier: ['changes', 'lets'], tables: false },
  // whoever uses it goes before whoever takes it away
  { later: 'drops', earlier: ['used'] },
  { later: 'reads', earlier: ['writes', 'adds', 'shapes'] },
  // of another type, or with another default, it is another column
  { later: 'reads', earlier: ['changes'], tables: false },
  { later: 'shapes', earlier: ['reads'] },
  { later: 'remakes', earlier: ['reads'] },
  { later: 'writes', earlier: ['writes', 'adds', 'reads', 'fires'] },
  { later: 'adds', earlier: ['writes', 'reads', 'fires'] },
  { later: 'needs', earlier: ['adds'] },
  { later: 'frees', earlier: ['writes'] },
  { later: 'fires', earlier: ['writes', 'adds'] },
  { later: 'holds', earlier: ['writes', 'adds'] },
]

function sharedWith(earlier: Earlier, uses: Uses): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>()
  for (const { later, earlier: ways, tables } of bound)
    for (const object of uses[later]) {
      if (tables === false && object.startsWith('table:')) continue
      for (const way of ways) for (const place of earlier.who(way, object)) found.set(place, (found.get(place) ?? new Set()).add(object))
    }
  return found
}

/** Each after those before it in the list that it shares objects with. */
export function objectEdges(units: readonly Unit[]): Edge[] {
  const earlier = new Earlier()
  return units.flatMap((unit, i) => {
    const uses = usesOf(unit.operations)
    const shared = [...sharedWith(earlier, uses)].toSorted(([a], [b]) => a - b)
    earlier.add(uses, i)
    return shared.map(([place, objects]) => ({ from: unit.id, to: units[place]!.id, objects: [...objects] }))
  })
}

export interface Graph {
  readonly chain: readonly Edge[]
  readonly objects: readonly Edge[]
  /** Needed by what it does, and not said by the files: nobody knows in which order they are run. */
  readonly hidden: readonly Edge[]
  /** It uses what is made only after it. */
  readonly backwards: readonly Edge[]
}

export function graphOf(judged: readonly Judged[]): Graph {
  const units = judged.map((j) => ({ id: j.migration.id, operations: j.operations }))
  const chain = judged.flatMap(({ migration: m }) => [...m.parents, ...m.needs].map((to) => ({ from: m.id, to, objects: [] })))
  const objects = objectEdges(units)
  const before = ancestors(judged)
  return { chain, objects, hidden: objects.filter((e) => !before.get(e.from)?.has(e.to)), backwards: backwardsIn(units) }
}

export function ancestors(judged: readonly Judged[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { migration: m } of judged) {
    const own = [...m.parents, ...m.needs]
    found.set(m.id, new Set([...own, ...own.flatMap((p) => [...(found.get(p) ?? [])])]))
  }
  return found
}

function backwardsIn(units: readonly Unit[]): Edge[] {
  const uses = units.map((u) => usesOf(u.operations))
  const firstMaker = new Map<string, number>()
  uses.forEach((u, i) => {
    for (const o of u.makes) if (/^(table|column|type):/.test(o) && !firstMaker.has(o)) firstMaker.set(o, i)
  })
  return units.flatMap((unit, i) =>
    [...uses[i]!.reads, ...uses[i]!.changes].flatMap((o) => {
      const maker = firstMaker.get(o)
      // a column that is only read may be another's of the same name
      return maker !== undefined && maker > i && o.startsWith('table:') ? [{ from: unit.id, to: units[maker]!.id, objects: [o] }] : []
    }),
  )
}
