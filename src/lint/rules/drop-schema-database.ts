import { objectName, said } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const dropSchemaDatabase: Rule = {
  id: 'drop-schema-database',
  name: 'Everything of a schema, gone',
  when: 'DROP SCHEMA, DROP DATABASE, DROP OWNED.',
  harm: 'All that is in it is lost.',
  instead: 'Drop what is in it by name, and see what that is.',
  bad: { schema: 'CREATE SCHEMA old;', sql: 'DROP SCHEMA old;' },
  good: { schema: '', sql: 'CREATE SCHEMA new;' },
  on: ['DropStmt', 'DropdbStmt', 'DropOwnedStmt'],
  check(act, at) {
    const names = act.kind === 'DropStmt' ? (act.node.objects ?? []).map(objectName).map(said) : [act.node.dbname ?? 'what the role owns']
    if (act.kind === 'DropStmt' && act.node.removeType !== 'OBJECT_SCHEMA') return undefined
    if (names.every((n: string) => at.catalog.schemas.has(n))) return undefined
    return { categories: ['destructive', 'breaking'], message: `all that is in ${names.join(', ')} is lost` }
  },
}
