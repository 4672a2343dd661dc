// What became of which value: every pair of source and target values that occurs must be one that was written down here,
// independently of the mapping. It finds values that are swapped but valid, which no existence check can.
import type { Expr } from '../expr/expr.ts'
import type { Node } from '../expr/node.ts'
import { origin } from '../expr/origin.ts'
import { type Output, type Row, row } from '../mapping/mapping.ts'
import type { Table } from '../schema/table.ts'
import type { Step } from './step.ts'

export type Plainly = string | number | boolean | null

/** A matrix needs the join of source and target, which only the plan can make: it hands it the expressions. */
export interface Matrix {
  readonly output: Output
  readonly from: readonly Node[]
  readonly to: readonly Node[]
  readonly cells: readonly (readonly [readonly Plainly[], readonly Plainly[]])[]
}

export interface MatrixStep extends Step {
  readonly matrix: Matrix
}

export function matrix<S extends Table, T extends Table>(
  title: string,
  source: S,
  output: Output<any, T>,
  values: {
    readonly from: (r: Row<S>) => readonly Expr<any>[]
    readonly to: (r: Row<T>) => readonly Expr<any>[]
    readonly cells: readonly (readonly [readonly Plainly[], readonly Plainly[]])[]
  },
): MatrixStep {
  const from = values.from(row(source)).map((e) => e.node)
  const to = values.to(row(output.to)).map((e) => e.node)
  return {
    kind: 'matrix',
    title,
    at: origin(),
    params: { source: source.id, cells: values.cells },
    matrix: { output: output as unknown as Output, from, to, cells: values.cells },
  }
}
