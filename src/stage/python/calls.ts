// Calls: of functions that are here, of the language's own, and of what only the host knows.
import { builtins } from './builtins.ts'
import { evaluate } from './expressions.ts'
import { methodOf } from './methods.ts'
import { methodOfFile } from './paths.ts'
import type { Circumstance, Frame, Reading } from './reading.ts'
import { run } from './statements.ts'
import { type Branch, childOf, childrenOf, partsOf } from './tree.ts'
import { Attribute, Class, Dict, Func, type Given, itemsOf, List, Made, orUnknown, Ref, Scope, unknown, type Value } from './values.ts'

export function callOf(node: Branch, scope: Scope, reading: Reading): Value {
  const [callee] = childrenOf(node)
  const called = evaluate(callee, scope, reading)
  const given = givenIn(node, scope, reading)
  return call(called, given, node, scope, reading)
}

export function call(called: Value, given: Given, node: Branch, scope: Scope, reading: Reading): Value {
  const at = reading.at(scope, node)
  if (called instanceof Func) return entered(called, given, reading)
  if (called instanceof Class) return new Made(called.name, given, called)
  if (called instanceof Ref) {
    const own = builtins[called.name]?.(given, reading, (f, args) => call(f, args, node, scope, reading))
    const found = firstOf(own, () => reading.host.call(called.name, given, at))
    return found === undefined ? new Made(called.name, given) : found
  }
  if (called instanceof Attribute) return methodCalled(called, given, reading, at)
  return orUnknown(reading.host.method(called, '', given, at))
}

function methodCalled({ of, name }: Attribute, given: Given, reading: Reading, at: Circumstance): Value {
  const own = of instanceof Class ? of.scope.names.get(name) : undefined
  if (own instanceof Func) return entered(own, given, reading)
  const known = firstOf(methodOf(of, name, given), () => methodOfFile(of, name, given, reading))
  const found = firstOf(known, () => reading.host.method(of, name, given, at))
  return found === undefined ? new Made(name, given, of) : found
}

/** None is an answer too. */
const firstOf = (value: Value | undefined, other: () => Value | undefined): Value | undefined => (value === undefined ? other() : value)

function givenIn(node: Branch, scope: Scope, reading: Reading): Given {
  const list = childOf(node, 'ArgList')
  const inside = list ? childrenOf(list).slice(1, -1) : []
  if (inside.some((c) => c.name === 'for')) return { args: [evaluateGenerator(list!, scope, reading)], named: new Map(), whole: true }
  const args: Value[] = []
  const named = new Map<string, Value>()
  let whole = true
  for (const part of partsOf(inside)) {
    const value = evaluate(part.at(-1), scope, reading)
    if (part[0]!.name === '*') {
      const items = itemsOf(value)
      args.push(...(items ?? []))
      whole &&= items !== undefined
    } else if (part[0]!.name === '**') {
      if (value instanceof Dict && value.whole) for (const [key, kept] of value.entries.values()) named.set(String(key), kept)
      else whole = false
    } else if (part[1]?.name === 'AssignOp') named.set(scope.module.text.slice(part[0]!.from, part[0]!.to), value)
    else args.push(value)
  }
  return { args, named, whole }
}

/** f(x for x in y): the list of arguments is the generator. */
const evaluateGenerator = (list: Branch, scope: Scope, reading: Reading): Value => evaluate(renamed(list), scope, reading)

/** A node of this kind reads as one of another, whose children are the same. */
const renamed = (list: Branch): Branch => Object.create(list, { name: { value: 'ComprehensionExpression' } }) as Branch

function entered(called: Func, given: Given, reading: Reading): Value {
  const scope = new Scope(called.scope.module, called.scope)
  bind(called, given, scope)
  const { conditions } = reading
  const frame: Frame = { returned: [] }
  const done = reading.deeper(() => {
    if (called.body.name !== 'Body') frame.returned.push(evaluate(called.body, scope, reading))
    else if (run(called.body, scope, reading, frame) === undefined) frame.returned.push(null)
    return true
  })
  reading.conditions = conditions
  return done ? oneOf(frame.returned) : unknown
}

/** Several that differ are none that is known. */
function oneOf(values: readonly Value[]): Value {
  const [first = null, ...others] = values
  return others.every((v) => v === first) ? first : unknown
}

function bind({ parameters }: Func, { args, named, whole }: Given, scope: Scope): void {
  const taken = new Set<string>()
  let place = 0
  for (const { name, fallback, kind } of parameters) {
    if (kind === 'rest') {
      scope.names.set(name, new List(args.slice(place), whole))
      place = args.length
    } else if (kind === 'named') {
      const dict = new Dict()
      for (const [key, value] of named) if (!taken.has(key)) dict.set(key, value)
      dict.whole = whole
      scope.names.set(name, dict)
    } else {
      taken.add(name)
      const value = named.has(name) ? named.get(name) : args[place++]
      scope.names.set(name, orUnknown(value === undefined && whole ? fallback : value))
    }
  }
}
