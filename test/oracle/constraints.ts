// What rows may not do together: share a value that is to be unique, or point at a row that is not there.
import { type Cell, tuple } from './value.ts'
import { type ForeignKey, type Row, type Table, tableOf, type World } from './world.ts'

/** A target row with the source rows that it stands or falls with. */
export interface Made<M> {
  readonly table: string
  readonly row: Row
  readonly members: readonly M[]
}

const valuesOf = (row: Row, columns: readonly string[]): Cell[] => columns.map((c) => row.get(c) ?? null)

const inEach = <M>(world: World, find: (table: Table, columns: readonly string[]) => Made<M>[]): Made<M>[] =>
  [...world.tables.values()].flatMap((table) => table.uniques.flatMap((columns) => find(table, columns)))

const having = <M>(table: Table, columns: readonly string[], made: readonly Made<M>[]): Made<M>[] =>
  made.filter((m) => m.table === table.id && !valuesOf(m.row, columns).includes(null))

/** Rows with a value that one has which was there before. That one stays. */
export function taken<M>(world: World, made: readonly Made<M>[]): Made<M>[] {
  return inEach(world, (table, columns) => {
    const there = new Set(table.rows.map((row) => tuple(valuesOf(row, columns))))
    return having(table, columns, made).filter((m) => there.has(tuple(valuesOf(m.row, columns))))
  })
}

/** All rows of ours that share a value, whichever came first. */
export function sharing<M>(world: World, made: readonly Made<M>[]): Made<M>[] {
  return inEach(world, (table, columns) => {
    const count = new Map<string, number>()
    const ours = having(table, columns, made)
    for (const m of ours) count.set(tuple(valuesOf(m.row, columns)), (count.get(tuple(valuesOf(m.row, columns))) ?? 0) + 1)
    return ours.filter((m) => count.get(tuple(valuesOf(m.row, columns)))! > 1)
  })
}

/** Rows that point at nothing, when these are all that are made. */
export function orphans<M>(world: World, made: readonly Made<M>[]): Made<M>[] {
  return made.filter((m) => tableOf(world, m.table).foreignKeys.some((f) => !pointsAtSomething(m.row, f, world, made)))
}

function pointsAtSomething<M>(row: Row, { columns, to, toColumns }: ForeignKey, world: World, made: readonly Made<M>[]): boolean {
  const value = valuesOf(row, columns)
  if (value.includes(null)) return true
  const rows = [...tableOf(world, to).rows, ...made.filter((x) => x.table === to).map((x) => x.row)]
  return rows.some((there) => tuple(valuesOf(there, toColumns)) === tuple(value))
}
