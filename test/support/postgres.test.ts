// The ground under the other tests.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase, query, serverUrl } from './postgres.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'gw-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

function sqlFile(name: string, sql: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, sql)
  return file
}

test('each database is its own, and gone when dropped', async () => {
  await using one = await freshDatabase()
  await using other = await freshDatabase()
  await query(one.url, 'create table mine (id int)')
  expect(await query(other.url, `select to_regclass('mine')`)).toEqual([[null]])
  await one.drop()
  expect(await query(serverUrl(), 'select from pg_database where datname = $1', [one.name])).toEqual([])
})

test('a fixture is loaded once and copied', async () => {
  const load = [sqlFile('a.sql', `create table t (id int); insert into t values (1);`), sqlFile('b.sql', 'insert into t values (2)')]
  const databases = await Promise.all([freshDatabase({ load }), freshDatabase({ load }), freshDatabase({ from: 'named', load })])
  databases.push(await freshDatabase({ from: 'named' }))
  for (const { url } of databases) expect(await query(url, 'select id from t order by id')).toEqual([['1'], ['2']])
  for (const { drop } of databases) await drop()
})

test('a fixture with a mistake in it says which file, each time', async () => {
  const load = [sqlFile('bad.sql', 'create table half (id int); select nothing')]
  await expect(freshDatabase({ load })).rejects.toThrow(/bad\.sql: column "nothing" does not exist/)
  await expect(freshDatabase({ load })).rejects.toThrow(/bad\.sql/)
})

test('values come as the server wrote them', async () => {
  await using db = await freshDatabase()
  expect(await query(db.url, `select 1.10::numeric, null, true, 9007199254740993::int8, '{"a":1}'::jsonb, array[1,2]`)).toEqual([
    ['1.10', null, 't', '9007199254740993', '{"a": 1}', '{1,2}'],
  ])
})
