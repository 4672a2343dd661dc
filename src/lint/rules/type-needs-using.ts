import { type Node, typeOf, typeText } from '../ast.ts'
import { type At, isOn } from '../at.ts'
import { needsUsing } from '../casts.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'
import { definitionOf } from './retyping.ts'

export const typeNeedsUsing: Rule = {
  id: 'type-needs-using',
  name: 'A type that does not become the other by itself',
  when: 'ALTER COLUMN … TYPE without USING between types that have no cast of their own, as text to integer; with USING, where the default of the column has none.',
  harm: 'The server refuses.',
  instead:
    'USING, which writes every row anew; DROP DEFAULT before and SET DEFAULT after. While people work: a new column, filled in batches.',
  bad: { schema: 'CREATE TABLE a (x text);', sql: 'ALTER TABLE a ALTER COLUMN x TYPE int;' },
  good: { schema: 'CREATE TABLE a (x varchar(10));', sql: 'ALTER TABLE a ALTER COLUMN x TYPE text;' },
  on: ['AT_AlterColumnType'],
  always: true,
  check(act, at) {
    const column = at.column(act.node.name)
    const { typeName, raw_default: using } = definitionOf(act)
    const to = typeOf(typeName)
    if (!column || !needsUsing(column.type, to, at.catalog)) return undefined
    if (!using)
      return {
        categories: ['fails'],
        message: `${typeText(column.type)} does not become ${typeText(to)} without USING: the server refuses`,
      }
    return column.default && !isSequence(column.default) && !dropsDefault(act, at)
      ? { categories: ['fails'], message: `the default of ${column.name} does not become ${typeText(to)}: the server refuses` }
      : undefined
  },
}

/** A serial's default is told by its type. */
const isSequence = (value: Node): boolean => Boolean(value.names ?? value.FuncCall)

/** What one ALTER TABLE drops is gone before its types change. */
const dropsDefault = (act: Act, at: At): boolean =>
  (act.whole.cmds ?? []).some((c: Node) => {
    const node = c.AlterTableCmd ?? {}
    return isOn({ ...act, kind: node.subtype, node }, 'AT_ColumnDefault', at.name, act.node.name) && !node.def
  })
