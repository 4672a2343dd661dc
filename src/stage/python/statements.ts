// Statements, in their order.

import { assign, evaluate, parametersOf, sourceOf } from './expressions.ts'
import { bindImports } from './imports.ts'
import type { Ended, Frame, Reading } from './reading.ts'
import { type Branch, childOf, childrenOf, partsOf } from './tree.ts'
import { asText, Class, Dict, Func, itemsOf, List, Scope, textOf, truth, unknown, type Value } from './values.ts'

type Run = (node: Branch, scope: Scope, reading: Reading, frame: Frame) => Ended

export function run(block: Branch, scope: Scope, reading: Reading, frame: Frame): Ended {
  for (const statement of childrenOf(block)) {
    reading.step()
    const ended = kinds[statement.name]?.(statement, scope, reading, frame)
    if (ended) return ended
  }
  return undefined
}

const assigned: Run = (node, scope, reading) => {
  const parts = partsOf(
    childrenOf(node).filter((c) => c.name !== 'TypeDef'),
    'AssignOp',
  )
  if (parts.length < 2) return undefined
  const last = parts.at(-1)!
  const value =
    last.length === 1 ? evaluate(last[0], scope, reading) : new List(partsOf(last).map((p) => evaluate(p.at(-1), scope, reading)))
  for (const targets of parts.slice(0, -1)) assign(targets, value, scope, reading)
  return undefined
}

const updated: Run = (node, scope, reading) => {
  const [target, operator, of] = childrenOf(node)
  const before = evaluate(target, scope, reading)
  const value = evaluate(of, scope, reading)
  const sign = sourceOf(operator!, scope)
  assign(
    [target!],
    sign === '+='
      ? grown(before, value)
      : sign === '-=' && typeof before === 'number' && typeof value === 'number'
        ? before - value
        : unknown,
    scope,
    reading,
  )
  return undefined
}

function grown(before: Value, value: Value): Value {
  if (typeof before === 'number' && typeof value === 'number') return before + value
  if (typeof before === 'string') return before + textOf(value)
  if (!(before instanceof List)) return unknown
  const items = itemsOf(value)
  before.items.push(...(items ?? []))
  before.whole &&= items !== undefined
  return before
}

interface Arm {
  readonly condition: Branch | undefined
  readonly body: Branch
}

function armsOf(node: Branch): Arm[] {
  const arms: Arm[] = []
  let condition: Branch | undefined
  for (const child of childrenOf(node))
    if (child.name === 'Body') {
      arms.push({ condition, body: child })
      condition = undefined
    } else if (!['if', 'elif', 'else', 'while'].includes(child.name)) condition = child
  return arms
}

const branched: Run = (node, scope, reading, frame) => {
  const endings: Ended[] = []
  let maybe = false
  for (const { condition, body } of armsOf(node)) {
    const holds = condition ? reading.whileMaybe(maybe, () => truth(evaluate(condition, scope, reading))) : true
    if (holds === false) continue
    const unsure = maybe || holds === undefined
    endings.push(reading.whileMaybe(unsure, () => run(body, scope, reading, frame)))
    if (holds === true) return settled(endings, reading, unsure)
    maybe = true
  }
  // as if there were an else that does nothing
  return settled([...endings, undefined], reading, maybe)
}

/** Where one way ends and another goes on, what follows is done only sometimes. */
function settled(endings: readonly Ended[], reading: Reading, unsure: boolean): Ended {
  const goesOn = endings.includes(undefined)
  if (!unsure || !goesOn) return endings.at(-1)
  if (endings.some((e) => e === 'return')) reading.conditions++
  return undefined
}

const mostRounds = 5000

const whileLoop: Run = (node, scope, reading, frame) => {
  const [{ condition, body }] = armsOf(node) as [Arm]
  // in batches, until none is left: how many there are is known only then
  if (condition && /^(True|1)$/.test(sourceOf(condition, scope))) {
    const ended = reading.whileRepeated(() => run(body, scope, reading, frame))
    return ended === 'break' || ended === 'continue' ? undefined : ended
  }
  for (let i = 0; i < mostRounds; i++) {
    const holds = truth(evaluate(condition, scope, reading))
    if (holds === false) return undefined
    if (holds === undefined) return sometimes(body, scope, reading, frame)
    const ended = run(body, scope, reading, frame)
    if (ended === 'break') return undefined
    if (ended && ended !== 'continue') return ended
  }
  return sometimes(body, scope, reading, frame)
}

function sometimes(body: Branch, scope: Scope, reading: Reading, frame: Frame): undefined {
  reading.whileMaybe(true, () => reading.whileRepeated(() => run(body, scope, reading, frame)))
}

const forLoop: Run = (node, scope, reading, frame) => {
  const inside = childrenOf(node)
  const [body] = inside.filter((c) => c.name === 'Body')
  const start = inside.findIndex((c) => c.name === 'in')
  const targets = inside.slice(inside.findIndex((c) => c.name === 'for') + 1, start)
  const over = inside.slice(start + 1, inside.indexOf(body!))
  const value = over.length > 1 ? new List(partsOf(over).map((p) => evaluate(p.at(-1), scope, reading))) : evaluate(over[0], scope, reading)
  const items = itemsOf(value)
  if (!items) {
    for (const known of value instanceof List ? value.items : []) {
      assign(targets, known, scope, reading)
      reading.whileMaybe(true, () => run(body!, scope, reading, frame))
    }
    assign(targets, unknown, scope, reading)
    return sometimes(body!, scope, reading, frame)
  }
  for (const item of items) {
    assign(targets, item, scope, reading)
    const ended = run(body!, scope, reading, frame)
    if (ended === 'break') break
    if (ended && ended !== 'continue') return ended
  }
  const [, otherwise] = inside.filter((c) => c.name === 'Body')
  return otherwise && inside.some((c) => c.name === 'else') ? run(otherwise, scope, reading, frame) : undefined
}

const tried: Run = (node, scope, reading, frame) => {
  let ended: Ended
  let after: string | undefined
  for (const child of childrenOf(node)) {
    if (child.name !== 'Body') {
      if (['try', 'except', 'finally', 'else'].includes(child.name)) after = child.name
      else if (child.name === 'VariableName') scope.names.set(sourceOf(child, scope), scope.find(sourceOf(child, scope)) ?? unknown)
    } else if (after === 'try') ended = run(child, scope, reading, frame)
    else if (after === 'except') {
      const handled = handler(child, scope, reading, frame, ended === 'raise')
      if (ended === 'raise') ended = handled
    } else if (after === 'finally' || ended === undefined) ended = run(child, scope, reading, frame) ?? ended
  }
  return ended
}

/** What is assigned where something failed is not what one has where nothing did. */
function handler(body: Branch, scope: Scope, reading: Reading, frame: Frame, surely: boolean): Ended {
  if (surely) return run(body, scope, reading, frame)
  const before = new Map(scope.names)
  const returned = frame.returned.length
  reading.whileMaybe(true, () => run(body, scope, reading, frame))
  for (const [name, value] of before) scope.names.set(name, value)
  frame.returned.length = returned
  return undefined
}

const withBlock: Run = (node, scope, reading, frame) => {
  const inside = childrenOf(node)
  const body = inside.find((c) => c.name === 'Body')
  const head = inside.slice(inside.findIndex((c) => c.name === 'with') + 1, body ? inside.indexOf(body) : undefined)
  for (const part of partsOf(head.filter((c) => c.name !== '(' && c.name !== ')'))) {
    const value = evaluate(part[0], scope, reading)
    if (part[1]?.name === 'as') assign([part[2]!], value, scope, reading)
  }
  return body ? run(body, scope, reading, frame) : undefined
}

const defined: Run = (node, scope, reading) => {
  const name = childOf(node, 'VariableName')
  const body = childOf(node, 'Body')
  if (!name || !body) return undefined
  scope.names.set(
    sourceOf(name, scope),
    new Func(sourceOf(name, scope), parametersOf(childOf(node, 'ParamList'), scope, reading), body, scope),
  )
  return undefined
}

const classDefined: Run = (node, scope, reading) => {
  const name = childOf(node, 'VariableName')
  const body = childOf(node, 'Body')
  if (!name || !body) return undefined
  const list = childOf(node, 'ArgList')
  const bases = list ? partsOf(childrenOf(list).slice(1, -1)).map((part) => evaluate(part.at(-1), scope, reading)) : []
  const inside = new Scope(scope.module, scope)
  run(body, inside, reading, { returned: [] })
  scope.names.set(sourceOf(name, scope), new Class(sourceOf(name, scope), bases, inside))
  return undefined
}

const deleted: Run = (node, scope, reading) => {
  for (const target of childrenOf(node).filter((c) => c.name === 'MemberExpression')) {
    const [object, , key] = childrenOf(target)
    const holder = evaluate(object, scope, reading)
    if (holder instanceof Dict) holder.entries.delete(JSON.stringify(asText(evaluate(key, scope, reading)) ?? ''))
  }
  return undefined
}

const kinds: Readonly<Record<string, Run>> = {
  ExpressionStatement(node, scope, reading) {
    for (const child of childrenOf(node)) evaluate(child, scope, reading)
    return undefined
  },
  AssignStatement: assigned,
  UpdateStatement: updated,
  ReturnStatement(node, scope, reading, frame) {
    const of = childrenOf(node).slice(1)
    frame.returned.push(
      of.length > 1 ? new List(partsOf(of).map((p) => evaluate(p.at(-1), scope, reading))) : of[0] ? evaluate(of[0], scope, reading) : null,
    )
    return 'return'
  },
  RaiseStatement: () => 'raise',
  BreakStatement: () => 'break',
  ContinueStatement: () => 'continue',
  StatementGroup: (node, scope, reading, frame) => run(node, scope, reading, frame),
  IfStatement: branched,
  WhileStatement: whileLoop,
  ForStatement: forLoop,
  TryStatement: tried,
  WithStatement: withBlock,
  FunctionDefinition: defined,
  ClassDefinition: classDefined,
  DecoratedStatement: (node, scope, reading, frame) => run(node, scope, reading, frame),
  DeleteStatement: deleted,
  ImportStatement(node, scope) {
    bindImports(sourceOf(node, scope), scope)
    return undefined
  },
}
