// The order that a pile says it has: parents before children, and what is wrong with that.

interface Linked {
  readonly id: string
  readonly file: string
  readonly parents: readonly string[]
  readonly needs: readonly string[]
}

/** Those that are ready first come in the order of their files; in a circle, what is left comes last. */
export function inOrder<T extends Linked>(all: readonly T[]): { readonly ordered: readonly T[]; readonly faults: readonly string[] } {
  const waiting = all.toSorted((a, b) => (a.file < b.file ? -1 : 1))
  const known = new Map(all.map((m) => [m.id, m]))
  const done = new Set<string>()
  const ordered: T[] = []
  const ready = (m: T) => [...m.parents, ...m.needs].every((p) => done.has(p) || !idOf(p, known))
  while (waiting.length) {
    const next = waiting.findIndex(ready)
    if (next < 0) return { ordered: [...ordered, ...waiting], faults: [...faultsOf(all, known), circle(waiting)] }
    const [taken] = waiting.splice(next, 1) as [T]
    done.add(taken.id)
    ordered.push(taken)
  }
  return { ordered, faults: faultsOf(all, known) }
}

const idOf = (name: string, known: ReadonlyMap<string, unknown>): boolean => known.has(name)

const circle = (waiting: readonly Linked[]): string => `${waiting.map((m) => m.id).join(', ')} come after one another in a circle`

function faultsOf(all: readonly Linked[], known: ReadonlyMap<string, Linked>): string[] {
  const missing = all.flatMap((m) => m.parents.filter((p) => !known.has(p)).map((p) => `${m.id} comes after ${p}, which is in no file`))
  const twice = [...new Set(all.filter((m) => known.get(m.id) !== m).map((m) => `${m.id} is the id of more than one file`))]
  const children = new Set(all.flatMap((m) => [...m.parents]))
  const heads = all.filter((m) => !children.has(m.id))
  const several = heads.length > 1 ? [`there are ${heads.length} heads: ${heads.map((h) => h.id).join(', ')}`] : []
  return [...twice, ...missing, ...several]
}
