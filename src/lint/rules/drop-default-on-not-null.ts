import { isNullLiteral } from '../ast.ts'
import { isOn } from '../at.ts'
import type { Rule } from '../rule.ts'

export const dropDefaultOnNotNull: Rule = {
  id: 'drop-default-on-not-null',
  name: 'A default that inserts rely on',
  when: 'DROP DEFAULT, SET DEFAULT NULL, or DROP IDENTITY, where the column is NOT NULL.',
  harm: 'Inserts of programs that leave the column out fail.',
  instead: 'Keep the default until every program fills the column.',
  bad: { schema: 'CREATE TABLE a (x int NOT NULL DEFAULT 0);', sql: 'ALTER TABLE a ALTER COLUMN x DROP DEFAULT;' },
  good: { schema: 'CREATE TABLE a (x int DEFAULT 0);', sql: 'ALTER TABLE a ALTER COLUMN x DROP DEFAULT;' },
  on: ['AT_ColumnDefault', 'AT_DropIdentity'],
  check({ kind, node }, at) {
    const column = at.column(node.name)
    const had = kind === 'AT_DropIdentity' ? column?.identity : column?.default
    const again = at.later.some(
      (a) =>
        (isOn(a, 'AT_ColumnDefault', at.name, node.name) && a.node.def && !isNullLiteral(a.node.def)) ||
        isOn(a, 'AT_AddIdentity', at.name, node.name),
    )
    const gone = at.later.some((a) => isOn(a, 'AT_DropNotNull', at.name, node.name))
    if (!column?.notNull || !had || (node.def && !isNullLiteral(node.def)) || again || gone) return undefined
    return { categories: ['breaking'], message: `inserts that leave ${at.name}.${node.name} out fail` }
  },
}
