// What a change of a column's type comes to, as far as the column is known.
import { inSql, type Node, strings, typeOf } from '../ast.ts'
import type { At } from '../at.ts'
import { needsUsing } from '../casts.ts'
import type { Act } from '../scene.ts'
import { type Change, typeChange } from '../types.ts'

export const definitionOf = (act: Act): Node => act.node.def?.ColumnDef ?? {}

/** A type that is not known may be any. */
export function retyping(act: Act, at: At): Change {
  const column = at.column(act.node.name)
  const { typeName, raw_default: using } = definitionOf(act)
  if (!column || (using && !isItself(using, column.name))) return 'rewrite'
  const to = typeOf(typeName)
  return !using && needsUsing(column.type, to, at.catalog) ? 'refused' : typeChange(column.type, to, at.scene)
}

/** `USING note` and `USING note::text` say what would be done anyway. */
const isItself = (using: Node, column: string): boolean =>
  using.TypeCast ? isItself(using.TypeCast.arg, column) : using.ColumnRef ? strings(using.ColumnRef.fields).at(-1) === column : false

export const newColumn = (at: At, name: string): string[] => [
  `ALTER TABLE ${at.written} ADD COLUMN ${inSql(`${name}_new`)} …;`,
  '-- fill it by a trigger for new rows and in batches for old ones, each in a transaction of its own',
  `-- then, in one short transaction: drop the trigger, rename ${name} away and ${name}_new to ${name}`,
]
