// A table under a new name, and a view under the old one: whoever says the old name reads and writes the same rows.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import { partsOf } from '../engine-words.ts'
import type { Step } from '../step.ts'
import { brief, online, reasonsOf } from './move.ts'
import { isTable, isView, standIn, standInReasons } from './stand-in.ts'
import { idOf, named, quote, short } from './words.ts'

export function renameTable(table: Table | string, to: string): Step {
  const id = idOf(table)
  const renamed = `${partsOf(id).schema}.${to}`
  return online({
    kind: 'online rename table',
    title: `${short(id)} is called ${to}, and by its old name as well`,
    at: origin(),
    changes: [id],
    params: { table: id, to },
    elsewhere: (words) => words.renameTable(id, to),
    moves: [
      {
        ...brief({
          name: 'rename',
          sql: [`alter table ${named(id)} rename to ${quote(to)}`, ...standIn(id, renamed)],
          there: `${isTable(renamed)} and ${isView(id)}`,
          back: [
            `do $$ begin if ${isTable(renamed)} then drop view if exists ${named(id)}; alter table ${named(renamed)} rename to ${quote(partsOf(id).name)}; end if; end $$`,
          ],
        }),
        says: `alter table ${named(id)} rename to ${quote(to)}; a view by the old name, with the rights of the table`,
      },
    ],
    against: (hands) => reasonsOf(hands, standInReasons(id, renamed).join(' union all ')),
  })
}
