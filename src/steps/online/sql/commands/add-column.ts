// A column more, with all that is said of it.
import { columnsIn, type Node, typeOf } from '../../../../lint/ast.ts'
import { Catalog } from '../../../../lint/catalog.ts'
import { volatilityOf } from '../../../../lint/volatile.ts'
import { addColumn } from '../../add-column.ts'
import { constraints } from '../constraints/index.ts'
import { columnsOf, type Here, inExpand } from '../here.ts'
import type { Span } from '../wording.ts'
import type { CompileCommand } from './command.ts'

/** What says more of the constraint before it. */
const manners = /^CONSTR_ATTR_/
const plain = ['CONSTR_DEFAULT', 'CONSTR_NOTNULL', 'CONSTR_NULL']

interface Said {
  readonly node: Node
  readonly span: Span
  readonly manner: readonly string[]
}

export const addColumnCommand: CompileCommand = ({ here, id, command, span }) => {
  const column: Node = command['def'].ColumnDef
  const name: string = column['colname']
  const all = saidOf(column, span)
  refuseNumbers(here, column, all)
  const type = here.wording.cut({ from: column['typeName'].location ?? 0, to: all[0]?.span.from ?? span.to })
  const given = all.find((c) => c.node['contype'] === 'CONSTR_DEFAULT')
  const notNull = all.some((c) => c.node['contype'] === 'CONSTR_NOTNULL')
  if (notNull && !given)
    here.refuse(
      'rows that are there have no value, and the versions of the application that do not know it give none',
      'Give it a DEFAULT; or add it without NOT NULL, fill it, and say SET NOT NULL in a later migration.',
    )
  return [
    inExpand(columnsOf(id, [name, '*']), addColumn(id, name, { type, ...givenValue(here, given), ...(notNull ? { notNull } : {}) })),
    ...all
      .filter((c) => !plain.includes(c.node['contype']))
      .flatMap(({ node, span: at, manner }) => {
        const way = constraints[node['contype']]
        if (!way) return here.refuse('its values would be computed while the whole table is locked', 'Make a plain column, and fill it.')
        return way({ here, id, node, span: at, columns: [name, ...columnsIn(node['raw_expr'])], manner, alone: [name] })
      }),
  ]
}

/** Each from where it begins to where the next one does. */
function saidOf(column: Node, span: Span): Said[] {
  const nodes: Node[] = (column['constraints'] ?? []).map((c: Node) => c['Constraint'])
  const all = nodes.map((node, i) => ({
    node,
    span: { from: node['location'] ?? 0, to: nodes.slice(i + 1).find((n) => !manners.test(n['contype']))?.['location'] ?? span.to },
  }))
  return all.flatMap((one, i) => {
    if (manners.test(one.node['contype'])) return []
    const behind = all.slice(i + 1)
    const next = behind.findIndex((o) => !manners.test(o.node['contype']))
    return [{ ...one, manner: behind.slice(0, next < 0 ? undefined : next).map((o) => o.node['contype'] as string) }]
  })
}

/** The same for all rows is no work; another one for each is filled in, a few rows at a time. */
function givenValue(here: Here, given: Said | undefined): { default?: string; each?: string } {
  if (!given) return {}
  const text = here.wording.cut(here.wording.after('default', given.span)!)
  const calls = volatilityOf(given.node['raw_expr'], new Catalog())
  return calls.volatile ? { each: text } : { default: text }
}

function refuseNumbers(here: Here, column: Node, all: readonly Said[]): void {
  const type = typeOf(column['typeName'])
  if (type.name.endsWith('serial') || all.some((c) => c.node['contype'] === 'CONSTR_IDENTITY'))
    here.refuse(
      'every row gets its number while the whole table is locked and written anew',
      `Make a sequence, and add the column with DEFAULT nextval('…').`,
    )
  if (all.some((c) => c.node['contype'] === 'CONSTR_GENERATED'))
    here.refuse(
      'every row is computed while the whole table is locked and written anew',
      'Make a plain column, and fill it by a mapping or a trigger.',
    )
}
