// Version chains put to the proof: every document is rebuilt from the versions in the target, and held against what it said.
import type { Expr } from '../expr/expr.ts'
import { describe, type Node } from '../expr/node.ts'
import { origin } from '../expr/origin.ts'
import { type Output, type Row, row } from '../mapping/mapping.ts'
import type { Table } from '../schema/table.ts'
import type { Step } from './step.ts'

/** It needs what the mapping makes of each column, which only the plan can say. */
export interface Replay {
  readonly output: Output
  readonly of: Table
  readonly documents: Table
  readonly columns: {
    /** What all versions of one row have in common. */
    readonly group: string
    readonly version: string
    readonly action: string
    /** Which document a version belongs to. */
    readonly document: string
  }
  /** What is held against each other: expressions over the target's columns, asked of both sides. */
  readonly compare: readonly (readonly [string, Node])[]
  /** The action that says a row is there no more. */
  readonly gone: string
}

export interface ReplayStep extends Step {
  readonly replay: Replay
}

/** `of`: what `restated` made. The state of a document is, of each group, the last version up to it, unless that says that the row is gone. */
export function replay<T extends Table>(
  title: string,
  of: Table & { readonly documents: Table },
  output: Output<any, T>,
  columns: {
    readonly group: keyof T['columns'] & string
    readonly version: keyof T['columns'] & string
    readonly action: keyof T['columns'] & string
    readonly document: keyof T['columns'] & string
    /** What must be the same: by name, what is asked of a row of the target, and of the row as the mapping would write it. */
    readonly compare: (r: Row<T>) => Readonly<Record<string, Expr<any>>>
    /** What `action` holds where a row is gone; 'DELETE' if nothing is said. */
    readonly gone?: string
  },
): ReplayStep {
  const { gone = 'DELETE', compare, ...named } = columns
  const compared = Object.entries(compare(row(output.to))).map(([name, e]) => [name, e.node] as const)
  return {
    kind: 'replay',
    title,
    at: origin(),
    params: { of: of.id, columns: named, compare: compared.map(([name, n]) => [name, describe(n)]), gone },
    replay: { output: output as unknown as Output, of, documents: of.documents, columns: named, compare: compared, gone },
  }
}
