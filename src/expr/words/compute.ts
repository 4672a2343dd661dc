// A plain function of some columns, for what SQL cannot say. The slow lane: rows leave the database and come back.
import type { SqlType } from '../../schema/type.ts'
import { make, type Node, type Word } from '../node.ts'

export type PlainFunction = (...values: never[]) => unknown

export const computeWord: Word = {
  name: 'compute',
  write: (node, w) =>
    w.computed(
      node,
      node.args.map((a) => w.value(a)),
    ),
}

/** The function is in the plan by its text: a changed body is a changed plan. */
export const compute = (args: readonly Node[], type: SqlType, fn: PlainFunction, at?: string): Node =>
  make(computeWord, args, { type, fn: Object.assign(fn, { toJSON: () => String(fn) }) }, at)
export const isCompute = (n: Node): boolean => n.word === computeWord
