import { dottedName, type Node, nodesOf } from '../ast.ts'
import type { At } from '../at.ts'
import type { Rule } from '../rule.ts'

export const enumValueInTransaction: Rule = {
  id: 'enum-value-in-transaction',
  name: 'A new value of an enum that cannot be used yet',
  when: 'ADD VALUE and a use of it in one transaction; before Postgres 12 ADD VALUE in any.',
  harm: 'The server refuses.',
  instead: 'Two migrations.',
  bad: {
    schema: "CREATE TYPE state AS ENUM ('a'); CREATE TABLE t (s state);",
    sql: "ALTER TYPE state ADD VALUE 'b'; UPDATE t SET s = 'b' WHERE s = 'a';",
    transaction: true,
  },
  good: { schema: "CREATE TYPE state AS ENUM ('a'); CREATE TABLE t (s state);", sql: "ALTER TYPE state ADD VALUE 'b';", transaction: true },
  on: [
    'AlterEnumStmt',
    'InsertStmt',
    'UpdateStmt',
    'DeleteStmt',
    'SelectStmt',
    'MergeStmt',
    'AT_AddColumn',
    'AT_ColumnDefault',
    'AT_AddConstraint',
    'CreateStmt',
    'IndexStmt',
    'ViewStmt',
  ],
  always: true,
  check({ kind, node, within }, at) {
    if (kind === 'AlterEnumStmt') {
      const fresh = at.catalog.types.get(dottedName(node.typeName).name)?.fresh
      const refused = at.scene.pg < 12 && (at.scene.inTransaction || within) && !node.oldVal && !fresh
      return refused
        ? { categories: ['fails'], message: 'before Postgres 12 no value is added in a transaction: the server refuses' }
        : undefined
    }
    if (at.scene.newLabels.size === 0 || !mayHoldIt(kind, node, at)) return undefined
    const used = [...nodesOf('A_Const', node)].find((c) => at.scene.newLabels.has(c.sval?.sval))
    return used
      ? { categories: ['fails'], message: `'${used.sval.sval}' was added in this transaction, and cannot be used in it` }
      : undefined
  },
}

/** Not where rows are written whose columns are all known, and none is an enum. */
function mayHoldIt(kind: string, node: Node, at: At): boolean {
  const written = ['InsertStmt', 'UpdateStmt'].includes(kind) && !node.selectStmt?.SelectStmt?.fromClause && !node.fromClause
  if (!written || !at.table?.whole || at.table.kind !== 'table') return true
  return [...at.table.columns.values()].some((c) => at.catalog.types.get(c.type.name)?.kind === 'enum')
}
