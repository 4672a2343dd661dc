// A case's mappings written with the words that people write them with.

import { node } from '../../src/expr/expr.ts'
import * as g from '../../src/index.ts'
import { type CaseSpec, type E, type MappingSpec, type OutputSpec, type Plain, type SourceSpec, type TargetSpec, walkE } from './spec.ts'

type Any = any // the words are typed for people; here a generator has seen to the types
export interface Built {
  readonly mappings: readonly g.Mapping[]
  readonly tables: ReadonlyMap<string, g.Table>
}

/**
 * `mark` goes behind each mapping's name, so that several cases may go into one migration. `elsewhere`: the sources are read as tables of the
 * database that the configuration calls so.
 */
export function build(spec: CaseSpec, schema: string, mark = '', elsewhere?: string): Built {
  const tables = new Map<string, g.Table>([
    ...spec.sources.map((s): [string, g.Table] => [s.name, sourceTable(s, schema, elsewhere)]),
    ...spec.targets.map((t): [string, g.Table] => [t.name, targetTable(t, schema)]),
  ])
  const made = new Map<string, Any>()
  // one that another refers to is built before it
  for (const m of spec.mappings.toSorted((a, b) => Number(refers(a, b)) - Number(refers(b, a))))
    made.set(m.name, new Builder(m, spec, tables, made).mapping(mark))
  return { mappings: spec.mappings.map((m) => made.get(m.name)!), tables }
}

function refers(from: MappingSpec, to: MappingSpec): boolean {
  let found = false
  for (const o of from.outputs) for (const e of Object.values(o.values)) walkE(e, (x) => (found ||= x.p?.mapping === to.name))
  return found
}

function columnOf(type: string): Any {
  const [, name, first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(type)!
  const sizes = [first, second].filter((x) => x !== undefined).map(Number)
  const makers: Record<string, (...sizes: number[]) => unknown> = { ...g, int2: g.smallint, int4: g.int, int8: g.bigint } as Any
  return makers[name!]!(...sizes)
}

const sourceTable = (s: SourceSpec, schema: string, elsewhere: string | undefined): g.Table =>
  (elsewhere === undefined ? g : g.database(elsewhere)).table(
    `${schema}.${s.name}`,
    Object.fromEntries(
      s.columns.map((c) => {
        const column = columnOf(c.type)
        return [c.name, s.key.includes(c.name) ? column.key() : c.nullable ? column.null() : column]
      }),
    ),
  )

function targetTable(t: TargetSpec, schema: string): g.Table {
  const keys: Record<TargetSpec['shape'], () => Any> = {
    serial: () => g.int().key().default(),
    identity: () => g.int().key().identity(),
    always: () => g.int().key().identity('always'),
    uuid: () => g.uuid().key().default(),
    natural: () => g.text().key(),
  }
  const columns = t.columns.map((c) => {
    const column = c.default ? columnOf(c.type).default() : columnOf(c.type)
    const pointing = c.references ? column.references(`${schema}.${c.references.table}.${c.references.column}`) : column
    return [c.name, c.nullable ? pointing.null() : pointing] as const
  })
  return g.table(`${schema}.${t.name}`, Object.fromEntries([[t.key, keys[t.shape]()], ...columns]))
}

class Builder {
  private readonly spec: MappingSpec
  private readonly source: SourceSpec
  private readonly tables: ReadonlyMap<string, g.Table>
  private readonly made: ReadonlyMap<string, Any>
  private readonly shared: Any[] = []
  private readonly outputs = new Map<string, g.Output>()
  private row: Any

  constructor(spec: MappingSpec, whole: CaseSpec, tables: ReadonlyMap<string, g.Table>, made: ReadonlyMap<string, Any>) {
    this.spec = spec
    this.tables = tables
    this.made = made
    this.source = whole.sources.find((s) => s.name === spec.from)!
  }

  mapping(mark: string): Any {
    const { name, from, outputs, only, shared } = this.spec
    const define = (r: Any) => {
      this.row = r
      for (const s of shared) this.shared.push(this.expr(s))
      for (const o of outputs) this.outputs.set(o.name, this.output(o))
      return Object.fromEntries(this.outputs)
    }
    const rules = only.map((f) => [f.name, () => this.expr(f.keep)] as const)
    return g.mapping(this.tables.get(from)!, define as Any, {
      name: `${name}${mark}`,
      ignore: this.ignored(),
      only: Object.fromEntries(rules) as Any,
    })
  }

  /** Every column has a fate: those that nothing uses are ignored by name. */
  private ignored(): Any {
    const used = new Set<unknown>()
    const note = (x: E): void => {
      if (x.w === 'col') used.add(x.p!.name)
      if (x.w === 'use') walkE(this.spec.shared[x.p!.n as number]!, note)
    }
    for (const e of [
      ...this.spec.only.map((f) => f.keep),
      ...this.spec.outputs.flatMap((o) => [...Object.values(o.values), ...(o.when ? [o.when] : [])]),
    ])
      walkE(e, note)
    return Object.fromEntries(this.source.columns.filter((c) => !used.has(c.name)).map((c) => [c.name, 'of no use in this case']))
  }

  private output(o: OutputSpec): g.Output {
    const values = Object.fromEntries(Object.entries(o.values).map(([name, e]) => [name, this.expr(e)]))
    return g.into(
      this.tables.get(o.target)!,
      values as Any,
      { ...(o.when ? { when: this.expr(o.when) } : {}), ...(o.per ? { per: o.per } : {}), ...(o.adopt ? { adopt: true } : {}) } as Any,
    )
  }

  expr(e: E): Any {
    const p = e.p ?? {}
    switch (e.w) {
      case 'col':
        return this.row[p.name as string]
      case 'lit':
        return new g.Expr(node(plain(p.v as Plain)))
      case 'use':
        return this.shared[p.n as number]
      case 'lookup':
        return this.lookup(e)
      case 'key':
        return this.outputs.get(p.output as string)!.key()
      case 'keyOf':
        return this.keyOf(e)
      default:
        return built(
          e.w,
          p,
          (e.a ?? []).map((a) => this.expr(a)),
        )
    }
  }

  private lookup({ a = [], p = {} }: E): Any {
    const find = p.orNull ? g.lookupOrNull : g.lookup
    const on = (p.on as string[]).map((theirs, i) => [theirs, this.expr(a[i]!)])
    return (find(this.tables.get(p.table as string)!, Object.fromEntries(on)) as Any)[p.take as string]
  }

  private keyOf({ a = [], p = {} }: E): Any {
    const output =
      p.mapping === undefined ? this.outputs.get(p.output as string) : this.made.get(p.mapping as string).out[p.output as string]
    return output.keyOf(...a.map((x) => this.expr(x)))
  }
}

const plain = (v: Plain): unknown => (typeof v === 'object' && v !== null ? BigInt(v.big) : v)
const operators: Record<string, string> = { '=': 'is', '<>': 'isNot', '<': 'lessThan', '<=': 'atMost', '>': 'moreThan', '>=': 'atLeast' }

function built(w: string, p: Readonly<Record<string, unknown>>, a: Any[]): Any {
  const [of, ...rest] = a
  switch (w) {
    case 'compare':
      return of[operators[p.op as string]!](rest[0])
    case 'in':
      return of.isIn(...rest)
    case 'when':
      return chain(a, p.otherwise === true)
    case 'match':
      return choice(of, rest, p)
    case 'decide':
      return table(a, p)
    case 'nth':
    case 'before':
    case 'after':
      return windowed(w, a, p)
    case 'concat':
      return g.concat(...a)
    case 'uuidOf':
      return g.uuidOf(...a)
    case 'jsonObject':
      return g.json(Object.fromEntries((p.keys as string[]).map((k, i) => [k, a[i]])))
    case 'jsonArray':
      return g.json(a as Any)
    case 'countRows':
      return g.countRows()
    case 'sum':
    case 'min':
    case 'max':
      return { sum: g.sum, min: g.min, max: g.max }[w](of)
    default:
      return method(w, of, rest, p)
  }
}

function method(w: string, of: Any, rest: Any[], p: Readonly<Record<string, unknown>>): Any {
  const given: Record<string, unknown[]> = {
    round: [p.places],
    replace: [p.from, p.to],
    withoutSuffix: [p.suffix, { anyCase: p.anyCase === true }],
    padLeft: [p.length, p.by],
    slice: p.length === undefined ? [p.from] : [p.from, p.length],
    matches: [p.pattern],
    asInt: [p.form],
    asDecimal: [p.form],
    asMoney: [p.form],
    asDate: [p.format],
    asTimestamp: [p.format],
    textAt: (p.path as unknown[]) ?? [],
  }
  if (w === 'roundWhole') return of.round(0).asInt()
  return of[w](...(given[w] ?? rest))
}

function chain(a: Any[], otherwise: boolean): Any {
  const pairs = Math.floor(a.length / 2)
  let made: Any
  for (let i = 0; i < pairs; i++) made = made ? made.when(a[2 * i], a[2 * i + 1]) : g.when(a[0], a[1])
  // without one of its own the last arm's value stands for the rest
  return otherwise ? made.otherwise(a[1]) : made
}

function choice(of: Any, arms: Any[], p: Readonly<Record<string, unknown>>): Any {
  const keys = p.keys as string[]
  const made = Object.fromEntries(keys.map((k, i) => [k, arms[i]]))
  return p.otherwise ? of.match(made, arms[keys.length]) : of.match(made)
}

function table(a: Any[], p: Readonly<Record<string, unknown>>): Any {
  const width = p.width as number
  const lines = p.lines as unknown[][]
  const cells = (line: unknown[]) => line.map((c) => (c === '*' ? g.any : c))
  const made = lines.map((line, i) => [cells(line), a[width + i]])
  const on = a.slice(0, width)
  return p.otherwise ? g.decide(on, made as Any, a[width + lines.length]) : g.decide(on, made as Any)
}

function windowed(w: 'nth' | 'before' | 'after', a: Any[], p: Readonly<Record<string, unknown>>): Any {
  const [by, order, of] = a
  const over = { by: [by], order: [[order, (p.directions as string[])[0]]] } as Any
  return w === 'nth' ? g.nth(over) : { before: g.before, after: g.after }[w](of, over)
}
