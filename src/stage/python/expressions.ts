// Expressions: what each comes to.
import { callOf } from './calls.ts'
import { imported } from './imports.ts'
import { attributeOfFile, below } from './paths.ts'
import type { Reading } from './reading.ts'
import { type Branch, childOf, childrenOf, literalPart, literalText, partsOf, quotingOf } from './tree.ts'
import {
  Attribute,
  Class,
  Dict,
  Func,
  hole,
  isHoled,
  itemsOf,
  List,
  Made,
  orUnknown,
  type Parameter,
  Read,
  Ref,
  Scope,
  textOf,
  truth,
  unknown,
  type Value,
} from './values.ts'

type Evaluate = (node: Branch, scope: Scope, reading: Reading) => Value

export const sourceOf = (node: Branch, { module }: Scope): string => module.text.slice(node.from, node.to)

export function evaluate(node: Branch | undefined, scope: Scope, reading: Reading): Value {
  if (!node) return unknown
  reading.step()
  const kind = kinds[node.name]
  return kind ? kind(node, scope, reading) : unknown
}

const lookedUp: Evaluate = (node, scope, reading) => {
  const name = sourceOf(node, scope)
  const found = scope.find(name)
  if (found !== undefined) return imported(found, reading)
  return name === '__file__' ? scope.module.file : new Ref(`builtins.${name}`)
}

const strings: Evaluate = (node, scope, reading) =>
  childrenOf(node)
    .map((c) => textOf(evaluate(c, scope, reading)))
    .join('')

const formatted: Evaluate = (node, scope, reading) => {
  const quoting = quotingOf(sourceOf(node, scope))
  const { text } = scope.module
  let from = node.from + quoting.open
  let whole = ''
  const literal = (to: number) => literalPart(text.slice(from, to), quoting).replaceAll('{{', '{').replaceAll('}}', '}')
  for (const part of childrenOf(node)) {
    whole += literal(part.from) + replacement(part, scope, reading)
    from = part.to
  }
  return whole + literal(node.to - quoting.close)
}

function replacement(node: Branch, scope: Scope, reading: Reading): string {
  const [, expression, ...more] = childrenOf(node)
  const value = evaluate(expression, scope, reading)
  const conversion = more.find((m) => m.name === 'FormatConversion')
  if (conversion && typeof value === 'string') return `'${value}'`
  const spec = more.find((m) => m.name === 'FormatSpec')
  if (!spec) return textOf(value)
  const [, zeros, width] = /^:(0?)(\d+)d?$/.exec(sourceOf(spec, scope)) ?? []
  return width && typeof value === 'number' ? String(value).padStart(Number(width), zeros ? '0' : ' ') : hole
}

const members: Evaluate = (node, scope, reading) => {
  const [object, ...more] = childrenOf(node)
  const value = evaluate(object, scope, reading)
  const property = more.find((m) => m.name === 'PropertyName')
  if (property) return attributeOf(value, sourceOf(property, scope), reading)
  const inside = more.filter((m) => m.name !== '[' && m.name !== ']')
  return inside.some((m) => m.name === ':')
    ? sliced(value, inside, scope, reading)
    : subscripted(value, evaluate(inside[0], scope, reading))
}

export function attributeOf(value: Value, name: string, reading: Reading): Value {
  if (value instanceof Ref) return new Ref(`${value.name}.${name}`)
  if (value instanceof Read) return imported(value.scope.names.get(name) ?? unknown, reading)
  if (value instanceof Class) {
    const found = value.scope.names.get(name)
    return found === undefined ? new Attribute(value, name) : imported(found, reading)
  }
  // members of an Enum are their values here
  if ((name === 'value' || name === 'name') && (typeof value === 'string' || typeof value === 'number')) return value
  return attributeOfFile(value, name) ?? new Attribute(value, name)
}

function subscripted(value: Value, key: Value): Value {
  if (value instanceof Dict) return orUnknown(value.get(key))
  if (typeof key !== 'number') return unknown
  if (value instanceof List && value.whole) return orUnknown(value.items.at(key))
  return typeof value === 'string' && !isHoled(value) ? (value.at(key) ?? unknown) : unknown
}

function sliced(value: Value, inside: readonly Branch[], scope: Scope, reading: Reading): Value {
  const bounds: (Value | undefined)[] = [undefined]
  for (const part of inside)
    if (part.name === ':') bounds.push(undefined)
    else bounds[bounds.length - 1] = evaluate(part, scope, reading)
  const [from, to] = bounds
  const readable = bounds.length === 2 && bounds.every((b) => b === undefined || typeof b === 'number')
  if (!readable || isHoled(value)) return unknown
  if (typeof value === 'string') return value.slice(from as number | undefined, to as number | undefined)
  return value instanceof List ? new List(value.items.slice(from as number | undefined, to as number | undefined)) : unknown
}

const collected: Evaluate = (node, scope, reading) => {
  const list = new List([])
  for (const part of partsOf(childrenOf(node).slice(1, -1))) {
    const spread = part[0]!.name === '*'
    const value = evaluate(part.at(-1), scope, reading)
    const items = spread ? itemsOf(value) : [value]
    if (items) list.items.push(...items)
    else list.whole = false
  }
  return list
}

const mapped: Evaluate = (node, scope, reading) => {
  const dict = new Dict()
  for (const part of partsOf(childrenOf(node).slice(1, -1))) {
    const value = evaluate(part.at(-1), scope, reading)
    if (part[0]!.name !== '**') dict.set(evaluate(part[0], scope, reading), value)
    else if (value instanceof Dict) for (const [key, kept] of value.entries.values()) dict.set(key, kept)
    else dict.whole = false
  }
  return dict
}

const comprehended: Evaluate = (node, scope, reading) => {
  const inside = childrenOf(node).filter((c) => !'[](){}'.includes(c.name))
  const start = inside.findIndex((c) => c.name === 'for' || c.name === 'async')
  const results: [Value, Value | undefined][] = []
  const whole = clauses(inside.slice(start), new Scope(scope.module, scope), reading, (own) =>
    results.push([evaluate(inside[0], own, reading), inside[1]?.name === ':' ? evaluate(inside[2], own, reading) : undefined]),
  )
  if (node.name.startsWith('Dictionary')) {
    const dict = new Dict()
    dict.whole = whole
    for (const [key, value] of results) dict.set(key, value ?? unknown)
    return dict
  }
  return new List(
    results.map(([value]) => value),
    whole,
  )
}

/** for … in … if …, one after the other; false where it is not known what they leave. */
function clauses(rest: readonly Branch[], scope: Scope, reading: Reading, yields: (scope: Scope) => void): boolean {
  const [first, ...more] = rest.filter((c) => c.name !== 'async')
  if (!first) {
    yields(scope)
    return true
  }
  const next = more.findIndex((c) => c.name === 'for' || c.name === 'if')
  const own = next < 0 ? more : more.slice(0, next)
  const after = next < 0 ? [] : more.slice(next)
  if (first.name === 'if') {
    const holds = truth(evaluate(own[0], scope, reading))
    if (holds === undefined) clauses(after, scope, reading, () => undefined)
    return holds === true ? clauses(after, scope, reading, yields) : holds === false
  }
  const split = own.findIndex((c) => c.name === 'in')
  const items = itemsOf(evaluate(own[split + 1], scope, reading))
  const sure = (items ?? []).map((item) => {
    const inner = new Scope(scope.module, scope)
    assign(own.slice(0, split), item, inner, reading)
    return clauses(after, inner, reading, yields)
  })
  return items !== undefined && sure.every(Boolean)
}

/** Names that are given values: a, (b, c), d.e, f[0], *g */
export function assign(targets: readonly Branch[], value: Value, scope: Scope, reading: Reading): void {
  const parts = partsOf(targets)
  const target = parts[0]?.at(-1)
  if (!target) return
  if (parts.length > 1) unpacked(parts, value, scope, reading)
  else if (target.name === 'VariableName') scope.names.set(sourceOf(target, scope), value)
  else if (target.name === 'TupleExpression' || target.name === 'ArrayExpression' || target.name === 'ParenthesizedExpression')
    unpacked(partsOf(childrenOf(target).slice(1, -1)), value, scope, reading)
  else if (target.name === 'MemberExpression') put(target, value, scope, reading)
}

function unpacked(parts: readonly Branch[][], value: Value, scope: Scope, reading: Reading): void {
  const items = itemsOf(value)
  const star = parts.findIndex((p) => p[0]?.name === '*')
  parts.forEach((part, i) => {
    const fromEnd = parts.length - i
    const taken =
      i === star ? items && new List(items.slice(i, items.length - fromEnd + 1)) : star >= 0 && i > star ? items?.at(-fromEnd) : items?.[i]
    assign([part.at(-1)!], orUnknown(taken), scope, reading)
  })
}

function put(target: Branch, value: Value, scope: Scope, reading: Reading): void {
  const [object, mark, inside] = childrenOf(target)
  const holder = evaluate(object, scope, reading)
  if (mark?.name !== '[') return
  const key = evaluate(inside, scope, reading)
  if (holder instanceof Dict) holder.set(key, value)
  else if (holder instanceof List && typeof key === 'number' && key < holder.items.length) holder.items[key] = value
  else if (holder instanceof List) holder.whole = false
}

const binary: Evaluate = (node, scope, reading) => {
  const [left, ...rest] = childrenOf(node)
  const right = rest.at(-1)
  const operator = rest
    .slice(0, -1)
    .map((c) => sourceOf(c, scope))
    .join(' ')
  const a = evaluate(left, scope, reading)
  if (operator === 'and' || operator === 'or') {
    const known = truth(a)
    const b = known === (operator === 'or') ? undefined : reading.whileMaybe(known === undefined, () => evaluate(right, scope, reading))
    if (known === undefined) return b !== undefined && truth(b) === (operator === 'or') ? operator === 'or' : unknown
    return b === undefined ? a : b
  }
  return orUnknown(operators[operator]?.(a, evaluate(right, scope, reading)))
}

const compared =
  (holds: (a: string | number, b: string | number) => boolean) =>
  (a: Value, b: Value): Value =>
    typeof a === typeof b && (typeof a === 'string' || typeof a === 'number') && !isHoled(a) && !isHoled(b)
      ? holds(a, b as typeof a)
      : unknown

const numeric =
  (work: (a: number, b: number) => number) =>
  (a: Value, b: Value): Value =>
    typeof a === 'number' && typeof b === 'number' ? work(a, b) : unknown

function equal(a: Value, b: Value): boolean | undefined {
  if (isHoled(a) || isHoled(b)) return undefined
  return a instanceof List && b instanceof List
    ? a.items.length === b.items.length && a.items.every((x, i) => equal(x, b.items[i]!))
    : a === b
}

const not = (value: boolean | undefined): Value => (value === undefined ? unknown : !value)

function contains(item: Value, holder: Value): boolean | undefined {
  if (isHoled(item)) return undefined
  if (typeof holder === 'string') return typeof item === 'string' && !isHoled(holder) ? holder.includes(item) : undefined
  if (holder instanceof Dict && holder.get(item) !== undefined) return true
  const items = itemsOf(holder)
  if (holder instanceof List && holder.items.some((x) => equal(x, item) === true)) return true
  return items && !items.some((x) => equal(x, item) === undefined) ? false : undefined
}

function added(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (typeof a === 'string' || typeof b === 'string') return textOf(a) + textOf(b)
  if (a instanceof List && b instanceof List) return new List([...a.items, ...b.items], a.whole && b.whole)
  return unknown
}

function filled(pattern: Value, values: Value): Value {
  if (typeof pattern === 'number') return typeof values === 'number' ? pattern % values : unknown
  if (typeof pattern !== 'string') return unknown
  let next = 0
  const named = values instanceof Dict ? values : undefined
  const list = values instanceof List ? values.items : [values]
  return pattern.replace(/%(?:\((\w+)\))?[-0-9.]*([sdrif%])/g, (_, name: string | undefined, kind: string) => {
    if (kind === '%') return '%'
    return textOf((name ? named?.get(name) : list[next++]) ?? unknown)
  })
}

const operators: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  '+': added,
  '-': numeric((a, b) => a - b),
  '*': (a, b) =>
    typeof a === 'string' && typeof b === 'number' ? a.repeat(Math.min(Math.max(0, b), 10_000)) : numeric((x, y) => x * y)(a, b),
  '/': (a, b) => below(a, b) ?? numeric((x, y) => x / y)(a, b),
  '//': numeric((a, b) => Math.floor(a / b)),
  '%': filled,
  '**': numeric((a, b) => a ** b),
  '==': (a, b) => equal(a, b) ?? unknown,
  '!=': (a, b) => not(equal(a, b)),
  '<': compared((a, b) => a < b),
  '>': compared((a, b) => a > b),
  '<=': compared((a, b) => a <= b),
  '>=': compared((a, b) => a >= b),
  in: (a, b) => contains(a, b) ?? unknown,
  'not in': (a, b) => not(contains(a, b)),
  is: (a, b) => equal(a, b) ?? unknown,
  'is not': (a, b) => not(equal(a, b)),
}

const unary: Evaluate = (node, scope, reading) => {
  const [operator, of] = childrenOf(node)
  const value = evaluate(of, scope, reading)
  const sign = sourceOf(operator!, scope)
  if (sign === 'not') return not(truth(value))
  return sign === '-' && typeof value === 'number' ? -value : unknown
}

const either: Evaluate = (node, scope, reading) => {
  const [yes, , condition, , no] = childrenOf(node)
  const holds = truth(evaluate(condition, scope, reading))
  if (holds !== undefined) return evaluate(holds ? yes : no, scope, reading)
  const [a, b] = reading.whileMaybe(true, () => [evaluate(yes, scope, reading), evaluate(no, scope, reading)])
  return a === b ? a! : unknown
}

/** Fallbacks are worked out where the function is made. */
export function parametersOf(list: Branch | undefined, scope: Scope, reading: Reading): Parameter[] {
  const inside = list ? childrenOf(list).filter((c) => c.name !== '(' && c.name !== ')' && c.name !== 'TypeDef') : []
  return partsOf(inside).flatMap((part) => {
    const name = part.find((c) => c.name === 'VariableName')
    if (!name) return []
    const fallback = part.some((c) => c.name === 'AssignOp') ? evaluate(part.at(-1), scope, reading) : undefined
    const kind = part[0]!.name === '*' ? 'rest' : part[0]!.name === '**' ? 'named' : 'plain'
    return [{ name: sourceOf(name, scope), fallback, kind } as const]
  })
}

const passed: Evaluate = (node, scope, reading) =>
  evaluate(
    childrenOf(node).find((c) => c.name !== '('),
    scope,
    reading,
  )

const kinds: Readonly<Record<string, Evaluate>> = {
  VariableName: lookedUp,
  String: (node, scope) => literalText(sourceOf(node, scope)),
  FormatString: formatted,
  ContinuedString: strings,
  Number: (node, scope) => {
    const n = Number(sourceOf(node, scope).replaceAll('_', ''))
    return Number.isNaN(n) ? unknown : n
  },
  Boolean: (node, scope) => sourceOf(node, scope) === 'True',
  None: () => null,
  MemberExpression: members,
  CallExpression: (node, scope, reading) => callOf(node, scope, reading),
  ArrayExpression: collected,
  TupleExpression: collected,
  SetExpression: collected,
  DictionaryExpression: mapped,
  ArrayComprehensionExpression: comprehended,
  ComprehensionExpression: comprehended,
  SetComprehensionExpression: comprehended,
  DictionaryComprehensionExpression: comprehended,
  ParenthesizedExpression: passed,
  BinaryExpression: binary,
  UnaryExpression: unary,
  ConditionalExpression: either,
  AwaitExpression: (node, scope, reading) => evaluate(node.lastChild ?? undefined, scope, reading),
  NamedExpression(node, scope, reading) {
    const [name] = childrenOf(node)
    const value = evaluate(node.lastChild ?? undefined, scope, reading)
    assign([name!], value, scope, reading)
    return value
  },
  LambdaExpression: (node, scope, reading) =>
    new Func('lambda', parametersOf(childOf(node, 'ParamList'), scope, reading), node.lastChild!, scope),
}

export const isMade = (value: Value | undefined, ...names: readonly string[]): value is Made =>
  value instanceof Made && names.some((name) => value.name === name || value.name.endsWith(`.${name}`))
