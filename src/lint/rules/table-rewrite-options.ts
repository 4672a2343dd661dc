import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const tableRewriteOptions: Rule = {
  id: 'table-rewrite-options',
  name: 'A table that is written to another place or in another way',
  when: 'SET LOGGED, SET UNLOGGED, SET TABLESPACE, SET ACCESS METHOD.',
  harm: 'The table is locked against everything while it is written; what is UNLOGGED is empty after a crash.',
  instead: 'A new table and a swap, or pg_repack.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders SET UNLOGGED;',
  },
  good: { schema: '', sql: 'CREATE UNLOGGED TABLE scratch (id int);' },
  on: ['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace', 'AT_SetAccessMethod', 'AlterTableMoveAllStmt'],
  check(act, at) {
    const wanted = unlogged[act.kind]
    if (wanted !== undefined && at.table?.whole && (at.table.unlogged === true) === wanted) return undefined
    const found = heldLong(
      act.node.orig_tablespacename
        ? { mode: 'ACCESS EXCLUSIVE', on: ['every table of the tablespace'], work: 'while it is written' }
        : at.long('ACCESS EXCLUSIVE', 'rewritten'),
      [],
      true,
    )
    return act.kind === 'AT_SetUnLogged' ? { ...found, categories: [...found.categories, 'data'] } : found
  },
}

/** What it is already is not done. */
const unlogged: Readonly<Record<string, boolean>> = { AT_SetLogged: false, AT_SetUnLogged: true }
