// From the rows of one table to the rows of others: what a data migration mostly is.
import { cannotPlan } from '../errors/plan.ts'
import { Expr, type Given, node } from '../expr/expr.ts'
import type { Derived, Node, Relation, Slot } from '../expr/node.ts'
import { origin } from '../expr/origin.ts'
import { column } from '../expr/words/column.ts'
import { key } from '../expr/words/key.ts'
import { lookup as lookupNode } from '../expr/words/lookup.ts'
import type { ColumnFacts } from '../schema/column.ts'
import type { GivenKind, KeyOf, Table, TypeOf, ValuesFor } from '../schema/table.ts'
import type { SqlType } from '../schema/type.ts'
import { Fill } from './fill.ts'

/** One row of a table, each column an expression. */
export type Row<T extends Table> = { readonly [K in keyof T['columns']]: Expr<TypeOf<T['columns'][K]>> }
type RowOrNull<T extends Table> = { readonly [K in keyof T['columns']]: Expr<TypeOf<T['columns'][K]> | null> }
interface GivenAsExpr extends GivenKind {
  readonly given: Given<this['type']>
}
/** What an insert needs: every column that has no default and is not null; the rest may be left out. */
export type Values<T extends Table> = ValuesFor<T['columns'], GivenAsExpr>

export interface OutputOptions {
  /** Only rows where this is true make one. */
  readonly when?: Expr<boolean | null>
  /** One row for each distinct value of these target columns, not one for each source row. */
  readonly per?: readonly string[]
  /** With `per`: a row that is there already is used as it is; only missing ones are made. */
  readonly adopt?: boolean
}

/** One kind of target row. Its name, given by the mapping, is its slot in the ledger. */
export class Output<K = unknown, T extends Table = Table> implements Slot {
  name = ''
  mapping = ''
  readonly to: T
  readonly values: Readonly<Record<string, Node>>
  readonly when: Node | undefined
  readonly per: readonly string[] | undefined
  readonly adopt: boolean
  readonly at: string | undefined
  constructor(to: T, values: Readonly<Record<string, Node>>, options: OutputOptions, at: string | undefined) {
    this.to = to
    this.values = values
    this.when = options.when?.node
    this.per = options.per
    this.adopt = options.adopt === true
    this.at = at
  }
  get keyTypes(): readonly SqlType[] {
    return this.to.key.map((k: string) => (this.to.columns[k] as ColumnFacts).type)
  }
  /** The key of the row that this output makes of this source row. */
  key(): Expr<K> {
    return new Expr(key(this, [], origin()))
  }
  /** The key of the row that this output makes, or has made, of the source row with this key. */
  keyOf<S>(...source: Expr<S>[]): Expr<K | (null extends S ? null : never)> {
    return new Expr(key(this, source.map(node), origin()))
  }
}

export function into<T extends Table>(
  to: T,
  values: Values<T>,
  options: Omit<OutputOptions, 'per'> & { readonly per?: readonly (keyof T['columns'] & string)[] } = {},
): Output<KeyOf<T>, T> {
  const nodes = Object.entries(values as Record<string, unknown>)
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => [k, node(v)] as const)
  return new Output<KeyOf<T>, T>(to, Object.assign(Object.create(null), Object.fromEntries(nodes)), options, origin())
}

export const relationOf = (t: Table): Relation => ({
  id: t.id,
  ...(t.query === undefined ? {} : { query: t.query }),
  ...(t.derived === undefined ? {} : { derived: t.derived as unknown as Derived }),
  columns: Object.fromEntries(
    Object.entries(t.columns as Record<string, ColumnFacts>).map(([k, c]) => [k, { type: c.type, nullable: c.nullable }]),
  ),
  key: t.key,
})

type On<T extends Table> = { readonly [K in keyof T['columns']]?: Expr<any> }
function find(t: Table, on: Record<string, Expr<unknown>>, orNull: boolean): Record<string, Expr<unknown>> {
  const at = origin()
  const pairs = Object.entries(on).map(([k, v]) => [k, v.node] as const)
  const relation = relationOf(t)
  return Object.fromEntries(Object.keys(t.columns).map((take) => [take, new Expr(lookupNode(relation, pairs, take, orNull, at))]))
}
/** The row of another table that agrees on these columns. None, or more than one: the source row goes to quarantine, each with its own reason. */
export const lookup = <T extends Table>(t: T, on: On<T>): Row<T> => find(t, on as Record<string, Expr<unknown>>, false) as unknown as Row<T>
/** The same, but null where there is none. */
export const lookupOrNull = <T extends Table>(t: T, on: On<T>): RowOrNull<T> =>
  find(t, on as Record<string, Expr<unknown>>, true) as unknown as RowOrNull<T>

type Outputs = Output<any, any> | Fill | Readonly<Record<string, Output<any, any> | Fill>>

export interface MappingOptions<S extends Table> {
  readonly name?: string
  /** Source columns that go nowhere, each with the reason. */
  readonly ignore?: { readonly [K in keyof S['columns']]?: string }
  /** Named rules: a row goes only where all are true; it is counted under the first that is false. */
  readonly only?: Readonly<Record<string, (r: Row<S>) => Expr<boolean | null>>>
}

/** A mapping as data: what the plan is made of. */
export interface MappingFacts {
  readonly name: string
  readonly from: Table
  readonly outputs: readonly Output[]
  /** What is filled in the source row itself. */
  readonly fill: Fill | undefined
  readonly ignored: Readonly<Record<string, string>>
  readonly filters: readonly { readonly name: string; readonly keep: Node }[]
  readonly at: string | undefined
}

/** All expressions of a mapping. */
export const rootsOf = (m: MappingFacts): Node[] => [
  ...m.filters.map((f) => f.keep),
  ...[...m.outputs, ...(m.fill ? [m.fill] : [])].flatMap((o) => [...Object.values(o.values), ...(o.when ? [o.when] : [])]),
]

/** The tables that a mapping writes into. */
export const writtenBy = (m: MappingFacts): Table[] => [...m.outputs.map((o) => o.to), ...(m.fill ? [m.fill.to] : [])]

export type Mapping<S extends Table = Table, O = Outputs> = MappingFacts & {
  readonly from: S
  readonly out: O
} & (O extends Output<infer K, any> ? { keyOf(...source: Expr<any>[]): Expr<K> } : { readonly [N in keyof O]: O[N] })

export const row = <T extends Table>(t: T): Row<T> =>
  Object.fromEntries(
    Object.entries(t.columns as Record<string, ColumnFacts>).map(([name, c]) => [name, new Expr(column(name, c.type, c.nullable))]),
  ) as Row<T>

export function mapping<S extends Table, O extends Outputs>(
  from: S,
  define: (r: Row<S>) => O,
  options: MappingOptions<S> = {},
): Mapping<S, O> {
  const at = origin()
  const r = row(from)
  const out = define(r)
  const single = out instanceof Output || out instanceof Fill
  const name = options.name ?? from.id.replace(/^.*\./, '')
  const entries: [string, Output | Fill][] = single
    ? [[out.to.id.replace(/^.*\./, ''), out]]
    : Object.entries(out as Record<string, Output | Fill>)
  for (const [slot, o] of entries) Object.assign(o, { name: slot, mapping: name })
  const fills = entries.flatMap(([, o]) => (o instanceof Fill ? [o] : []))
  if (fills.length > 1)
    throw cannotPlan({ what: `mapping ${name}`, why: 'fills its rows twice', hint: 'Write all columns in one fill(…).', at })
  const facts: MappingFacts = {
    name,
    from,
    outputs: entries.flatMap(([, o]) => (o instanceof Output ? [o] : [])),
    fill: fills[0],
    // no prototype: a column may be called constructor
    ignored: Object.assign(Object.create(null), options.ignore) as Record<string, string>,
    filters: Object.entries(options.only ?? {}).map(([rule, keep]) => ({ name: rule, keep: keep(r).node })),
    at,
  }
  const words = out instanceof Output ? { keyOf: (...source: Expr<unknown>[]) => out.keyOf(...source) } : out
  return { ...(words as object), ...facts, out } as unknown as Mapping<S, O>
}
