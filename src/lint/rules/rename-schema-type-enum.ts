import { type Name, type Node, objectName, relationName } from '../ast.ts'
import type { Rule } from '../rule.ts'

export const renameSchemaTypeEnum: Rule = {
  id: 'rename-schema-type-enum',
  name: 'A schema, a type or a value under another name',
  when: 'RENAME of a schema, a type, a domain, a function, a sequence or a value of an enum; SET SCHEMA of these.',
  harm: 'Programs that run know the old name, and fail.',
  instead: 'Make the new one, move over, drop the old one later.',
  bad: { schema: "CREATE TYPE state AS ENUM ('a');", sql: "ALTER TYPE state RENAME VALUE 'a' TO 'b';" },
  good: { schema: "CREATE TYPE state AS ENUM ('a');", sql: "ALTER TYPE state ADD VALUE 'b';", transaction: false },
  on: ['RenameStmt', 'AlterEnumStmt', 'AlterObjectSchemaStmt'],
  check({ kind, node }, at) {
    const what = kind === 'RenameStmt' ? node.renameType : kind === 'AlterEnumStmt' ? 'VALUE' : node.objectType
    if (!named.includes(what) || (what === 'VALUE' && !node.oldVal)) return undefined
    const { name } = renamed(what, node)
    const fresh = at.catalog.types.get(name)?.fresh || at.catalog.routines.get(name)?.fresh || at.catalog.schemas.has(name)
    return fresh
      ? undefined
      : { categories: ['breaking'], message: `programs that know ${what === 'VALUE' ? `'${node.oldVal}'` : name} fail` }
  },
}

function renamed(what: string, node: Node): Name {
  if (what === 'OBJECT_SCHEMA') return { name: node.subname }
  return node.relation ? relationName(node.relation) : objectName(node.object ?? { List: { items: node.typeName } })
}

const named = [
  'VALUE',
  'OBJECT_SCHEMA',
  'OBJECT_TYPE',
  'OBJECT_DOMAIN',
  'OBJECT_FUNCTION',
  'OBJECT_PROCEDURE',
  'OBJECT_ROUTINE',
  'OBJECT_DATABASE',
  'OBJECT_SEQUENCE',
]
