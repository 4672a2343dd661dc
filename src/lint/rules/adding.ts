// What the rules about new columns share.
import { dottedName, inSql, type Node } from '../ast.ts'
import type { At } from '../at.ts'
import type { Act } from '../scene.ts'

/** ADD COLUMN IF NOT EXISTS, where it does. */
export const alreadyThere = (act: Act, at: At): boolean =>
  act.node.missing_ok === true && at.column(act.node.def?.ColumnDef?.colname) !== undefined

export const isNextval = (value: Node | undefined): boolean => dottedName(value?.FuncCall?.funcname).name === 'nextval'

export const filledLater = (at: At, column: string): string[] => [
  `ALTER TABLE ${at.written} ADD COLUMN ${inSql(column)} …;  -- without the default`,
  `ALTER TABLE ${at.written} ALTER COLUMN ${inSql(column)} SET DEFAULT …;`,
  '-- then fill the old rows in batches, each in a transaction of its own',
]
