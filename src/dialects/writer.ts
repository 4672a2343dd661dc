// Compiles the expressions of one mapping: each node once, with what it refuses and where that counts.
import type { Found, Node, Reason, Relation, Slot, SqlWords, Value, Writer } from '../expr/node.ts'
import { walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import { isLiteral } from '../expr/words/literal.ts'
import type { SqlType } from '../schema/type.ts'
import { comparable } from './comparable.ts'
import { Layers } from './layers.ts'

export interface Refusal {
  readonly when: string
  readonly reason: Reason
  readonly warns: boolean
}
interface Compiled {
  readonly value: Value
  readonly refusals: readonly Refusal[]
}

/** What the expressions of a mapping meet outside themselves; the mapping's compiler answers. */
export interface Surroundings {
  keyOf(slot: Slot, source: readonly Value[] | undefined, node: Node, writer: RowWriter): Value
  window(sql: string, type: SqlType, nullable: boolean, writer: RowWriter): Value
  computed(node: Node, args: readonly Value[], writer: RowWriter): Value
}

export class RowWriter implements Writer {
  readonly sql: SqlWords
  readonly checking = false
  readonly layers: Layers
  private readonly around: Surroundings
  private readonly done = new Map<Node, Compiled>()
  private readonly uses = new Map<Node, number>()
  private frame: Refusal[] = []

  /** `columns`: those of the rows that are read. */
  constructor(sql: SqlWords, around: Surroundings, roots: readonly Node[], columns: readonly string[] = []) {
    this.sql = sql
    this.layers = new Layers(sql, columns)
    this.around = around
    for (const root of roots)
      walk(root, (n) => {
        for (const a of n.args) this.uses.set(a, (this.uses.get(a) ?? 0) + 1)
      })
    for (const root of roots) this.uses.set(root, (this.uses.get(root) ?? 0) + 1)
  }

  value(node: Node): Value {
    const { value, refusals } = this.compile(node)
    this.frame.push(...refusals)
    return value
  }

  private compile(node: Node): Compiled {
    const there = this.done.get(node)
    if (there) return there
    const outer = this.frame
    this.frame = []
    let value = node.word.write(node, this)
    const shared = (this.uses.get(node) ?? 0) > 1 && !isColumn(node) && !isLiteral(node)
    if (shared && !this.insideAggregate) value = this.once(value.sql, value.type, value.nullable)
    const compiled = { value, refusals: this.frame }
    this.frame = outer
    this.done.set(node, compiled)
    return compiled
  }

  /** Aggregates are no values of a row: they stay where they are written. */
  insideAggregate = false

  once(sql: string, type: SqlType, nullable: boolean): Value {
    return this.layers.once(sql, type, nullable)
  }
  again(value: Value): Value {
    return /^s\."(?:[^"]|"")+"$/.test(value.sql) ? value : this.once(value.sql, value.type, value.nullable)
  }
  refuse(when: string, reason: Reason): void {
    this.frame.push({ when, reason, warns: false })
  }
  warn(when: string, reason: Reason): void {
    this.frame.push({ when, reason, warns: true })
  }

  under(condition: string, node: Node): Value {
    const { value, refusals } = this.compile(node)
    this.frame.push(...refusals.map((r) => ({ ...r, when: `(${condition}) and (${r.when})` })))
    return value
  }

  attempt(node: Node): { value: Value; failed: string | undefined; causes: readonly Refusal[] } {
    const { value, refusals } = this.compile(node)
    const caught = refusals.filter((r) => !r.warns)
    this.frame.push(...refusals.filter((r) => r.warns))
    return {
      value,
      failed: caught.length ? caught.map((r) => `(${r.when})`).join(' or ') : undefined,
      causes: caught,
    }
  }

  /** What was refused since the last time that somebody asked. */
  takeRefusals(): Refusal[] {
    const taken = this.frame
    this.frame = []
    return taken
  }

  find(relation: Relation, on: readonly (readonly [string, Value])[], take: string): Found {
    const { type, nullable } = relation.columns[take]!
    const unique = relation.key.length > 0 && relation.key.every((k) => on.some(([c]) => c === k)) && relation.query === undefined
    const from = relation.query === undefined ? this.sql.table(relation.id) : `(${relation.query})`
    const q = this.sql.quote
    // gathered under names of its own: a column may be called anything
    const keys = on.map(([c], j) => `f.${q(c)} as k${j}`).join(', ')
    const names = on.map((_, j) => `k${j}`).join(', ')
    const source = unique
      ? from
      : `(select ${names}, count(*) as n, (array_agg(v))[1] as v from (select distinct ${keys}, f.${q(take)} as v from ${from} f) f group by ${names})`
    const agree = (alias: string) =>
      on
        .map(([c, v], j) => comparable(`${alias}.${unique ? q(c) : `k${j}`}`, relation.columns[c]!.type, v, this.sql).join(' = '))
        .join(' and ')
    const [matches, value] = this.layers.join(
      (alias) => `left join ${source} ${alias} on ${agree(alias)}`,
      (alias) => [
        unique ? `case when ${alias}.${q(on[0]![0])} is not null then 1 end` : `${alias}.n`,
        `${alias}.${unique ? q(take) : 'v'}`,
      ],
    )
    return { value: { sql: value!, type, nullable }, matches: matches! }
  }

  keyOf(slot: Slot, source: readonly Value[] | undefined, node: Node): Value {
    return this.around.keyOf(slot, source, node, this)
  }
  window(sql: string, type: SqlType, nullable: boolean): Value {
    return this.around.window(sql, type, nullable, this)
  }
  computed(node: Node, args: readonly Value[]): Value {
    return this.around.computed(node, args, this)
  }

  columnsOf(node: Node): readonly string[] {
    const names = new Set<string>()
    walk(node, (n) => {
      if (isColumn(n)) names.add(n.params['name'] as string)
    })
    return [...names]
  }
}
