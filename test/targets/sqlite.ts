// What the tests of SQLite as the target begin with.
import { bigint, into, mapping, migration, table } from '../../src/index.ts'
import type { Columns } from '../../src/schema/table.ts'
import { openSqlitePlace, type Place, place } from './place.ts'

export const at = (sql: string) => place(openSqlitePlace, () => sql)

/** One row for each of the old table's, with the same values. */
export function copying(old: string, target: string, columns: Columns) {
  const all: Columns = { id: bigint().key(), ...columns }
  const [source, to] = [table(`main.${old}`, all), table(`main.${target}`, all)]
  return migration(
    'copying',
    mapping(source, (r) => into(to, Object.fromEntries(Object.keys(all).map((c) => [c, r[c]!])) as never)),
  )
}

export const own = (p: Place, sql: string) => p.app.sql(sql)
