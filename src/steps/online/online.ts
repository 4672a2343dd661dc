// Changes of the schema beside an application at work, by one word each.
import { addColumn } from './add-column.ts'
import { check } from './check.ts'
import { dropColumn } from './drop-column.ts'
import { dropConstraint } from './drop-constraint.ts'
import { dropIndex } from './drop-index.ts'
import { dropNotNull } from './drop-not-null.ts'
import { copying } from './elsewhere/copying.ts'
import { enumValue, renameEnumValue } from './enum-value.ts'
import { foreignKey } from './foreign-key.ts'
import { index } from './index.ts'
import { notNull } from './not-null.ts'
import { primaryKey } from './primary-key.ts'
import { merge } from './recut/merge.ts'
import { split } from './recut/split.ts'
import { renameColumn } from './rename-column.ts'
import { renameTable } from './rename-table.ts'
import { retype } from './retype/retype.ts'
import { setDefault } from './set-default.ts'
import { shapes } from './shapes/shapes.ts'
import { sql } from './sql/sql.ts'
import { unique } from './unique.ts'
import { validate } from './validate.ts'

export const online = {
  addColumn,
  check,
  copying,
  dropColumn,
  dropConstraint,
  dropIndex,
  dropNotNull,
  enumValue,
  foreignKey,
  index,
  merge,
  notNull,
  primaryKey,
  renameColumn,
  renameEnumValue,
  renameTable,
  retype,
  setDefault,
  shapes,
  sql,
  split,
  unique,
  validate,
} as const
