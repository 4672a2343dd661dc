import { relationName, relationsIn, said } from '../ast.ts'
import type { At } from '../at.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const renameTable: Rule = {
  id: 'rename-table',
  name: 'A table under another name',
  when: 'RENAME TO, SET SCHEMA, of a table or a view; a swap with a copy that was made while others could write.',
  harm: 'Programs that run know the old name, and fail. Rows that come between the copy and the swap are lost.',
  instead: 'A view under the old name, made in the same transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders RENAME TO purchases;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders RENAME TO purchases; CREATE VIEW orders AS SELECT * FROM purchases;',
    transaction: true,
  },
  on: ['RenameStmt', 'AlterObjectSchemaStmt'],
  check({ kind, node }, at) {
    const what = kind === 'RenameStmt' ? node.renameType : node.objectType
    if (!relations.includes(what) || at.earlier.some((a) => freesName(a, node.newname))) return undefined
    const taker = at.scene.alone && !at.scene.inTransaction ? undefined : at.later.find((a) => takesName(a, at))
    if (!taker) return { categories: ['breaking'], message: `programs that know ${at.name} fail` }
    return taker.kind === 'RenameStmt' && copied(taker, at)
      ? { categories: ['data'], message: `what is written to ${at.name} between the copy and the swap is lost` }
      : undefined
  },
}

const relations = ['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']

/** A view, or another table, that takes the place. */
function takesName({ kind, node }: Act, at: At): boolean {
  if (kind === 'RenameStmt') return relations.includes(node.renameType) && node.newname === at.target.name
  const made = kind === 'ViewStmt' ? node.view : kind === 'CreateStmt' ? node.relation : undefined
  return made !== undefined && said(relationName(made)) === at.name
}

/** The table that comes was filled from the one that goes, which nobody was kept from and no trigger followed. */
function copied({ node }: Act, at: At): boolean {
  const name = said(relationName(node.relation))
  const names = (within: unknown) => relationsIn(within).map((r) => said(relationName(r)))
  const from = (a: Act): unknown => {
    if (a.kind === 'CreateTableAsStmt') return said(relationName(a.node.into?.rel)) === name && a.node.query
    return a.kind === 'InsertStmt' && said(relationName(a.node.relation)) === name && a.node.selectStmt
  }
  const kept = at.earlier.some((a) => ['LockStmt', 'CreateTrigStmt'].includes(a.kind) && names(a.node).includes(at.name))
  return !kept && at.earlier.some((a) => names(from(a)).includes(at.name))
}

/** The second half of a swap: nobody knew the name that it had. */
const freesName = ({ kind, node }: Act, name: string | undefined): boolean =>
  kind === 'RenameStmt' && relations.includes(node.renameType) && node.relation?.relname === name
