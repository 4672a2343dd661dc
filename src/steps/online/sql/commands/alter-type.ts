// Another type: a second column that takes the place of the first.
import { retype } from '../../retype/retype.ts'
import { columnsOf, later } from '../here.ts'
import type { CompileCommand } from './command.ts'

export const alterType: CompileCommand = ({ here, id, command: { name, def }, span }) => {
  const { wording } = here
  const column = def.ColumnDef
  if (column.collClause)
    here.refuse('a collation of its own goes with it', 'Make a column more with that collation, and fill it by a mapping.')
  const from = { from: column.typeName.location ?? 0, to: span.to }
  const to = wording.cut(wording.until(['using'], from))
  const using = column.raw_default ? wording.cut(wording.after('using', from)!) : undefined
  return [later(retype(id, name, { to, ...(using === undefined ? {} : { using }) }), columnsOf(id, [name]))]
}
