// A MariaDB table under a new name, and a view under the old one: both change places in one statement, so that nobody finds the name empty.
import { partsOf } from '../../engine-words.ts'
import { cut } from '../../retire/names.ts'
import { short } from '../words.ts'
import { first, holds, missing, present } from './asking.ts'
import type { Alteration } from './engine.ts'
import { at, literal, named, noTable, tableThere } from './mariadb-words.ts'

/** Says of an empty table that it only keeps a place. */
const placeholder = 'keeps the place of a table that is renamed by godwit'

const viewThere = (id: string): string => `select 1 as one from information_schema.tables where ${at(id)} and table_type = 'VIEW'`

export const renameTable = (id: string, name: string): Alteration => {
  const { schema } = partsOf(id)
  const renamed = `${schema}.${name}`
  const view = `${schema}.${cut(`godwit_${partsOf(id).name}_view`, 63)}`
  return {
    there: async (ask) => (await holds(ask, tableThere(renamed))) && holds(ask, viewThere(id)),
    against: (ask) =>
      first(
        () => missing(ask, [noTable(id)]),
        () =>
          present(ask, [
            [`select 1 as one from information_schema.tables where ${at(renamed)}`, `there is something called ${short(renamed)} already`],
          ]),
        // a right is given to a name there: it would be one to the view alone
        async () =>
          (
            await ask(
              ['table_privileges', 'column_privileges']
                .map(
                  (of) =>
                    `select distinct concat(grantee, ' has rights of his own on it') as reason from information_schema.${of} where ${at(id)}`,
                )
                .join(' union '),
            )
          ).map((r) => r['reason']!),
      ),
    forward: async ({ ask }) => {
      const left = await holds(
        ask,
        `select 1 as one from information_schema.tables where ${at(renamed)} and table_comment = ${literal(placeholder)}`,
      )
      return [
        [
          `drop view if exists ${named(view)}`,
          ...(left ? [`drop table ${named(renamed)}`] : []),
          // a view can only be made of what is there
          `create table ${named(renamed)} comment = ${literal(placeholder)} select * from ${named(id)} limit 0`,
          `create algorithm = merge sql security invoker view ${named(view)} as select * from ${named(renamed)}`,
          `drop table ${named(renamed)}`,
          `rename table ${named(id)} to ${named(renamed)}, ${named(view)} to ${named(id)}`,
        ],
      ]
    },
    back: async () => [[`rename table ${named(id)} to ${named(view)}, ${named(renamed)} to ${named(id)}`, `drop view ${named(view)}`]],
  }
}
