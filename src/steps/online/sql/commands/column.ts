// Commands that say no more than a name.
import { retireColumns } from '../../../retire/retire.ts'
import { dropConstraint } from '../../drop-constraint.ts'
import { dropNotNull } from '../../drop-not-null.ts'
import { notNull } from '../../not-null.ts'
import { setDefault } from '../../set-default.ts'
import { validate } from '../../validate.ts'
import { columnsOf, inExpand, later } from '../here.ts'
import type { CompileCommand } from './command.ts'

export const setNotNull: CompileCommand = ({ id, command: { name } }) => [inExpand(columnsOf(id, [name]), notNull(id, name))]

export const dropNotNullCommand: CompileCommand = ({ id, command: { name } }) => [inExpand(columnsOf(id, [name]), dropNotNull(id, name))]

/** Whoever leaves the column out is refused once its default is gone. */
export const columnDefault: CompileCommand = ({ here, id, command: { name, def }, span }) => {
  const on = columnsOf(id, [name, `${name}.default`])
  if (!def) return [later({ contract: [setDefault(id, name, null)] }, on, [on[1]!])]
  return [inExpand(on, setDefault(id, name, here.wording.cut(here.wording.after('default', span)!)))]
}

export const dropConstraintCommand: CompileCommand = ({ id, command: { name } }) => [
  inExpand(columnsOf(id, [name, '*']), dropConstraint(id, name)),
]

export const validateConstraint: CompileCommand = ({ id, command: { name } }) => [inExpand(columnsOf(id, [name, '*']), validate(id, name))]

/** Out of sight, if nobody reads it; whoever leaves it out may do so from then on. */
export const dropColumnCommand: CompileCommand = ({ id, command: { name } }) => [
  later({ contract: [dropNotNull(id, name), retireColumns(id, [name])] }, columnsOf(id, [name])),
]
