import { relationName, said } from '../ast.ts'
import type { At } from '../at.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const renameTable: Rule = {
  id: 'rename-table',
  name: 'A table under another name',
  when: 'RENAME TO, SET SCHEMA, of a table or a view.',
  harm: 'Programs that run know the old name, and fail.',
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
    if (!relations.includes(what) || at.later.some((a) => takesName(a, at)) || at.earlier.some((a) => freesName(a, node.newname)))
      return undefined
    return { categories: ['breaking'], message: `programs that know ${at.name} fail` }
  },
}

const relations = ['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']

/** A view, or another table, that takes the place. */
function takesName({ kind, node }: Act, at: At): boolean {
  if (kind === 'RenameStmt') return relations.includes(node.renameType) && node.newname === at.target.name
  const made = kind === 'ViewStmt' ? node.view : kind === 'CreateStmt' ? node.relation : undefined
  return made !== undefined && said(relationName(made)) === at.name
}

/** The second half of a swap: nobody knew the name that it had. */
const freesName = ({ kind, node }: Act, name: string | undefined): boolean =>
  kind === 'RenameStmt' && relations.includes(node.renameType) && node.relation?.relname === name
