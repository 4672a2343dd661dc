// A constraint, as it is said of a table.
import { columnsIn, strings } from '../../../../lint/ast.ts'
import { constraints } from '../constraints/index.ts'
import { unknown } from '../statements/unknown.ts'
import type { CompileCommand } from './command.ts'

const looked = ['CONSTR_CHECK', 'CONSTR_FOREIGN']

export const addConstraint: CompileCommand = ({ here, id, command, span }) => {
  const node = command['def'].Constraint
  const way = constraints[node.contype]
  if (!way) return unknown(here)
  const alone = strings(node.keys ?? node.fk_attrs)
  const manner = [
    ...(node.deferrable ? ['CONSTR_ATTR_DEFERRABLE'] : []),
    ...(node.initdeferred ? ['CONSTR_ATTR_DEFERRED'] : []),
    ...(looked.includes(node.contype) && !node.is_enforced ? ['CONSTR_ATTR_NOT_ENFORCED'] : []),
  ]
  return way({ here, id, node, span, alone, columns: [...alone, ...columnsIn(node.raw_expr)], manner })
}
