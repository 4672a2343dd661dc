import { dottedName, relationName } from '../ast.ts'
import type { At } from '../at.ts'
import { signature } from '../replay/make.ts'
import { columnsGiven, typesGiven } from '../replay/queries.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const replacedOtherwise: Rule = {
  id: 'replaced-otherwise',
  name: 'A view or function that is made anew with another shape',
  when: 'CREATE OR REPLACE VIEW whose first columns are not those of before, or of another type; CREATE OR REPLACE FUNCTION that gives another type back.',
  harm: 'The server refuses.',
  instead: 'Add columns at the end; else drop it and make it again, in one transaction.',
  bad: {
    schema: 'CREATE TABLE a (x int, y int); CREATE VIEW v AS SELECT x, y FROM a;',
    sql: 'CREATE OR REPLACE VIEW v AS SELECT y FROM a;',
  },
  good: {
    schema: 'CREATE TABLE a (x int, y int); CREATE VIEW v AS SELECT x FROM a;',
    sql: 'CREATE OR REPLACE VIEW v AS SELECT x, y FROM a;',
  },
  on: ['ViewStmt', 'CreateFunctionStmt'],
  always: true,
  check(act, at) {
    const other = act.node.replace && (act.kind === 'ViewStmt' ? otherColumns(act, at) : otherType(act, at))
    return other ? { categories: ['fails'], message: `${other}: the server refuses` } : undefined
  },
}

function otherColumns({ node }: Act, at: At): string | undefined {
  const before = at.catalog.table(relationName(node.view))
  const given = before?.gives
  const wanted = columnsGiven(node.query, at.catalog, node.aliases)
  const lost = wanted && given?.find((name, i) => wanted[i] !== name)
  if (lost) return `the view has a column ${lost}, and no longer in its place`
  const types = typesGiven(node.query, at.catalog)
  const other = before?.givesTypes?.findIndex((type, i) => type !== undefined && types?.[i] !== undefined && types[i] !== type) ?? -1
  return other < 0
    ? undefined
    : `column ${given?.[other] ?? other + 1} of the view was ${before!.givesTypes![other]}, and is ${types![other]} now`
}

function otherType({ node }: Act, at: At): string | undefined {
  const known = at.catalog.routines.get(dottedName(node.funcname).name)
  const { takes, gives } = signature(node)
  return known && known.takes === takes && known.gives !== gives ? `it gave ${known.gives || 'nothing'} back, and now ${gives}` : undefined
}
