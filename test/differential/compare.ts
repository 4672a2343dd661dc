// Rows as they should be against rows as they are. Keys that the tool may choose are told apart by what hangs on them, not by their value.
import { type Cell, identity, textOf } from '../oracle/value.ts'
import type { Row } from '../oracle/world.ts'

export interface TableRows {
  readonly table: string
  readonly rows: readonly Row[]
}

export type Place = `${string}\u0000${string}`
const place = (table: string, column: string): Place => `${table}\u0000${column}`

interface Item {
  readonly table: string
  readonly plain: string
  /** Columns whose values are chosen, and which value. */
  readonly chosen: readonly (readonly [string, string])[]
  readonly row: Row
}

export interface Chosen {
  /** Columns with keys of the tool's choice, and whose keys: 4 here and 4 there are not the same. */
  readonly keys: ReadonlyMap<Place, string>
  /** Keys that were there before, by place. */
  readonly fixed: ReadonlyMap<Place, ReadonlySet<string>>
}

/** What is there too much or missing; empty where all agrees. */
export function differences(expected: readonly TableRows[], actual: readonly TableRows[], { keys, fixed }: Chosen): string[] {
  const symbolic = new Map<Place, string>(keys)
  for (const { table, rows } of expected)
    for (const row of rows)
      for (const [c, v] of row) if (v?.t === 'symbol' && !symbolic.has(place(table, c))) symbolic.set(place(table, c), '')
  const items = [expected, actual].map((side) =>
    side.flatMap(({ table, rows }) => rows.map((row) => itemOf(table, row, symbolic, fixed))),
  ) as [Item[], Item[]]
  const names = new Map<string, number>()
  const [left, right] = items.map((side) => coloured(side, names)) as [Map<number, Item[]>, Map<number, Item[]>]
  return [...surplus(left, right).map((i) => `missing: ${shown(i)}`), ...surplus(right, left).map((i) => `too much: ${shown(i)}`)]
}

export { place }

function itemOf(table: string, row: Row, symbolic: ReadonlyMap<Place, string>, fixed: ReadonlyMap<Place, ReadonlySet<string>>): Item {
  const plain: string[] = [table]
  const chosen: [string, string][] = []
  for (const [column, cell] of [...row].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (cell !== null && isChosen(table, column, cell, symbolic, fixed))
      chosen.push([column, `${symbolic.get(place(table, column)) ?? ''} ${textOf(cell)}`])
    else plain.push(`${column}=${identity(cell)}`)
  }
  return { table, plain: JSON.stringify(plain), chosen, row }
}

function isChosen(
  table: string,
  column: string,
  cell: Cell & object,
  symbolic: ReadonlyMap<Place, string>,
  fixed: ReadonlyMap<Place, ReadonlySet<string>>,
): boolean {
  if (cell.t === 'symbol') return true
  return symbolic.has(place(table, column)) && !fixed.get(place(table, column))?.has(textOf(cell))
}

/** Rows by colour: two have the same when no walk from row to row along chosen values tells them apart. */
function coloured(items: readonly Item[], names: Map<string, number>): Map<number, Item[]> {
  const name = (s: string): number => {
    const there = names.get(s) ?? names.size
    names.set(s, there)
    return there
  }
  let colours = items.map((i) => name(i.plain))
  for (let round = 0; round < 4; round++) {
    const seen = new Map<string, string[]>()
    for (const [n, i] of items.entries())
      for (const [column, value] of i.chosen) seen.set(value, [...(seen.get(value) ?? []), `${colours[n]}.${column}`])
    const around = new Map([...seen].map(([value, where]) => [value, name(JSON.stringify(where.toSorted()))]))
    colours = items.map((i, n) => name(JSON.stringify([colours[n], i.chosen.map(([column, value]) => [column, around.get(value)])])))
  }
  const found = new Map<number, Item[]>()
  for (const [n, i] of items.entries()) found.set(colours[n]!, [...(found.get(colours[n]!) ?? []), i])
  return found
}

const surplus = (of: Map<number, Item[]>, over: Map<number, Item[]>): Item[] =>
  [...of].flatMap(([colour, items]) => items.slice(over.get(colour)?.length ?? 0))
const shown = ({ table, row }: Item): string =>
  `${table} ${JSON.stringify(Object.fromEntries([...row].map(([c, v]) => [c, v && `${v.t === 'symbol' ? '→' : ''}${textOf(v)}`])))}`
