import { inSql, strings } from '../ast.ts'
import { constraintNode, heldLong } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'

export const addPrimaryKeyBuilding: Rule = {
  id: 'add-primary-key-building',
  name: 'A primary key that builds its index under lock',
  when: 'ADD PRIMARY KEY without USING INDEX, or a new column that is PRIMARY KEY.',
  harm: 'The table is locked against everything while the index is built and every row is looked at for NULL.',
  instead: 'Make the columns NOT NULL first, build a unique index CONCURRENTLY, then ADD PRIMARY KEY USING INDEX.',
  bad: { schema: 'CREATE TABLE orders (id bigint NOT NULL);', sql: 'ALTER TABLE orders ADD PRIMARY KEY (id);' },
  good: {
    schema: 'CREATE TABLE orders (id bigint NOT NULL); CREATE UNIQUE INDEX orders_pkey ON orders (id);',
    sql: 'ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_pkey;',
  },
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  check(act, at) {
    const key = act.kind === 'AT_AddColumn' ? beside(act.node.def?.ColumnDef ?? {}, 'CONSTR_PRIMARY') : constraintNode(act)
    if (key?.contype !== 'CONSTR_PRIMARY' || key.indexname) return undefined
    const name = inSql(key.conname ?? `${at.target.name}_pkey`)
    return heldLong(at.long('ACCESS EXCLUSIVE', 'indexed'), [
      `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${at.written} (${strings(key.keys).map(inSql).join(', ')});`,
      `ALTER TABLE ${at.written} ADD CONSTRAINT ${name} PRIMARY KEY USING INDEX ${name};`,
    ])
  },
}
