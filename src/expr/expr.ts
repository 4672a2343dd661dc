// The words of the language as one writes them: typed, chained, each making one node.
import {
  type Column,
  type ColumnFacts,
  type DateText,
  type Decimal,
  type Instant,
  type Json,
  json as jsonColumn,
  type LocalTime,
  type Uuid,
} from '../schema/column.ts'
import type { Fits } from '../schema/table.ts'
import type { Node } from './node.ts'
import { origin } from './origin.ts'
import * as aggregates from './words/aggregate.ts'
import * as arithmetic from './words/arithmetic.ts'
import { type Comparison, compare, isIn } from './words/compare.ts'
import { compute as computeNode } from './words/compute.ts'
import { any, type Cell, decide as decideNode } from './words/decide.ts'
import * as jsonWords from './words/json.ts'
import { literal, type Plain } from './words/literal.ts'
import * as logic from './words/logic.ts'
import { match } from './words/match.ts'
import { must, warnIf } from './words/must.ts'
import * as nulls from './words/nulls.ts'
import * as parsing from './words/parse.ts'
import { sql as sqlNode } from './words/sql.ts'
import * as texts from './words/text.ts'
import { inZone } from './words/time.ts'
import { uuidOf as uuidNode } from './words/uuid.ts'
import { orWarn } from './words/warn.ts'
import { whenArms, when as whenNode } from './words/when.ts'
import * as windows from './words/window.ts'

export { any }

type NullOf<T> = null extends T ? null : never
/** Literals may stand for exact types, too: 5 for a bigint, '2024-01-01' for a date. */
type Literal<T> = T extends Decimal | bigint ? number | bigint : T extends LocalTime | Instant | DateText | Uuid ? string : T
/** What may be put where a T is wanted. */
export type Given<T> = Expr<Fits<T>> | Literal<T>
type Ordered = number | bigint | string | null

export const node = (v: unknown): Node => (v instanceof Expr ? v.node : literal(v as Plain))

/** An expression whose value, in a row, is a T. */
export class Expr<T> {
  declare readonly $: T
  readonly node: Node
  constructor(of: Node) {
    this.node = of
    Object.freeze(this)
  }

  is(value: Given<NonNullable<T>>): Expr<boolean | NullOf<T>> {
    return this.compare('=', value)
  }
  isNot(value: Given<NonNullable<T>>): Expr<boolean | NullOf<T>> {
    return this.compare('<>', value)
  }
  isIn(...values: Given<NonNullable<T>>[]): Expr<boolean | NullOf<T>> {
    return new Expr(isIn(this.node, values.map(node), origin()))
  }
  isNull(): Expr<boolean> {
    return new Expr(nulls.isNull(this.node))
  }
  notNull(): Expr<boolean> {
    return new Expr(logic.not(nulls.isNull(this.node)))
  }
  lessThan(this: Expr<Ordered & T>, value: Given<NonNullable<T>>): Expr<boolean | NullOf<T>> {
    return this.compare('<', value as never) as never
  }
  atMost(this: Expr<Ordered & T>, value: Given<NonNullable<T>>): Expr<boolean | NullOf<T>> {
    return this.compare('<=', value as never) as never
  }
  moreThan(this: Expr<Ordered & T>, value: Given<NonNullable<T>>): Expr<boolean | NullOf<T>> {
    return this.compare('>', value as never) as never
  }
  atLeast(this: Expr<Ordered & T>, value: Given<NonNullable<T>>): Expr<boolean | NullOf<T>> {
    return this.compare('>=', value as never) as never
  }
  private compare(op: Comparison, value: unknown): Expr<boolean | NullOf<T>> {
    return new Expr(compare(op, this.node, node(value), origin()))
  }

  and(this: Expr<boolean | null>, ...others: Expr<boolean | null>[]): Expr<boolean> {
    return new Expr(logic.and(this.node, ...others.map(node)))
  }
  or(this: Expr<boolean | null>, ...others: Expr<boolean | null>[]): Expr<boolean> {
    return new Expr(logic.or(this.node, ...others.map(node)))
  }
  not(this: Expr<boolean | null>): Expr<T> {
    return new Expr(logic.not(this.node))
  }

  /** Value for value. One with no arm sends the row to quarantine, unless `otherwise` takes it; null stays null. */
  match<const V>(arms: Readonly<Record<string, V>>): Expr<V | NullOf<T>>
  match<const V, const E>(arms: Readonly<Record<string, V>>, otherwise: E | Expr<E>): Expr<V | E>
  match(arms: Readonly<Record<string, unknown>>, otherwise?: unknown): Expr<any> {
    return new Expr(
      match(
        this.node,
        Object.entries(arms).map(([k, v]) => [k, node(v)]),
        otherwise === undefined ? undefined : node(otherwise),
        origin(),
      ),
    )
  }

  /** This value; a row where it is null goes to quarantine. */
  required(): Expr<NonNullable<T>> {
    return new Expr(nulls.required(this.node, origin()))
  }
  /** This value, or another where it is null. */
  orElse<const E>(other: E | Expr<E>): Expr<NonNullable<T> | E> {
    return new Expr(nulls.orElse(this.node, node(other), origin()))
  }
  /** This value, or another where it would be refused: the row goes, and a warning is counted. */
  orWarn<const E>(other: E | Expr<E>): Expr<T | E> {
    return new Expr(orWarn(this.node, node(other), origin()))
  }
  /** This value; a row where the condition is not true goes to quarantine, for the reason that is given. */
  must(condition: Expr<boolean | null>, says: string): Expr<T> {
    return new Expr(must(this.node, condition.node, says, origin()))
  }
  /** This value; a row where the condition is true goes, and is counted with a warning. */
  warnIf(condition: Expr<boolean | null>, says: string): Expr<T> {
    return new Expr(warnIf(this.node, condition.node, says, origin()))
  }
  /** Null where it is one of these. */
  nullIf(...values: Given<NonNullable<T>>[]): Expr<T | null> {
    return new Expr(nulls.nullIf(this.node, values.map(node)))
  }

  plus(other: Given<Decimal>): Expr<Decimal | NullOf<T>> {
    return new Expr(arithmetic.arithmetic('+', this.node, node(other), origin()))
  }
  minus(other: Given<Decimal>): Expr<Decimal | NullOf<T>> {
    return new Expr(arithmetic.arithmetic('-', this.node, node(other), origin()))
  }
  times(other: Given<Decimal>): Expr<Decimal | NullOf<T>> {
    return new Expr(arithmetic.arithmetic('*', this.node, node(other), origin()))
  }
  /** Divided by. A row where it is zero goes to quarantine. */
  over(other: Given<Decimal | null>): Expr<Decimal | NullOf<T>> {
    return new Expr(arithmetic.arithmetic('/', this.node, node(other), origin()))
  }
  round(places = 0): Expr<Decimal | NullOf<T>> {
    return new Expr(arithmetic.round(this.node, places))
  }
  negate(): Expr<Decimal | NullOf<T>> {
    return new Expr(arithmetic.negate(this.node))
  }

  asText(): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.asTextWord, this.node))
  }
  trim(): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.trimWord, this.node))
  }
  lower(): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.lowerWord, this.node))
  }
  upper(): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.upperWord, this.node))
  }
  length(): Expr<number | NullOf<T>> {
    return new Expr(texts.onOne(texts.lengthWord, this.node))
  }
  /** Trimmed, and null where nothing is left. */
  blankToNull(): Expr<string | null> {
    return new Expr(texts.onOne(texts.blankToNullWord, this.node))
  }
  replace(from: string, to: string): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.replaceWord, this.node, { from, to }))
  }
  withoutSuffix(suffix: string, options: { anyCase?: boolean } = {}): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.withoutSuffixWord, this.node, { suffix, anyCase: options.anyCase === true }))
  }
  /** Filled up from the left; what is longer stays as it is. */
  padLeft(length: number, by: string): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.padLeftWord, this.node, { length, by }))
  }
  slice(from: number, length?: number): Expr<string | NullOf<T>> {
    return new Expr(texts.onOne(texts.sliceWord, this.node, { from, ...(length === undefined ? {} : { length }) }))
  }
  /** A POSIX regular expression, as the database reads it. */
  matches(pattern: string): Expr<boolean | NullOf<T>> {
    return new Expr(texts.onOne(texts.matchesWord, this.node, { pattern }))
  }

  /** A whole number; text must be spelt as one, a fraction is refused ('12.0' is 12). Its column says how large it may be. */
  asInt(form: parsing.NumberForm = {}): Expr<number | NullOf<T>> {
    return new Expr(parsing.parse(parsing.integerWord, this.node, { ...form }, origin()))
  }
  asDecimal(form: parsing.NumberForm = {}): Expr<Decimal | NullOf<T>> {
    return new Expr(parsing.parse(parsing.decimalWord, this.node, { ...form }, origin()))
  }
  /** 1234.56 and 1,234.56, with or without a currency sign. '1.234,56' is refused: it is somebody else's form. */
  asMoney(form: parsing.NumberForm = {}): Expr<Decimal | NullOf<T>> {
    return new Expr(parsing.parse(parsing.decimalWord, this.node, { thousands: ',', currency: ['£', '$', '€'], ...form }, origin()))
  }
  /** Text in just this form: YYYY, MM, DD. */
  asDate(format = 'YYYY-MM-DD'): Expr<DateText | NullOf<T>> {
    return new Expr(parsing.parse(parsing.dateWord, this.node, { format, form: parsing.dateForm(format) }, origin()))
  }
  /** Text in just this form: YYYY, MM, DD, HH24, MI, SS. */
  asTimestamp(format = 'YYYY-MM-DD HH24:MI:SS'): Expr<LocalTime | NullOf<T>> {
    return new Expr(parsing.parse(parsing.timestampWord, this.node, { format, form: parsing.dateForm(format) }, origin()))
  }
  asUuid(): Expr<Uuid | NullOf<T>> {
    return new Expr(parsing.parse(parsing.uuidWord, this.node, {}, origin()))
  }
  asJson(): Expr<Json | NullOf<T>> {
    return new Expr(parsing.parse(parsing.jsonWord, this.node, {}, origin()))
  }
  /** What stands at a path of a JSON value, as text. */
  textAt(this: Expr<Json | null>, ...path: string[]): Expr<string | null> {
    return new Expr(jsonWords.jsonText(this.node, path))
  }
  /** A wall-clock time read as one of this zone, or a point in time shown on its clock. */
  inZone(zone: string): Expr<(T extends LocalTime ? Instant : T extends Instant ? LocalTime : never) | NullOf<T>> {
    return new Expr(inZone(this.node, zone, origin()))
  }
  asUtc(): Expr<(T extends LocalTime ? Instant : never) | NullOf<T>> {
    return new Expr(inZone(this.node, 'UTC', origin()))
  }
}

/** A chain of conditions; a row that meets none goes to quarantine, unless `.otherwise` takes it. */
export class When<T> extends Expr<T> {
  when<const V>(condition: Expr<boolean | null>, value: V | Expr<V>): When<T | V> {
    return new When(whenNode([...whenArms(this.node), [condition.node, node(value)]], undefined, this.node.at))
  }
  otherwise<const V>(value: V | Expr<V>): Expr<T | V> {
    return new Expr(whenNode(whenArms(this.node), node(value), this.node.at))
  }
}
export const when = <const V>(condition: Expr<boolean | null>, value: V | Expr<V>): When<V> =>
  new When(whenNode([[condition.node, node(value)]], undefined, origin()))

type CellOf<T> = T | NullOf<T> | typeof any | readonly (T | NullOf<T>)[]
type Cells<A extends readonly Expr<any>[]> = { readonly [I in keyof A]: CellOf<A[I]['$']> }

/** A decision table over several columns; the first line that fits wins. A row that fits none goes to quarantine, unless `otherwise` takes it. */
export function decide<const A extends readonly Expr<any>[], const V>(on: A, lines: readonly (readonly [Cells<A>, V | Expr<V>])[]): Expr<V>
export function decide<const A extends readonly Expr<any>[], const V, const E>(
  on: A,
  lines: readonly (readonly [Cells<A>, V | Expr<V>])[],
  otherwise: E | Expr<E>,
): Expr<V | E>
export function decide(
  on: readonly Expr<unknown>[],
  lines: readonly (readonly [readonly unknown[], unknown])[],
  otherwise?: unknown,
): Expr<any> {
  const cell = (c: unknown): Cell => (c === any ? '*' : Array.isArray(c) ? c : [c as Plain])
  return new Expr(
    decideNode(
      on.map(node),
      lines.map(([cells, to]) => ({ cells: cells.map(cell), to: node(to) })),
      otherwise === undefined ? undefined : node(otherwise),
      origin(),
    ),
  )
}

export const concat = (...parts: (Expr<string | number | bigint | null> | string | number)[]): Expr<string> =>
  new Expr(texts.concat(parts.map(node)))
/** With entries, the JSON made of them; with none, a column of type json. */
export function json(): Column<Json, false, false>
export function json(entries: Readonly<Record<string, unknown>>): Expr<Json>
export function json(entries?: Readonly<Record<string, unknown>>): unknown {
  return entries === undefined ? jsonColumn() : new Expr(jsonValue(entries))
}
function jsonValue(v: unknown): Node {
  if (v instanceof Expr || v === null || typeof v !== 'object') return node(v)
  if (Array.isArray(v)) return jsonWords.jsonArray(v.map(jsonValue))
  return jsonWords.jsonObject(Object.entries(v).map(([k, x]) => [k, jsonValue(x)]))
}
/** The same UUID for the same values, always. */
export const uuidOf = (...parts: (Expr<string | number | bigint | null> | string | number)[]): Expr<Uuid> =>
  new Expr(uuidNode(parts.map(node)))
export const not = (condition: Expr<boolean | null>): Expr<boolean> => new Expr(logic.not(condition.node))

/** SQL as written, for what has no word here: sql(int(), `greatest(${r.size}, 0)`) with a tag: sql(int())`greatest(${r.size}, 0)` */
export const sql =
  <C extends ColumnFacts & { readonly $: unknown }>(type: C) =>
  (text: TemplateStringsArray, ...args: unknown[]): Expr<C['$']> =>
    new Expr(sqlNode(text, args.map(node), type.type, type.nullable, origin()))

/** A plain function of some columns, for what SQL cannot say. Runs in Node, a batch at a time; what throws sends the row to quarantine. */
export const compute = <const A extends readonly Expr<any>[], T>(
  args: A,
  type: Column<T>,
  fn: (...values: { [I in keyof A]: A[I]['$'] }) => NoInfer<T>,
): Expr<T> => new Expr(computeNode(args.map(node), type.type, fn as never, origin()))

interface Over {
  readonly by?: readonly Expr<any>[]
  readonly order: readonly (Expr<any> | readonly [Expr<any>, windows.Direction])[]
}
const over = (word: typeof windows.nthWord, of: readonly Expr<any>[], { by = [], order }: Over) =>
  windows.windowOf(
    word,
    of.map(node),
    by.map(node),
    order.map((o): [Node, windows.Direction] => (o instanceof Expr ? [o.node, 'asc'] : [o[0].node, o[1]])),
    origin(),
  )
/** 1 for the first row of its group, 2 for the second, … Ties are settled by the source key. */
export const nth = (group: Over): Expr<bigint> => new Expr(over(windows.nthWord, [], group))
/** The value in the row before, in the group's order; null in the first. */
export const before = <T>(of: Expr<T>, group: Over): Expr<T | null> => new Expr(over(windows.beforeWord, [of], group))
export const after = <T>(of: Expr<T>, group: Over): Expr<T | null> => new Expr(over(windows.afterWord, [of], group))

/** For outputs with `per`: what the rows of a group come to. */
export const sum = (of: Expr<Decimal | bigint | number | null>): Expr<Decimal> => new Expr(aggregates.aggregate('sum', of.node, origin()))
export const min = <T>(of: Expr<T>): Expr<T> => new Expr(aggregates.aggregate('min', of.node, origin()))
export const max = <T>(of: Expr<T>): Expr<T> => new Expr(aggregates.aggregate('max', of.node, origin()))
export const countRows = (): Expr<bigint> => new Expr(aggregates.aggregate('count', undefined, origin()))
