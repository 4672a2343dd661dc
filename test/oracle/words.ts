// One entry for each word of the language: what it means, in the terms of one row.
import type { Node, Relation, Slot } from '../../src/expr/node.ts'
import { startOfDay } from './calendar.ts'
import { type Decimal, decimalOf, isWhole, isZero, negative, over, plus, rounded, times, truncated } from './decimal.ts'
import { agreeing, type Evaluation, equal, inOrder } from './evaluate.ts'
import { canonicalJson, type Json, jsonText, keyTwice, parseJson, textAt } from './json.ts'
import { type NumberForm, readNumber, readTime, readUuid } from './parse.ts'
import * as texts from './text.ts'
import { bool, type Cell, cellOf, compareValues, identity, number, symbol, text, textOf, type Value } from './value.ts'
import { type Row, tableOf } from './world.ts'

type Word = (node: Node, e: Evaluation) => Cell
type Plain = string | number | bigint | boolean | null
export const words: Record<string, Word> = {}

const args = (node: Node, e: Evaluation): Cell[] => node.args.map((a) => e.value(a))
const first = (node: Node, e: Evaluation): Cell => e.value(node.args[0]!)
const tri = (b: boolean | null): Cell => (b === null ? null : bool(b))
const truth = (c: Cell): boolean | null => (c?.t === 'bool' ? c.b : null)

function plain(v: Plain): Cell {
  if (v === null) return null
  if (typeof v === 'boolean') return bool(v)
  return typeof v === 'string' ? text(v) : number(decimalOf(String(v))!)
}

words.column = (node, e) => e.scene.row.get(node.params.name as string) ?? null
words.literal = (node) => plain(node.params.value as Plain)
words.whole = (node) => number(BigInt(node.params.digits as string))

// --- logic and comparison

words.and = (node, e) => {
  const sides = args(node, e).map(truth)
  return tri(sides.includes(false) ? false : sides.includes(null) ? null : true)
}
words.or = (node, e) => {
  const sides = args(node, e).map(truth)
  return tri(sides.includes(true) ? true : sides.includes(null) ? null : false)
}
words.not = (node, e) => {
  const of = truth(first(node, e))
  return tri(of === null ? null : !of)
}

const comparisons: Record<string, (order: number) => boolean> = {
  '=': (o) => o === 0,
  '<>': (o) => o !== 0,
  '<': (o) => o < 0,
  '<=': (o) => o <= 0,
  '>': (o) => o > 0,
  '>=': (o) => o >= 0,
}
words.compare = (node, e) => {
  const [a, b] = args(node, e) as [Cell, Cell]
  return a === null || b === null ? null : bool(comparisons[node.params.op as string]!(compareValues(a, b)))
}
words.in = (node, e) => {
  const [on, ...values] = args(node, e) as [Cell, ...Cell[]]
  const found = values.map((v) => equal(on, v))
  return tri(found.includes(true) ? true : found.includes(null) ? null : false)
}

// --- choices

words.match = (node, e) => {
  const on = first(node, e)
  const keys = node.params.keys as string[]
  const otherwise = node.args[keys.length + 1]
  const arm = keys.findIndex((k) => equal(on, on?.t === 'number' ? number(decimalOf(k)!) : plain(k)) === true)
  if (arm >= 0) return e.value(node.args[arm + 1]!)
  if (otherwise) return e.value(otherwise)
  return on === null ? null : e.refuse('ENUM_UNKNOWN')
}

words.when = (node, e) => {
  const arms = node.params.arms as number
  for (let i = 0; i < arms; i++) if (e.holds(node.args[i]!)) return e.value(node.args[arms + i]!)
  const otherwise = node.args[2 * arms]
  return otherwise ? e.value(otherwise) : e.refuse('ENUM_UNKNOWN')
}

words.decide = (node, e) => {
  const lines = node.params.lines as (readonly Plain[] | '*')[][]
  const width = node.params.width as number
  const subjects = node.args.slice(0, width).map((n) => e.value(n))
  const fits = (cell: readonly Plain[] | '*', on: Cell) =>
    cell === '*' || cell.some((v) => (v === null ? on === null : equal(on, plain(v)) === true))
  const line = lines.findIndex((cells) => cells.every((cell, i) => fits(cell, subjects[i]!)))
  if (line >= 0) return e.value(node.args[width + line]!)
  const otherwise = node.args[width + lines.length]
  return otherwise ? e.value(otherwise) : e.refuse('ENUM_UNKNOWN')
}

// --- nulls, and what is refused

words.isNull = (node, e) => bool(first(node, e) === null)
words.required = (node, e) => first(node, e) ?? e.refuse('NULL_NOT_ALLOWED')
words.orElse = (node, e) => first(node, e) ?? e.value(node.args[1]!)
words.nullIf = (node, e) => {
  const [of, ...values] = args(node, e) as [Cell, ...Cell[]]
  return values.some((v) => equal(of, v) === true) ? null : of
}
words.orWarn = (node, e) => {
  const { value, refusals } = e.attempt(node.args[0]!)
  if (!refusals.length) return value
  e.warnings.add(node)
  return e.value(node.args[1]!)
}

// --- numbers

type Exact = Decimal | 'NaN'
function numberIn(c: Cell): Exact | null {
  if (c === null) return null
  if (c.t !== 'number') throw new Error(`${textOf(c)} is no number`)
  return c.n
}
const lift =
  (fn: (d: Decimal) => Decimal): Word =>
  (node, e) => {
    const of = numberIn(first(node, e))
    return of === null ? null : number(of === 'NaN' ? of : fn(of))
  }

const operators: Record<string, (a: Decimal, b: Decimal) => Decimal> = {
  '+': plus,
  '-': (a, b) => plus(a, negative(b)),
  '*': times,
  '/': over,
}
words.arithmetic = (node, e) => {
  const [a, b] = args(node, e).map(numberIn) as [Exact | null, Exact | null]
  const op = node.params.op as string
  // zero divides nothing, not even what is not there
  if (op === '/' && b !== null && b !== 'NaN' && isZero(b)) return e.refuse('DIV_BY_ZERO')
  if (a === null || b === null) return null
  return number(a === 'NaN' || b === 'NaN' ? 'NaN' : operators[op]!(a, b))
}
words.negate = lift(negative)
words.round = (node, e) => lift((d) => rounded(d, node.params.places as number))(node, e)

function readAsNumber(node: Node, e: Evaluation): Exact | null {
  const of = first(node, e)
  if (of === null || of.t === 'number') return of?.n ?? null
  const read = readNumber(textOf(of), node.params as NumberForm)
  if (read === undefined) e.refuse('CAST_NUMERIC')
  return read ?? null
}
words.asDecimal = (node, e) => {
  const read = readAsNumber(node, e)
  return read === null ? null : number(read)
}
words.asInt = (node, e) => {
  const read = readAsNumber(node, e)
  if (read === null) return null
  if (read === 'NaN') return number(read)
  return isWhole(read) ? number(truncated(read)) : e.refuse('PRECISION_LOSS')
}

// --- text

const onText =
  (fn: (s: string, node: Node, e: Evaluation) => Cell): Word =>
  (node, e) => {
    const of = first(node, e)
    return of === null ? null : fn(textOf(of), node, e)
  }
/** The letters are those of the text's own column; a condition beside it has no say. */
const casingOf = (node: Node, e: Evaluation): texts.Casing => {
  const { name } = node.word
  const { world, source } = e.scene
  if (name === 'column') return source.columns.get(node.params.name as string)?.casing ?? world.casing
  if (name === 'lookup')
    return tableOf(world, (node.params.relation as Relation).id).columns.get(node.params.take as string)?.casing ?? world.casing
  if (name === 'jsonText') return world.casing
  return (
    flowing(node)
      .map((a) => casingOf(a, e))
      .find((c) => c !== world.casing) ?? world.casing
  )
}

/** The arguments that a value may be one of. */
function flowing({ word, args, params }: Node): readonly Node[] {
  const from: Record<string, () => readonly Node[]> = {
    match: () => args.slice(1),
    when: () => args.slice(params.arms as number),
    decide: () => args.slice(params.width as number),
    nullIf: () => args.slice(0, 1),
    before: () => args.slice(-1),
    after: () => args.slice(-1),
  }
  return from[word.name]?.() ?? args
}

words.asText = onText((s) => text(s))
words.trim = onText((s) => text(texts.trimmed(s)))
words.blankToNull = onText((s) => (texts.trimmed(s) === '' ? null : text(texts.trimmed(s))))
words.lower = onText((s, node, e) => text(texts.lowered(s, casingOf(node, e))))
words.upper = onText((s, node, e) => text(texts.uppered(s, casingOf(node, e))))
words.length = onText((s) => number(BigInt(texts.lengthOf(s))))
words.replace = onText((s, { params }) => text(texts.replaced(s, params.from as string, params.to as string)))
words.withoutSuffix = onText((s, node, e) =>
  text(texts.withoutSuffix(s, node.params.suffix as string, node.params.anyCase === true, casingOf(node, e))),
)
words.padLeft = onText((s, { params }) => text(texts.paddedLeft(s, params.length as number, params.by as string)))
words.slice = onText((s, { params }) => text(texts.sliced(s, params.from as number, params.length as number | undefined)))
words.matches = onText((s, { params }) => bool(texts.matches(s, params.pattern as string)))
words.concat = (node, e) => {
  const parts = args(node, e)
  return parts.includes(null) ? null : text(parts.map((p) => textOf(p!)).join(''))
}

// --- dates, UUIDs, JSON

const validated =
  (code: string, read: (s: string, node: Node, e: Evaluation) => Cell | undefined, widen: (v: Value, e: Evaluation) => Cell): Word =>
  (node, e) => {
    const of = first(node, e)
    if (of === null) return null
    return of.t === 'text' ? (read(of.s, node, e) ?? e.refuse(code)) : widen(of, e)
  }
const moment =
  (t: 'date' | 'timestamp') =>
  (s: string, node: Node): Value | undefined => {
    const us = readTime(s, node.params.format as string)
    return us === undefined ? undefined : { t, us }
  }
const retimed =
  (t: 'date' | 'timestamp') =>
  (v: Value, e: Evaluation): Cell => {
    if (!('us' in v)) return v
    return t === 'date' && startOfDay(v.us) !== v.us ? e.refuse('PRECISION_LOSS') : { t, us: v.us }
  }
words.asDate = validated('DATE_INVALID', moment('date'), retimed('date'))
words.asTimestamp = validated('DATE_INVALID', moment('timestamp'), retimed('timestamp'))
const spelt = (t: 'uuid' | 'json', s: string | undefined): Value | undefined => (s === undefined ? undefined : { t, s })
words.asUuid = validated(
  'CAST_UUID',
  (s) => spelt('uuid', readUuid(s)),
  (v) => v,
)
words.asJson = validated(
  'JSON_INVALID',
  (s, _, e) => (keyTwice(s) ? e.refuse('JSON_KEY_TWICE') : spelt('json', canonicalJson(s))),
  (v) => v,
)

words.inZone = (node, e) => {
  const of = first(node, e)
  if (of === null || !('us' in of)) return null
  if (node.params.zone !== 'UTC') throw new Error('the oracle has no clock but that of UTC')
  return { t: of.t === 'timestamp' ? 'timestamptz' : 'timestamp', us: of.us }
}

function toJson(c: Cell): Json {
  if (c === null) return null
  if (c.t === 'json') return parseJson(c.s) ?? null
  if (c.t === 'bool') return c.b
  if (c.t === 'number') return c.n === 'NaN' ? 'NaN' : { number: textOf(c) }
  if (c.t === 'timestamp') return textOf(c).replace(' ', 'T')
  if (c.t === 'timestamptz') return textOf(c).replace(' ', 'T').replace('+00', '+00:00')
  return textOf(c)
}
const json = (j: Json): Value => ({ t: 'json', s: jsonText(j) })
words.jsonObject = (node, e) => {
  const keys = node.params.keys as string[]
  const values = args(node, e)
  return json(new Map(keys.map((k, i) => [k, toJson(values[i]!)])))
}
words.jsonArray = (node, e) => json(args(node, e).map(toJson))
words.jsonText = (node, e) => {
  const of = first(node, e)
  const found = of === null ? null : textAt(textOf(of), node.params.path as string[])
  return found === null ? null : text(found)
}
words.uuidOf = (node, e) => {
  const parts = args(node, e)
  return parts.includes(null) ? null : symbol(`uuid ${JSON.stringify(parts.map((p) => textOf(p!)))}`)
}

// --- other rows

words.lookup = (node, e) => {
  const values = args(node, e)
  if (values.includes(null)) return null
  const rows = agreeing(e.scene, (node.params.relation as Relation).id, node.params.on as string[], values)
  const found = rows.map((row) => row.get(node.params.take as string) ?? null)
  // several rows that say the same leave no doubt
  if (new Set(found.map(identity)).size > 1) return e.refuse('LOOKUP_AMBIGUOUS')
  if (found.length) return found[0]!
  return node.params.orNull === true ? null : e.refuse('LOOKUP_MISS')
}

words.key = (node, e) => {
  const source = node.args.length ? args(node, e) : undefined
  if (source?.includes(null)) return null
  const answer = e.scene.keyOf(node.params.slot as Slot, source)
  return 'value' in answer ? answer.value : e.refuse(answer.refused)
}

/** The rows of this row's group in order, and where it stands among them. */
function neighbours(node: Node, e: Evaluation): { rows: readonly Row[]; at: number } {
  const by = node.params.by as number
  const directions = node.params.directions as string[]
  const [group, sort] = [node.args.slice(0, by), node.args.slice(by, by + directions.length)]
  // looked at in this row for what they refuse here
  for (const n of node.args) e.value(n)
  const groupOf = (row: Row) => group.map((n) => identity(e.inRow(n, row))).join('\n')
  const { source, row: mine } = e.scene
  const before = (a: Row, b: Row): number => {
    for (const [i, n] of sort.entries()) {
      const o = inOrder(e.inRow(n, a), e.inRow(n, b), directions[i]!)
      if (o) return o
    }
    return source.key.map((k) => inOrder(a.get(k)!, b.get(k)!, 'asc')).find((o) => o !== 0) ?? 0
  }
  const rows = source.rows.filter((row) => groupOf(row) === groupOf(mine)).toSorted(before)
  return { rows, at: rows.indexOf(mine) }
}
words.nth = (node, e) => number(BigInt(neighbours(node, e).at + 1))
const shifted =
  (by: number): Word =>
  (node, e) => {
    const { rows, at } = neighbours(node, e)
    const row = rows[at + by]
    return row ? e.inRow(node.args.at(-1)!, row) : null
  }
words.before = shifted(-1)
words.after = shifted(1)

words.aggregate = (node, e) => {
  const of = node.args[0]
  const rows = e.scene.group ?? [e.scene.row]
  if (!of) return number(BigInt(rows.length))
  const values = rows.map((row) => e.inRow(of, row)).filter((v) => v !== null)
  if (node.params.fn === 'count') return number(BigInt(values.length))
  if (!values.length) return null
  if (node.params.fn === 'sum')
    return number(values.map((v) => numberIn(v)!).reduce((a, b) => (a === 'NaN' || b === 'NaN' ? 'NaN' : plus(a, b))))
  const wanted = node.params.fn === 'min' ? -1 : 1
  return values.reduce((a, b) => (compareValues(b, a) * wanted > 0 ? b : a))
}

words.compute = (node, e) => {
  const fn = node.params.fn as (...values: unknown[]) => unknown
  const given = args(node, e).map((c) => (c === null ? null : c.t === 'bool' ? c.b : textOf(c)))
  try {
    const made = fn(...given)
    return made === null || made === undefined ? null : cellOf((node.params.type as { name: string }).name, String(made))
  } catch {
    return e.refuse('COMPUTE_FAILED')
  }
}
