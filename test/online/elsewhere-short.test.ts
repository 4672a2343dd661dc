// Changes of a SQLite table in one go, there and back; the lives of each of them, on all engines, are in the deep lane.
import { expect, onTestFinished, test } from 'vitest'
import { connect, plan, run, undo } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import type { Steps } from '../../src/migration/migration.ts'
import { quickClock } from '../crash/process.ts'
import { serverUrl } from '../support/postgres.ts'
import { openSqlitePlace } from '../targets/place.ts'

test('a constraint less, another type and another name, and all of it back', async () => {
  const { url, app, drop } = await openSqlitePlace()
  await app.sql(`create table mark (person int, word text not null, n int default 1, constraint small check (n < 10));
    create view marks as select person, n from mark; insert into mark values (1, 'x', 1), (1, 'y', 2)`)
  const db = await connect(url, { workshop: serverUrl() })
  onTestFinished(async () => {
    await db.close()
    await app.end()
    await drop()
  })
  const { expand, cutover } = online.retype('mark', 'n', { to: 'text' }) as Steps
  const m = migration('short', {
    expand: [online.dropConstraint('mark', 'small'), ...expand!],
    cutover: [...cutover!, online.renameTable('mark', 'score')],
  })
  const made = `select name, replace(sql, '"', '') from sqlite_schema where name not like 'godwit%' and name not like 'sqlite%' order by name`
  const before = await app.sql(made)
  await run(await plan(m, db), db, { clock: quickClock })
  expect(Object.fromEntries(await app.sql(made))).toEqual({
    mark: 'CREATE VIEW mark as select * from score',
    marks: 'CREATE VIEW marks as select person, n from score',
    score: 'CREATE TABLE score (person int, word text not null, n text default 1)',
  })
  expect(await app.sql(`select typeof(n), n from marks order by n`)).toEqual([
    ['text', '1'],
    ['text', '2'],
  ])
  await undo(await plan(m, db, { recorded: true }), db, { clock: quickClock })
  expect(await app.sql(made)).toEqual(before)
  expect(await app.sql('select typeof(n), n from mark order by n')).toEqual([
    ['integer', '1'],
    ['integer', '2'],
  ])
})
