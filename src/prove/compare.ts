// Two databases that should hold the same: what differs, by name, and how much was compared.
import type { Contents, Engine } from './engines/engine.ts'

export interface Compared {
  /** What differs: things, tables, columns. */
  readonly differences: readonly string[]
  /** Things of the catalogue that were compared. */
  readonly things: number
  readonly tables: number
  readonly rows: number
  /** What could not be compared, because two runs of one order differ in it too. */
  readonly left: readonly string[]
  /** Tables whose columns stand in another order. */
  readonly otherPlaces: readonly string[]
}

export interface Held {
  readonly url: string
  readonly contents: Contents
  /** Digests of its rows, where it is not what it was any more. */
  readonly digests?: ReadonlyMap<string, string>
}

/** Columns that two runs of the same order fill differently: the time, a random number. */
export interface Volatile {
  readonly columns: ReadonlyMap<string, readonly string[]>
  readonly tables: ReadonlySet<string>
}

const differing = (a: Contents, b: Contents, table: string): string[] =>
  [...(a.columns.get(table)?.digests ?? [])].flatMap(([column, digest]) =>
    b.columns.get(table)?.digests.get(column) === digest ? [] : [column],
  )

export async function volatileIn(engine: Engine, one: Held, two: Held): Promise<Volatile> {
  const columns = new Map<string, readonly string[]>()
  for (const table of one.contents.tables.keys()) {
    const own = differing(one.contents, two.contents, table)
    if (own.length) columns.set(table, own)
  }
  const wanted = steady(one.contents, columns)
  const [a, b] = [await engine.rowDigests(one.url, wanted), await engine.rowDigests(two.url, wanted)]
  return { columns, tables: new Set([...wanted.keys()].filter((t) => a.get(t) !== b.get(t))) }
}

/** The columns of each table that have rows and do not change by themselves. */
export const steady = ({ tables }: Contents, volatile: Volatile['columns']): Map<string, readonly string[]> =>
  new Map(
    [...tables]
      .map(([table, own]) => [table, own.filter((c) => !volatile.get(table)?.includes(c))] as const)
      .filter(([, own]) => own.length > 0),
  )

export async function compare(engine: Engine, was: Held, is: Held, volatile: Volatile): Promise<Compared> {
  const things = inCatalogue(was.contents, is.contents)
  const wanted = new Map(
    [...steady(was.contents, volatile.columns)].filter(([t, own]) => hasAll(is.contents, t, own) && !volatile.tables.has(t)),
  )
  const [before, after] = [was.digests ?? (await engine.rowDigests(was.url, wanted)), await engine.rowDigests(is.url, wanted)]
  const rows = [...wanted.keys()].flatMap((table) => {
    const [had, has] = [was.contents.columns.get(table)!.rows, is.contents.columns.get(table)!.rows]
    if (had !== has) return [`${table} has ${has} rows, and had ${had}`]
    if (before.get(table) === after.get(table)) return []
    const own = differing(was.contents, is.contents, table).filter((c) => wanted.get(table)!.includes(c))
    return [`of the rows of ${table} some are not the same${own.length ? `: ${own.join(', ')}` : ''}`]
  })
  return {
    differences: [...things, ...rows],
    things: was.contents.catalogue.size,
    tables: wanted.size,
    rows: [...wanted.keys()].reduce((sum, t) => sum + was.contents.columns.get(t)!.rows, 0),
    left: [
      ...[...volatile.columns].map(([table, own]) => `${table}: ${own.join(', ')} (two runs of the same order differ in it too)`),
      ...[...volatile.tables].map((table) => `${table} (its rows differ between two runs of the same order)`),
    ],
    otherPlaces: [...was.contents.places].flatMap(([table, order]) => (is.contents.places.get(table) === order ? [] : [table])),
  }
}

const hasAll = ({ tables }: Contents, table: string, own: readonly string[]): boolean => own.every((c) => tables.get(table)?.includes(c))

function inCatalogue(was: Contents, is: Contents): string[] {
  const gone = [...was.catalogue.keys()].filter((n) => !is.catalogue.has(n)).map((n) => `${n} is missing`)
  const more = [...is.catalogue.keys()].filter((n) => !was.catalogue.has(n)).map((n) => `${n} is there, and was not`)
  const other = [...was.catalogue].filter(([n, facts]) => is.catalogue.has(n) && is.catalogue.get(n) !== facts)
  return [...gone, ...more, ...other.map(([n, facts]) => `${n} is not the same: ${parting(facts, is.catalogue.get(n)!)}`)]
}

/** From a little before where the two part. */
function parting(was: string, is: string): string {
  const at = [...was].findIndex((c, i) => c !== is[i])
  const from = Math.max(0, (at < 0 ? was.length : at) - 20)
  return `${was.slice(from, from + 60)} / ${is.slice(from, from + 60)}`
}
