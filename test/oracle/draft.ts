// What one source row would make, were it alone: its filters, its outputs, the values of their columns.
import type { Node, Slot } from '../../src/expr/node.ts'
import type { MappingFacts, Output } from '../../src/mapping/mapping.ts'
import { assign } from './assign.ts'
import { evaluate, type KeyAnswer, type Outcome, type Scene } from './evaluate.ts'
import { jsonText } from './json.ts'
import { type Cell, textOf } from './value.ts'
import { type Row, type Table, tableOf, type World } from './world.ts'

export interface Part {
  readonly output: Output
  /** Without the columns that aggregates fill. */
  readonly row: Row
}

export interface Draft {
  readonly mapping: MappingFacts
  readonly source: Row
  readonly key: string
  readonly filtered: string | undefined
  readonly parts: readonly Part[]
  readonly refusals: readonly string[]
  readonly warnings: ReadonlySet<Node>
}

export const makesNothing = 'makes nothing'

export interface Setting {
  readonly world: World
  keyOf(mapping: MappingFacts, row: Row, slot: Slot, source: readonly Cell[] | undefined): KeyAnswer
}

export function sceneOf(setting: Setting, mapping: MappingFacts, row: Row): Scene {
  const { world } = setting
  return { world, source: tableOf(world, mapping.from.id), row, keyOf: (slot, source) => setting.keyOf(mapping, row, slot, source) }
}

/** As people and the quarantine know a source row: its key as text, a list of texts where it is several columns. */
function keyText(source: Table, row: Row): string {
  const cells = source.key.map((k) => textOf(row.get(k)!))
  return cells.length === 1 ? cells[0]! : `[${cells.map((c) => jsonText(c)).join(', ')}]`
}

export const hasAggregate = (node: Node): boolean => node.word.name === 'aggregate' || node.args.some(hasAggregate)

export function draft(setting: Setting, mapping: MappingFacts, row: Row): Draft {
  const notes = new Notes(sceneOf(setting, mapping, row))
  const filtered = filterOf(mapping, notes)
  const parts = filtered === undefined && !notes.refusals.length ? mapping.outputs.flatMap((o) => partOf(o, setting.world, notes)) : []
  const nothing = filtered === undefined && !parts.length && !notes.refusals.length
  const key = keyText(tableOf(setting.world, mapping.from.id), row)
  return {
    mapping,
    source: row,
    key,
    filtered: nothing ? makesNothing : filtered,
    parts,
    refusals: filtered === undefined ? notes.refusals : [],
    warnings: notes.warnings,
  }
}

class Notes {
  readonly scene: Scene
  readonly refusals: string[] = []
  readonly warnings = new Set<Node>()
  constructor(scene: Scene) {
    this.scene = scene
  }

  value(node: Node): Cell {
    const { value, refusals, warnings }: Outcome = evaluate(node, this.scene)
    this.refusals.push(...refusals)
    for (const w of warnings) this.warnings.add(w)
    return value
  }
}

/** Rule by rule: what a rule refuses, or leaves unknown, keeps the row back; the first that is false takes it out. */
function filterOf(mapping: MappingFacts, notes: Notes): string | undefined {
  for (const { name, keep } of mapping.filters) {
    const keeps = notes.value(keep)
    if (notes.refusals.length) return undefined
    if (keeps?.t === 'bool' && !keeps.b) return name
    if (keeps === null) notes.refusals.push('FILTER_NULL')
  }
  return undefined
}

function partOf(output: Output, world: World, notes: Notes): Part[] {
  if (output.when) {
    const when = notes.value(output.when)
    if (when?.t !== 'bool' || !when.b) return []
  }
  const row = new Map<string, Cell>()
  const table = tableOf(world, output.to.id)
  for (const [name, rule] of table.columns) {
    const node = output.values[name]
    if (node && hasAggregate(node)) lookInside(node, notes)
    else if (node) row.set(name, put(notes.value(node), name, table, notes))
    else if (rule.default !== 'chosen') row.set(name, rule.default ?? null)
  }
  if (!output.per) notes.refusals.push(...broken(table, row))
  return [{ output, row }]
}

/** An aggregate is of many rows, but what its argument refuses is this row's. */
function lookInside(node: Node, notes: Notes): void {
  for (const a of node.args) {
    if (node.word.name !== 'aggregate' && hasAggregate(a)) lookInside(a, notes)
    else notes.value(a)
  }
}

export function put(cell: Cell, name: string, table: Table, notes: { readonly refusals: string[] }): Cell {
  const assigned = assign(cell, table.columns.get(name)!)
  if ('value' in assigned) return assigned.value
  notes.refusals.push(assigned.refused)
  return null
}

export const broken = (table: Table, row: Row): string[] =>
  table.checks.filter((c) => c.holds(row) === false).map((c) => `CHECK_FAILED:${c.name}`)
