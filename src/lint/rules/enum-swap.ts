import { typeOf } from '../ast.ts'
import type { Rule } from '../rule.ts'
import { definitionOf } from './retyping.ts'

export const enumSwap: Rule = {
  id: 'enum-swap',
  name: 'An enum that is made anew',
  when: 'A column whose type becomes another enum, after the old type was renamed.',
  harm: 'Every row is written, and a label that is left out stops the statement.',
  instead: 'ADD VALUE; a lookup table where labels go away.',
  bad: {
    schema: "CREATE TYPE state AS ENUM ('a'); CREATE TABLE t (s state);",
    sql: "ALTER TYPE state RENAME TO state_old; CREATE TYPE state AS ENUM ('b'); ALTER TABLE t ALTER COLUMN s TYPE state USING s::text::state;",
  },
  good: {
    schema: "CREATE TYPE state AS ENUM ('a'); CREATE TABLE t (s state);",
    sql: "ALTER TYPE state ADD VALUE 'b';",
    transaction: false,
  },
  on: ['AT_AlterColumnType'],
  check(act, at) {
    const to = at.catalog.types.get(typeOf(definitionOf(act).typeName).name)
    const renamed = at.earlier.some((a) => a.kind === 'RenameStmt' && a.node.renameType === 'OBJECT_TYPE')
    if (to?.kind !== 'enum' || !to.fresh || !renamed) return undefined
    return {
      lock: at.long('ACCESS EXCLUSIVE', 'rewritten'),
      categories: ['lock-heavy', 'rewrite', 'breaking'],
      message: `every row of ${at.name} is written for another enum; labels that are left out stop it`,
    }
  },
}
