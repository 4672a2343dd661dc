import { inSql, strings } from '../ast.ts'
import { constraintNode, heldLong } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'

export const addUniqueBuilding: Rule = {
  id: 'add-unique-building',
  name: 'A unique constraint that builds its index under lock',
  when: 'ADD CONSTRAINT … UNIQUE without USING INDEX, or a new column that is UNIQUE.',
  harm: 'The table is locked against everything while the index is built.',
  instead: 'CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_note UNIQUE (note);',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE UNIQUE INDEX orders_note ON orders (note);',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_note UNIQUE USING INDEX orders_note;',
  },
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  check(act, at) {
    const unique = act.kind === 'AT_AddColumn' ? beside(act.node.def?.ColumnDef ?? {}, 'CONSTR_UNIQUE') : constraintNode(act)
    if (unique?.contype !== 'CONSTR_UNIQUE' || unique.indexname) return undefined
    const columns = unique.keys ? strings(unique.keys) : [act.node.def?.ColumnDef?.colname ?? '']
    const name = inSql(unique.conname ?? `${at.target.name}_${columns.join('_')}_key`)
    return heldLong(at.long('ACCESS EXCLUSIVE', 'indexed'), [
      `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${at.written} (${columns.map(inSql).join(', ')});`,
      `ALTER TABLE ${at.written} ADD CONSTRAINT ${name} UNIQUE USING INDEX ${name};`,
    ])
  },
}
