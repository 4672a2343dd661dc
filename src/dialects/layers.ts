// A row's values as one SELECT in layers: what several places need is computed once, in the layer below those that use it.
import type { SqlWords, Value } from '../expr/node.ts'
import type { SqlType } from '../schema/type.ts'

interface Computed {
  readonly column: string
  readonly sql: string
  readonly layer: number
}
interface Join {
  readonly sql: string
  readonly layer: number
}

/** `offset 0` keeps the planner from merging the layers again, and with that from computing everything twice. */
export class Layers {
  private readonly words: SqlWords
  private readonly columns: Computed[] = []
  private readonly joins: Join[] = []
  private readonly known = new Map<string, string>()
  private readonly mark: string
  private readonly used: RegExp

  /** `taken`: the columns that are there already, whatever they are called. */
  constructor(words: SqlWords, taken: readonly string[]) {
    this.words = words
    let mark = 'godwit·'
    while (taken.some((c) => c.startsWith(mark))) mark += '·'
    this.mark = mark
    this.used = new RegExp(`\\bs\\."${mark}(\\d+)"`, 'g')
  }

  once(sql: string, type: SqlType, nullable: boolean): Value {
    return { sql: this.column(sql, this.depth(sql)), type, nullable }
  }

  /** Joins another relation in; `columns` of it are carried up, and given back in the same order. */
  join(sql: (alias: string) => string, columns: (alias: string) => readonly string[]): readonly string[] {
    const probe = sql('?')
    const key = `join ${probe}`
    const alias = this.known.get(key) ?? `j${this.joins.length}`
    const layer = this.depth(probe)
    if (!this.known.has(key)) {
      this.known.set(key, alias)
      this.joins.push({ sql: sql(alias), layer })
    }
    return columns(alias).map((c) => this.column(c, layer))
  }

  private column(sql: string, layer: number): string {
    const key = `${layer} ${sql}`
    const there = this.known.get(key)
    if (there) return there
    const column = `${this.mark}${this.columns.length}`
    const ref = `s.${this.words.quote(column)}`
    this.columns.push({ column, sql, layer })
    this.known.set(key, ref)
    return ref
  }

  /** One above the highest of the columns that a piece of SQL refers to. */
  private depth(sql: string): number {
    let depth = 0
    for (const [, n] of sql.matchAll(this.used)) depth = Math.max(depth, (this.columns[Number(n)]?.layer ?? -1) + 1)
    return depth
  }

  /** `from …` with all layers; `where` belongs to the innermost. */
  from(source: string, where: string): string {
    const top = Math.max(-1, ...this.columns.map((c) => c.layer))
    let from = `${source} s`
    for (let layer = 0; layer <= top; layer++) {
      const columns = this.columns.filter((c) => c.layer === layer).map((c) => `${c.sql} as ${this.words.quote(c.column)}`)
      const joins = this.joins
        .filter((j) => j.layer === layer)
        .map((j) => ` ${j.sql}`)
        .join('')
      from = `(select s.*, ${columns.join(', ')} from ${from}${joins}${layer === 0 && where ? ` where ${where}` : ''} offset 0) s`
    }
    return top < 0 && where ? `${from} where ${where}` : from
  }
}
