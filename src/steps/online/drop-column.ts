// A column dropped for good. Whoever wants a way back retires it first.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import { shelfOf } from '../retire/shelf.ts'
import type { Step } from '../step.ts'
import { brief, online, reasonsOf } from './move.ts'
import { columnThere, idOf, named, quote, reason, short } from './words.ts'

export function dropColumn(table: Table | string, column: string): Step {
  const id = idOf(table)
  return online({
    kind: 'online drop column',
    title: `drop ${short(id)}.${column}`,
    at: origin(),
    changes: [id],
    params: { table: id, column },
    irreversible: 'its values are gone (retireColumns keeps them)',
    elsewhere: (words) => words.dropColumn(id, column),
    moves: [
      brief({
        name: 'drop',
        sql: `alter table ${named(id)} drop column ${quote(column)} restrict`,
        there: `not ${columnThere(id, column)}`,
      }),
    ],
    against: async (hands) => {
      const missing = await reasonsOf(hands, reason(`not ${columnThere(id, column)}`, `there is no column ${short(id)}.${column}`))
      return missing.length ? missing : shelfOf('postgres').needing({ table: id, column }, [], hands.target)
    },
  })
}
