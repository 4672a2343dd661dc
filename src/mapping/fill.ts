// Columns of the source row itself, filled where it stands.
import type { Expr, Given } from '../expr/expr.ts'
import { node } from '../expr/expr.ts'
import type { Node } from '../expr/node.ts'
import { origin } from '../expr/origin.ts'
import type { Give, GivenKind, Table, TypeOf } from '../schema/table.ts'

interface GivenAsExpr extends GivenKind {
  readonly given: Given<this['type']>
}
type Filled<T extends Table> = { readonly [K in keyof T['columns']]?: Give<GivenAsExpr, TypeOf<T['columns'][K]>> }

/** What is written into a row that is there already; what stood there before is kept for the undo. */
export class Fill {
  name = ''
  readonly to: Table
  readonly values: Readonly<Record<string, Node>>
  readonly when: Node | undefined
  readonly at: string | undefined
  constructor(to: Table, values: Readonly<Record<string, Node>>, when: Node | undefined, at: string | undefined) {
    this.to = to
    this.values = values
    this.when = when
    this.at = at
  }
}

/** Columns of the row that is mapped, filled in place. All of its other columns stay as they are, and are proved to. */
export function fill<T extends Table>(to: T, values: Filled<T>, options: { readonly when?: Expr<boolean | null> } = {}): Fill {
  const nodes = Object.entries(values as Record<string, unknown>)
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => [k, node(v)] as const)
  return new Fill(to, Object.assign(Object.create(null), Object.fromEntries(nodes)), options.when?.node, origin())
}
