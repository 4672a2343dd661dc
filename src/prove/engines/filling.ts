// Rows that are made up, put into tables whose parents have some: row by row, since where one is refused the others may go.
import type { Sampled } from './engine.ts'
import { isVersions } from './tool-tables.ts'

const many = 10

export interface Fillable {
  readonly table: string
  /** As SQL. */
  readonly column: string
  readonly parent: string | null
}

export interface Filler<C extends Fillable> {
  hasRows(table: string): Promise<boolean>
  /** Whether it was taken. */
  take(sql: string): Promise<boolean>
  cell(column: C, i: number): string
}

export const texts = [`'a'`, `'Zürich – 東京 🚢'`, `'a'`, `'O''Brien'`, `' two  blanks '`, `''`, `'A'`] as const

export async function fillAll<C extends Fillable>(columns: readonly C[], filler: Filler<C>): Promise<Sampled> {
  const tables = Map.groupBy(columns, (c) => c.table)
  const filled: number[] = []
  for (const table of parentsFirst(tables)) filled.push(await fill(table, tables.get(table)!, filler))
  const taken = filled.filter((n) => n > 0)
  return { tables: taken.length, rows: taken.reduce((sum, n) => sum + n, 0) }
}

function parentsFirst(tables: ReadonlyMap<string, readonly Fillable[]>): string[] {
  const done = new Set<string>()
  const visit = (table: string, seen: ReadonlySet<string>): void => {
    if (done.has(table) || seen.has(table)) return
    for (const { parent } of tables.get(table) ?? []) if (parent && parent !== table) visit(parent, new Set([...seen, table]))
    done.add(table)
  }
  for (const table of tables.keys()) visit(table, new Set())
  return [...done].filter((t) => tables.has(t))
}

/** What has rows already keeps them as they are. */
async function fill<C extends Fillable>(table: string, its: readonly C[], filler: Filler<C>): Promise<number> {
  if (isVersions(table)) return 0
  if (await filler.hasRows(table)) return 1
  const byColumn = [...new Map(its.map((c) => [c.column, c])).values()]
  let taken = 0
  for (let i = 1; i <= many; i++) {
    const sql = `insert into ${table} (${byColumn.map((c) => c.column).join(', ')}) values (${byColumn.map((c) => filler.cell(c, i)).join(', ')})`
    if (await filler.take(sql)) taken++
  }
  return taken
}
