import { type Node, nodesOf, typeOf } from '../ast.ts'
import type { At } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'
import { definitionOf } from './retyping.ts'

export const valueRefused: Rule = {
  id: 'value-refused',
  name: 'A default or an identity that the server does not take',
  when: 'A default that reads a table or a column, or that is no label of its enum; an identity for a column that may be NULL or has a default.',
  harm: 'The server refuses.',
  instead: 'A value or a function of constants; SET NOT NULL before the identity.',
  bad: { schema: 'CREATE TABLE a (x int);', sql: 'ALTER TABLE a ADD COLUMN y int DEFAULT (SELECT max(x) FROM a);' },
  good: { schema: 'CREATE TABLE a (x int);', sql: 'ALTER TABLE a ADD COLUMN y int DEFAULT 7;' },
  on: ['AT_AddColumn', 'AT_ColumnDefault', 'AT_AddIdentity'],
  always: true,
  check(act, at) {
    const why = act.kind === 'AT_AddIdentity' ? refusedIdentity(act, at) : refusedDefault(act, at)
    return why ? { categories: ['fails'], message: `${why}: the server refuses` } : undefined
  },
}

function refusedIdentity({ node }: Act, at: At): string | undefined {
  const column = at.column(node.name)
  if (column?.notNull === false) return `${node.name} may be NULL, and an identity may not`
  return column?.default || column?.identity ? `${node.name} has a default already` : undefined
}

function refusedDefault(act: Act, at: At): string | undefined {
  const added = act.kind === 'AT_AddColumn'
  const value: Node | undefined = added ? beside(definitionOf(act), 'CONSTR_DEFAULT')?.raw_expr : act.node.def
  if (!value) return undefined
  if ([...nodesOf('SubLink', value)].length) return 'a default reads no table'
  if ([...nodesOf('ColumnRef', value)].length) return 'a default reads no column'
  const type = added ? typeOf(definitionOf(act).typeName) : at.column(act.node.name)?.type
  const labels = type && !type.array ? at.catalog.types.get(type.name) : undefined
  const text = value.A_Const?.sval?.sval
  return labels?.kind === 'enum' && text !== undefined && !labels.labels.includes(text)
    ? `'${text}' is no value of ${type!.name}`
    : undefined
}
