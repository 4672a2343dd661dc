// Relations that are made of others. Each kind is a file beside this one, and writes itself as one query.
import type { Derived, Node, Scribe } from '../../expr/node.ts'
import { type Columns, derivedTable, type Table } from '../../schema/table.ts'

export interface Making {
  /** The relations that it reads. */
  readonly of: readonly Table[]
  /** The expressions that it is made with. */
  readonly nodes: readonly Node[]
  /** What the plan's id is made of. */
  readonly says: unknown
  write(scribe: Scribe): string
}

export function derive<C extends Columns>(name: string, columns: C, { of, nodes, says, write }: Making): Table<C> {
  const derived: Derived = { of, nodes, write, toJSON: () => says }
  return derivedTable(name, columns, derived)
}
