// ALTER TABLE: each of its commands by itself.

import { columnsIn, type Node, strings } from '../../../../lint/ast.ts'
import { partsOf } from '../../../engine-words.ts'
import { named, nameFor, quote } from '../../words.ts'
import { onFresh } from '../as-it-is.ts'
import { commands } from '../commands/index.ts'
import { type Compile, inExpand } from '../here.ts'
import { unknown } from './unknown.ts'

export const alterTable: Compile = (here) => {
  const { node, wording } = here
  if (node['objtype'] !== 'OBJECT_TABLE') return unknown(here)
  const id = here.table(node['relation'])
  if (here.isFresh(id)) return [inExpand([id], onFresh(here, backOf(id, node)))]
  here.refuseMaybe(node['missing_ok'], 'IF EXISTS')
  if (!node['relation'].inh) here.refuse('ONLY leaves partitions out', 'Leave ONLY out.')
  const parts = wording.parts({ from: wording.behindName(node['relation'].location ?? 0), to: wording.end })
  return (node['cmds'] as { AlterTableCmd: Record<string, any> }[]).flatMap(({ AlterTableCmd: command }, i) => {
    here.refuseMaybe(command['missing_ok'], command['subtype'] === 'AT_AddColumn' ? 'IF NOT EXISTS' : 'IF EXISTS')
    here.refuseCascade(command['behavior'])
    const way = commands[command['subtype']]
    return way ? way({ here, id, command, span: parts[i]! }) : unknown(here)
  })
}

const endings: Readonly<Record<string, string>> = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'fkey',
  CONSTR_PRIMARY: 'pkey',
  CONSTR_UNIQUE: 'key',
}

/** What may stand on things that were made later, and are gone before the table is. */
const backOf = (id: string, node: Node): string[] =>
  (node['cmds'] as { AlterTableCmd: Node }[])
    .flatMap(({ AlterTableCmd: c }) => {
      const way = backs[c['subtype']]
      return way ? [`alter table ${named(id)} ${way(c, partsOf(id).name)}`] : []
    })
    .toReversed()

const backs: Readonly<Record<string, (command: Node, table: string) => string>> = {
  AT_AddColumn: ({ def }) => `drop column if exists ${quote(def.ColumnDef.colname)}`,
  AT_ColumnDefault: ({ name }) => `alter column ${quote(name)} drop default`,
  AT_AddConstraint: ({ def: { Constraint: c } }, table) => {
    const columns = c.contype === 'CONSTR_PRIMARY' ? [] : [...strings(c.keys ?? c.fk_attrs), ...new Set(columnsIn(c.raw_expr))]
    const said = c.contype === 'CONSTR_CHECK' && columns.length > 1 ? [] : columns
    return `drop constraint if exists ${quote(c.conname ?? nameFor(table, ...said, endings[c.contype] ?? 'excl'))}`
  },
}
