// How a column becomes NOT NULL without anybody waiting.
import { inSql } from '../ast.ts'
import type { At } from '../at.ts'
import { sureOf } from '../replay/columns.ts'

/** A check that was validated: from 12 on the server believes it, and reads nothing. One that nobody saw made is taken for what was made for this. */
export const neverNull = (at: At, column: string, without: readonly string[] = []): boolean =>
  at.scene.pg >= 12 &&
  at.table?.constraints.some(
    (c) => c.kind === 'check' && c.validated && !without.includes(c.name) && (c.unseen || sureOf(c.expression).includes(column)),
  ) === true

export function setNotNull(at: At, column: string): string[] {
  const [table, name, check] = [at.written, inSql(column), inSql(`${column}_set`)]
  return [
    `ALTER TABLE ${table} ADD CONSTRAINT ${check} CHECK (${name} IS NOT NULL) NOT VALID;`,
    '-- in a later transaction',
    `ALTER TABLE ${table} VALIDATE CONSTRAINT ${check};`,
    `ALTER TABLE ${table} ALTER COLUMN ${name} SET NOT NULL;`,
    `ALTER TABLE ${table} DROP CONSTRAINT ${check};`,
  ]
}
