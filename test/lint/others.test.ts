// MySQL and SQLite: the verdicts; and of SQLite itself, what it refuses.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { judgePlain } from '../../src/lint/plain/judge.ts'
import { mysqlShop, others, sqliteShop, sqliteVerdicts } from './verdicts/others.ts'

const shops = { mysql: mysqlShop, sqlite: sqliteShop }

test.each(others)('$dialect: $sql: $dangerous', ({ dialect, sql, dangerous }) => {
  const judged = judgePlain(dialect, sql, [shops[dialect]])
  expect([judged.dangerous, judged.findings.filter((f) => f.dangerous).map((f) => f.rule)]).toEqual([
    dangerous,
    dangerous ? expect.anything() : [],
  ])
})

/** Versions of SQLite differ in these, and one writes a file. */
const differs = /SET NOT NULL|ADD CONSTRAINT|VACUUM INTO/
const asked = sqliteVerdicts.map(([sql]) => sql).filter((sql) => !differs.test(sql))

test.each(asked)('SQLite itself: %s', (sql) => {
  const told = judgePlain('sqlite', sql, [sqliteShop]).findings.some((f) => f.categories.includes('fails'))
  const database = new DatabaseSync(':memory:')
  database.exec(sqliteShop)
  const run = () => database.exec(sql)
  if (told) expect(run).toThrow()
  else expect(run).not.toThrow()
  database.close()
})
