// A column of SQLite that may be left without a value from now on: by a table made anew.
import { first, holds, lacking, missing, present } from './asking.ts'
import type { Alteration } from './engine.ts'
import { column, noColumn, noTable, rebuilt, said, short } from './sqlite-anew.ts'
import { withoutNotNull } from './sqlite-definition.ts'

export const dropNotNull = (id: string, c: string): Alteration => ({
  ...rebuilt(id, (d) => withoutNotNull(d, c)),
  already: true,
  there: (ask) => holds(ask, `${column(id, c)} and "notnull" = 0`),
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id), noColumn(id, c)]),
      () => present(ask, [[`${column(id, c)} and pk > 0`, `${short(id)}.${c} is part of the primary key`]]),
    ),
  hinders: (_, ask) => lacking(ask, said(id), c),
})
