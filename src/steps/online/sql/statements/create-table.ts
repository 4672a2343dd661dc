// A new table: nobody waits for it. An undo drops it while it is empty.
import { relationName } from '../../../../lint/ast.ts'
import { named, relation, short } from '../../words.ts'
import { making } from '../as-it-is.ts'
import { type Compile, inExpand } from '../here.ts'

export const createTable: Compile = (here) => {
  const { relation: made, if_not_exists, inhRelations = [] } = here.node
  here.refuseMaybe(if_not_exists, 'IF NOT EXISTS')
  if (made.relpersistence === 't') here.refuse('it is there for one session only', 'Leave it out.')
  for (const { RangeVar } of inhRelations)
    if (!here.isFresh(here.table(RangeVar)))
      here.refuse(
        `${relationName(RangeVar).name} is locked against everybody while it gets a part more, and its default partition is read`,
        'Make the table by itself, and attach it with ddl(…) in a window in which nobody works.',
      )
  const id = here.table(made)
  here.reading.fresh.add(id)
  return [
    inExpand(
      [id],
      making(here, {
        what: `table ${short(id)}`,
        there: `${relation(id)} is not null`,
        drop: `drop table ${named(id)}`,
        rowsOf: named(id),
      }),
    ),
  ]
}
