// One way for each kind of statement.
import type { Compile } from '../here.ts'
import { alterEnum } from './alter-enum.ts'
import { alterTable } from './alter-table.ts'
import { comment } from './comment.ts'
import { createFunction, createSchema, createSequence, createTrigger, createTypes, createView, materialized } from './create.ts'
import { createIndex } from './create-index.ts'
import { createTable } from './create-table.ts'
import { drop } from './drop.ts'
import { grant } from './grant.ts'
import { rename } from './rename.ts'
import { set, transaction } from './session.ts'
import { code, rows } from './unknown.ts'

export const statements: Readonly<Record<string, Compile>> = {
  AlterEnumStmt: alterEnum,
  AlterTableStmt: alterTable,
  CallStmt: code,
  CommentStmt: comment,
  ...createTypes,
  CreateFunctionStmt: createFunction,
  CreateSchemaStmt: createSchema,
  CreateSeqStmt: createSequence,
  CreateStmt: createTable,
  CreateTableAsStmt: materialized,
  CreateTrigStmt: createTrigger,
  DeleteStmt: rows,
  DoStmt: code,
  DropStmt: drop,
  GrantStmt: grant,
  IndexStmt: createIndex,
  InsertStmt: rows,
  MergeStmt: rows,
  RenameStmt: rename,
  SelectStmt: code,
  TransactionStmt: transaction,
  UpdateStmt: rows,
  VariableSetStmt: set,
  ViewStmt: createView,
}
