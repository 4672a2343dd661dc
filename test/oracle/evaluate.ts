// What an expression comes to in one row: read off the meaning of each word, one row and one word at a time.
import type { Node, Slot } from '../../src/expr/node.ts'
import { type Cell, compareValues, same } from './value.ts'
import { words } from './words.ts'
import { type Row, type Table, tableOf, type World } from './world.ts'

/** What surrounds a row. */
export interface Scene {
  readonly world: World
  readonly source: Table
  readonly row: Row
  /** The key of the row that an output makes: of this very row, or of the row with this key. */
  keyOf(slot: Slot, source: readonly Cell[] | undefined): KeyAnswer
  /** The rows that an aggregate runs over. */
  readonly group?: readonly Row[]
}
export type KeyAnswer = { readonly value: Cell } | { readonly refused: string }

export interface Outcome {
  readonly value: Cell
  /** All that would keep the row back, in the order of writing; empty where it can go. */
  readonly refusals: readonly string[]
  readonly warnings: ReadonlySet<Node>
}

/** What is refused is null from there on, so that all reasons are found and not the first only. */
export class Evaluation {
  readonly scene: Scene
  readonly refusals: string[] = []
  readonly warnings = new Set<Node>()
  constructor(scene: Scene) {
    this.scene = scene
  }

  value(node: Node): Cell {
    const word = words[node.word.name]
    if (!word) throw new Error(`the oracle does not know the word ${node.word.name}`)
    return word(node, this)
  }

  refuse(code: string): null {
    this.refusals.push(code)
    return null
  }

  /** Is it true? Unknown is not. */
  holds(node: Node): boolean {
    const v = this.value(node)
    return v?.t === 'bool' && v.b
  }

  /** Evaluated on its own: what it refuses is told, not counted. */
  attempt(node: Node): Outcome {
    const inner = evaluate(node, this.scene)
    for (const w of inner.warnings) this.warnings.add(w)
    return inner
  }

  /** The same expression in another row of the source; what it refuses there is that row's affair. */
  inRow(node: Node, row: Row): Cell {
    return evaluate(node, { ...this.scene, row }).value
  }
}

export function evaluate(node: Node, scene: Scene): Outcome {
  const evaluation = new Evaluation(scene)
  const value = evaluation.value(node)
  return { value, refusals: evaluation.refusals, warnings: evaluation.warnings }
}

/** The plain form: the value, or the first reason why there is none. */
export function evalNode(
  node: Node,
  row: Row,
  world: World,
  source: Table,
): { value: Cell } | { refused: string; all: ReadonlySet<string> } {
  const keyOf = () => {
    throw new Error('keys are known to mapAll alone')
  }
  const { value, refusals } = evaluate(node, { world, source, row, keyOf })
  return refusals.length ? { refused: refusals[0]!, all: new Set(refusals) } : { value }
}

/** Rows of a relation that agree with values on some columns. Null agrees with nothing. */
export function agreeing(scene: Scene, id: string, columns: readonly string[], values: readonly Cell[]): Row[] {
  const fits = (row: Row) => columns.every((c, i) => equal(row.get(c) ?? null, values[i]!) === true)
  return tableOf(scene.world, id).rows.filter(fits)
}

/** Three-valued: null where one side is. */
export const equal = (a: Cell, b: Cell): boolean | null => (a === null || b === null ? null : same(a, b))

export const inOrder = (a: Cell, b: Cell, direction: string): number => {
  // as in Postgres: nulls are above all values
  if (a === null || b === null) return (Number(a === null) - Number(b === null)) * (direction === 'desc' ? -1 : 1)
  return compareValues(a, b) * (direction === 'desc' ? -1 : 1)
}
