// The two statements that stand in for one that reads every row under its lock.
import { constraintNode } from '../at.ts'
import type { Act } from '../scene.ts'

export function notValid(act: Act, table: string): string[] {
  const name = constraintNode(act).conname ?? 'NAME'
  const alone = (act.whole.cmds ?? []).length === 1 && act.statement.kind === 'AlterTableStmt'
  const add = alone ? act.text : `ALTER TABLE ${table} ADD CONSTRAINT ${name} …`
  return [`${add} NOT VALID;`, '-- in a later transaction', `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`]
}
