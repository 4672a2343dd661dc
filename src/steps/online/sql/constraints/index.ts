// One way for each kind of constraint, whether it is said of a column or of a table.
import { type Node, strings } from '../../../../lint/ast.ts'
import type { ForeignKeyAction } from '../../../../schema/schema.ts'
import { partsOf } from '../../../engine-words.ts'
import { check } from '../../check.ts'
import { foreignKey } from '../../foreign-key.ts'
import { primaryKey } from '../../primary-key.ts'
import { unique } from '../../unique.ts'
import { nameFor } from '../../words.ts'
import { type Compiled, columnsOf, type Here, inExpand } from '../here.ts'
import type { Span } from '../wording.ts'

export interface Constrained {
  readonly here: Here
  readonly id: string
  readonly node: Node
  readonly span: Span
  /** Those that it is over, in their order. */
  readonly alone: readonly string[]
  /** All that it names. */
  readonly columns: readonly string[]
  /** DEFERRABLE and the like. */
  readonly manner: readonly string[]
}

type CompileConstraint = (of: Constrained) => readonly Compiled[]

const on = ({ id, columns }: Constrained): readonly string[] => columnsOf(id, [...columns, '*'])
const isDeferrable = ({ manner }: Constrained): boolean =>
  manner.some((m) => m === 'CONSTR_ATTR_DEFERRABLE' || m === 'CONSTR_ATTR_DEFERRED')

function refuseOptions({ here, node, manner }: Constrained): void {
  if (node['nulls_not_distinct'] || node['including'] || node['options'] || node['indexspace'] || node['without_overlaps'])
    here.refuse(
      'INCLUDE, WITH, NULLS NOT DISTINCT and WITHOUT OVERLAPS are not known here',
      'Leave them out, or build the index by hand with CONCURRENTLY.',
    )
  if (node['indexname'])
    here.refuse(
      'an undo that takes the constraint back would take the index along',
      'Say its columns: the index is built beside everybody anyway.',
    )
  if (manner.includes('CONSTR_ATTR_NOT_ENFORCED') || node['is_no_inherit'])
    here.refuse('NOT ENFORCED and NO INHERIT hold for some rows only', 'Leave it out.')
  if (manner.includes('CONSTR_ATTR_DEFERRED') && node['contype'] !== 'CONSTR_FOREIGN')
    here.refuse('INITIALLY DEFERRED is not known here', 'Say DEFERRABLE, and SET CONSTRAINTS where it is wanted.')
}

const actions: Readonly<Record<string, ForeignKeyAction>> = { r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' }

export const constraints: Readonly<Record<string, CompileConstraint>> = {
  CONSTR_CHECK: (of) => {
    const { here, id, node, span, alone, columns } = of
    refuseOptions(of)
    const condition = here.wording.cut(here.wording.inBrackets(here.wording.after('check', span)!))
    // as Postgres names them: by the column, where there is only one
    const named = alone.length ? alone : [...new Set(columns)]
    const name = node['conname'] ?? nameFor(partsOf(id).name, ...(named.length === 1 ? named : []), 'check')
    return [inExpand(on(of), check(id, name, condition, { notYet: node['skip_validation'] === true }))]
  },
  CONSTR_UNIQUE: (of) => {
    refuseOptions(of)
    const name = of.node['conname']
    return [inExpand(on(of), unique(of.id, of.alone, { ...(name ? { name } : {}), ...(isDeferrable(of) ? { deferrable: true } : {}) }))]
  },
  CONSTR_PRIMARY: (of) => {
    refuseOptions(of)
    const name = of.node['conname']
    if (isDeferrable(of)) of.here.refuse('nothing could point at a key that is looked at later', 'Leave DEFERRABLE out.')
    return [inExpand(on(of), primaryKey(of.id, of.alone, name ? { name } : {}))]
  },
  CONSTR_FOREIGN: (of) => {
    const { here, id, node, alone } = of
    refuseOptions(of)
    if (node['fk_matchtype'] !== 's' || node['fk_del_set_cols'] || node['fk_with_period'])
      here.refuse('MATCH FULL, columns of SET NULL and PERIOD are not known here', 'Leave it out, or write it as ddl(…), NOT VALID first.')
    const name = node['conname']
    return [
      inExpand(
        on(of),
        foreignKey(id, alone, here.table(node['pktable']), strings(node['pk_attrs']), {
          ...(name ? { name } : {}),
          ...(actions[node['fk_del_action']] ? { onDelete: actions[node['fk_del_action']]! } : {}),
          ...(actions[node['fk_upd_action']] ? { onUpdate: actions[node['fk_upd_action']]! } : {}),
          ...(isDeferrable(of) ? { deferrable: true } : {}),
          ...(of.manner.includes('CONSTR_ATTR_DEFERRED') ? { deferred: true } : {}),
          ...(node['skip_validation'] ? { notYet: true } : {}),
        }),
      ),
    ]
  },
}
