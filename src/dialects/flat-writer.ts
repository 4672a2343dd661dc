// Expressions written flat, where they stand: for the check of a mapping, and for relations that are made of others.

import { cannotPlan } from '../errors/plan.ts'
import type { Found, Node, Reason, Relation, RowScribe, Scribe, Slot, SqlWords, Value, Writer } from '../expr/node.ts'
import { walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import type { SqlType } from '../schema/type.ts'
import { comparable } from './comparable.ts'
import { columnType, isOwn, unknownSlot } from './keys.ts'
import { type OutputShape, type Setting, type Shape, stored } from './shape.ts'
import { differ } from './unit.ts'

/** Expressions written where they stand; lookups as joins, one after the other. */
export class FlatWriter implements Writer {
  readonly checking = true
  readonly sql: SqlWords
  readonly joins: string[] = []
  readonly windows: string[] = []
  /** Unknown where the rows are not those of a mapping. */
  private readonly s: Shape | undefined
  private readonly shapes: ReadonlyMap<string, Shape>
  private readonly setting: Setting
  private path: string[] = []
  refusals: string[] = []

  constructor(s: Shape | undefined, shapes: ReadonlyMap<string, Shape>, setting: Setting) {
    this.setting = setting
    this.sql = setting.sql
    this.s = s
    this.shapes = shapes
  }

  value(node: Node): Value {
    return node.word.write(node, this)
  }
  once(sql: string, type: SqlType, nullable: boolean): Value {
    return { sql: `(${sql})`, type, nullable }
  }
  again(value: Value): Value {
    return value
  }
  refuse(when: string, _reason: Reason): void {
    this.refusals.push([...this.path, when].map((p) => `(${p})`).join(' and '))
  }
  warn(): void {
    /* a warning does not decide what becomes of a row */
  }
  under(condition: string, node: Node): Value {
    this.path.push(condition)
    try {
      return this.value(node)
    } finally {
      this.path.pop()
    }
  }
  attempt(node: Node): { value: Value; failed: string | undefined; causes: readonly never[] } {
    const outer = this.refusals
    this.refusals = []
    const path = this.path
    this.path = []
    const value = this.value(node)
    this.path = path
    const failed = this.refusals.length ? this.refusals.map((r) => `(${r})`).join(' or ') : undefined
    this.refusals = outer
    return { value, failed, causes: [] }
  }

  private join(sql: (alias: string) => string): string {
    const alias = `x${this.joins.length}`
    const text = sql(alias)
    const same = this.joins.findIndex((j, i) => j === sql(`x${i}`))
    if (same >= 0) return `x${same}`
    this.joins.push(text)
    return alias
  }

  find(relation: Relation, on: readonly (readonly [string, Value])[], take: string): Found {
    const q = this.sql.quote
    const from = readFrom(relation, this.shapes, this.setting)
    const keys = on.map(([c]) => c)
    // all distinct values that agree, gathered: the first is the value, their number says whether it is the only one
    const gathered = `(select ${keys.map((c, i) => `${q(c)} as k${i}`).join(', ')}, array_agg(distinct (${q(take)})::text) as texts, (array_agg(${q(take)}))[1] as v, count(distinct coalesce((${q(take)})::text, 'null')) as n from ${from} f group by ${keys.map(q).join(', ')})`
    const alias = this.join(
      (a) =>
        `left join ${gathered} ${a} on ${on.map(([c, v], i) => comparable(`${a}.k${i}`, relation.columns[c]!.type, v, this.sql).join(' = ')).join(' and ')}`,
    )
    return {
      value: { sql: `${alias}.v`, type: relation.columns[take]!.type, nullable: relation.columns[take]!.nullable },
      matches: `${alias}.n`,
    }
  }

  keyOf(slot: Slot, source: readonly Value[] | undefined, node: Node): Value {
    const s = this.shapes.get(slot.mapping)
    const o = s?.outputs.find((x) => x.output.name === slot.name)
    if (!s || !o) throw unknownSlot(slot, node)
    const own = this.s !== undefined && isOwn(this.s, slot, node)
    const type = o.key.columns[0]!.type
    if (o.key.keying === 'grouped') {
      const values = own ? o.output.per!.map((p) => this.value(o.output.values[p]!)) : source!
      const alias = this.join(
        (a) =>
          `left join ${o.groups} ${a} on ${o.output.per!.map((p, j) => comparable(`${a}.p${j}`, columnType(o, p), values[j]!, this.sql).join(' = ')).join(' and ')}`,
      )
      return { sql: `${alias}.t0`, type, nullable: true }
    }
    const keys = own ? s.key.map((k) => ({ sql: `s.${this.sql.quote(k.name)}`, type: k.type, nullable: false })) : source!
    return { sql: this.keyFrom(s, o, keys), type, nullable: true }
  }

  /** By the ledger, or by the stretch that was set aside; what is not in the target is caught by that output's own comparison. */
  keyFrom(s: Shape, o: OutputShape, keys: readonly Value[], j = 0): string {
    if (stored(o)) {
      const alias = this.join(
        (a) =>
          `left join ${s.ledger} ${a} on ${s.key.map((k, i) => comparable(`${a}.k${i}`, k.type, keys[i]!, this.sql).join(' = ')).join(' and ')}`,
      )
      return `${alias}.o${o.index}k${j}`
    }
    const key = `(${keys[0]!.sql})::numeric`
    const alias = this.join((a) => `left join ${s.extents} ${a} on ${a}.lo <= ${key} and ${a}.hi >= ${key}`)
    return this.sql.cast(`${key} - ${alias}.lo + ${alias}.b${o.index}`, o.key.columns[0]!.type)
  }

  window(sql: string, type: SqlType, nullable: boolean): Value {
    const order = this.s!.key.map((k) => `s.${this.sql.quote(k.name)}`).join(', ')
    if (sql.includes('"godwit window ')) throw windowInWindow()
    const text = sql.replaceAll('\0key', () => order)
    const at = this.windows.includes(text) ? this.windows.indexOf(text) : this.windows.push(text) - 1
    return { sql: `s.${this.sql.quote(`godwit window ${at}`)}`, type, nullable }
  }

  computed(node: Node): Value {
    return { sql: this.sql.cast('null', node.params['type'] as SqlType), type: node.params['type'] as SqlType, nullable: true }
  }

  columnsOf(node: Node): readonly string[] {
    const names = new Set<string>()
    walk(node, (n) => {
      if (isColumn(n)) names.add(n.params['name'] as string)
    })
    return [...names]
  }

  from(): string {
    return this.over(this.s!.query === undefined ? this.s!.source : `(${this.s!.query})`)
  }

  over(source: string): string {
    const windowed = this.windows.length
      ? `(select s.*, ${this.windows.map((x, i) => `${x} as ${this.sql.quote(`godwit window ${i}`)}`).join(', ')} from ${source} s ${this.joins.filter((j) => !j.includes('"godwit window ')).join(' ')})`
      : source
    return `${windowed} s ${this.joins.join(' ')}`
  }
}

const windowInWindow = () =>
  cannotPlan({
    what: 'a word that looks at other rows',
    why: 'is used inside another one (nth in the by of nth, say), and the rows would have to be looked at twice',
    hint: 'Number them in a query(), and map from that.',
    at: undefined,
  })

/** Expressions over rows that are about to be made: nothing that could refuse a row, since there is no place for one to go. */
class RowsOf extends FlatWriter implements RowScribe {
  private readonly source: string
  private readonly id: string

  constructor(id: string, source: string, shapes: ReadonlyMap<string, Shape>, setting: Setting) {
    super(undefined, shapes, setting)
    this.id = id
    this.source = source
  }
  override refuse(_when: string, reason: Reason): void {
    // looked up by its key, a row cannot be ambiguous
    if (reason.code !== 'LOOKUP_AMBIGUOUS') throw this.impossible('could refuse a row', reason.at)
  }
  override attempt(node: Node): ReturnType<FlatWriter['attempt']> {
    throw this.impossible('could refuse a row', node.at)
  }
  override find(relation: Relation, on: readonly (readonly [string, Value])[], take: string): Found {
    if (relation.key.length && relation.key.every((k) => on.some(([c]) => c === k))) return super.find(relation, on, take)
    throw this.impossible(`looks into ${relation.id} by something else than its key`, undefined)
  }
  override window(): Value {
    throw this.impossible('looks at other rows', undefined)
  }
  override computed(node: Node): Value {
    throw this.impossible('is computed in Node', node.at)
  }
  override from(): string {
    return this.over(this.source)
  }
  private impossible(why: string, at: string | undefined) {
    return cannotPlan({
      what: `what "${this.id}" is made of`,
      why,
      hint: 'Use words that always have an answer (lookupOrNull by a key, orElse, text that stays text), and leave the rest to the mapping.',
      at,
    })
  }
}

/** The query of a relation that is one, or is made of others; nothing for a table. */
export function queryOf(r: Relation, shapes: ReadonlyMap<string, Shape>, setting: Setting): string | undefined {
  const scribe: Scribe = {
    sql: setting.sql,
    from: (of) => readFrom(of, shapes, setting),
    rows: (of) => new RowsOf(of.id, readFrom(of, shapes, setting), shapes, setting),
    differs: (left, right, type) => differ(left, right, type.name),
  }
  return r.derived ? r.derived.write(scribe) : r.query
}

function readFrom(r: Relation, shapes: ReadonlyMap<string, Shape>, setting: Setting): string {
  const query = queryOf(r, shapes, setting)
  return query === undefined ? setting.sql.table(r.id) : `(${query})`
}
