// Other names: the old ones go on beside them where people say them.
import { relationName } from '../../../../lint/ast.ts'
import { renameColumn } from '../../rename-column.ts'
import { renameTable } from '../../rename-table.ts'
import { renameWithin } from '../../rename-within.ts'
import { type Compile, type Compiled, type Here, inExpand, later } from '../here.ts'
import { unknown } from './unknown.ts'

type Renamed = (here: Here, id: string) => Compiled

const ways: Readonly<Record<string, Renamed>> = {
  OBJECT_COLUMN: (here, id) => {
    if (here.node['relationType'] !== 'OBJECT_TABLE') return unknown(here)[0]!
    return later(renameColumn(id, here.node['subname'], here.node['newname']), [`${id}.${here.node['subname']}`], [id])
  },
  OBJECT_TABLE: (here, id) => {
    here.reading.renamed.set(id, here.node['newname'])
    return inExpand([id], renameTable(id, here.node['newname']))
  },
  OBJECT_TABCONSTRAINT: (here, id) =>
    inExpand([`${id}.${here.node['subname']}`], renameWithin('constraint', id, here.node['subname'], here.node['newname'])),
  OBJECT_INDEX: (here, id) => inExpand([id], renameWithin('index', id, relationName(here.node['relation']).name, here.node['newname'])),
}

export const rename: Compile = (here) => {
  const way = ways[here.node['renameType']]
  if (!way) return unknown(here)
  here.refuseMaybe(here.node['missing_ok'], 'IF EXISTS')
  const id = here.table(here.node['relation'])
  if (here.isFresh(id)) here.refuse('it is made in this file', 'Give it this name where it is made.')
  return [way(here, id)]
}
