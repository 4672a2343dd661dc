import { type Name, objectName, said } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const dropCascade: Rule = {
  id: 'drop-cascade',
  name: 'What goes with it, unnamed',
  when: 'Any DROP … CASCADE.',
  harm: 'Columns, defaults, views and constraints that depend on it go too, and no line of the migration says which.',
  instead: 'Drop what depends on it by name, first.',
  bad: { schema: "CREATE TYPE state AS ENUM ('a'); CREATE TABLE t (s state);", sql: 'DROP TYPE state CASCADE;' },
  good: { schema: "CREATE TYPE state AS ENUM ('a');", sql: 'DROP TYPE state;' },
  on: ['DropStmt', 'AT_DropConstraint', 'AT_DropColumn'],
  check({ kind, node }, at) {
    if (node.behavior !== 'DROP_CASCADE') return undefined
    const names: Name[] = kind === 'DropStmt' ? (node.objects ?? []).map(objectName) : [{ name: node.name }]
    const fresh = (n: Name) =>
      at.isFresh(n) || at.catalog.types.get(n.name)?.fresh || at.catalog.routines.get(n.name)?.fresh || at.catalog.schemas.has(n.name)
    return names.every(fresh)
      ? undefined
      : {
          categories: ['destructive', 'breaking'],
          message: `all that depends on ${names.map(said).join(', ')} goes too, and no line says what`,
        }
  },
}
