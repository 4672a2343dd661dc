// A SQLite table under a new name. Views, triggers and references follow it by themselves; by the old name a view shows its rows, and
// SQLite refuses whoever would write to it.
import { first, holds, missing, present } from './asking.ts'
import type { Alteration } from './engine.ts'
import { noTable, short } from './sqlite-anew.ts'
import { literal, named, nameOf, quote } from './sqlite-rebuild.ts'

const called = (name: string, type: string): string =>
  `select 1 as one from sqlite_schema where type ${type} and name = ${literal(name)} collate nocase`

export const renameTable = (id: string, to: string): Alteration => ({
  there: async (ask) => (await holds(ask, called(to, `= 'table'`))) && holds(ask, called(nameOf(id), `= 'view'`)),
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id)]),
      () => present(ask, [[called(to, `in ('table', 'view', 'index')`), `there is something called ${to} already`]]),
      async () => (to.toLowerCase() === nameOf(id).toLowerCase() ? [`${short(id)} is called so already`] : []),
    ),
  forward: async () => [
    [
      // the other way would leave what others say of the table as it is
      'pragma legacy_alter_table = off',
      `alter table ${named(id)} rename to ${quote(to)}`,
      `create view ${named(id)} as select * from ${quote(to)}`,
    ],
  ],
  back: async () => [['pragma legacy_alter_table = off', `drop view ${named(id)}`, `alter table ${quote(to)} rename to ${named(id)}`]],
})
