// One way for each command of ALTER TABLE.
import { addColumnCommand } from './add-column.ts'
import { addConstraint } from './add-constraint.ts'
import { alterType } from './alter-type.ts'
import { columnDefault, dropColumnCommand, dropConstraintCommand, dropNotNullCommand, setNotNull, validateConstraint } from './column.ts'
import type { CompileCommand } from './command.ts'

export const commands: Readonly<Record<string, CompileCommand>> = {
  AT_AddColumn: addColumnCommand,
  AT_AddConstraint: addConstraint,
  AT_AlterColumnType: alterType,
  AT_ColumnDefault: columnDefault,
  AT_DropColumn: dropColumnCommand,
  AT_DropConstraint: dropConstraintCommand,
  AT_DropNotNull: dropNotNullCommand,
  AT_SetNotNull: setNotNull,
  AT_ValidateConstraint: validateConstraint,
}
