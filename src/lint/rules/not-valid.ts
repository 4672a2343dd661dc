// The two statements that stand in for one that reads every row under its lock.
import { inSql } from '../ast.ts'
import { type At, constraintNode } from '../at.ts'
import type { Act } from '../scene.ts'

export function notValid(act: Act, at: At): string[] {
  const name = inSql(constraintNode(act).conname ?? 'NAME')
  const alone = (act.whole.cmds ?? []).length === 1 && act.statement.kind === 'AlterTableStmt'
  const add = alone ? act.text : `ALTER TABLE ${at.written} ADD CONSTRAINT ${name} …`
  return [`${add} NOT VALID;`, '-- in a later transaction', `ALTER TABLE ${at.written} VALIDATE CONSTRAINT ${name};`]
}
