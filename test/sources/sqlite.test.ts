// A mapping whose rows stand in a SQLite file: everything arrives as it is written, or the run says which row does not.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { plan, quarantineList, run, undo, verify } from '../../src/api.ts'
import { openSource } from '../../src/databases/open.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { withSources } from '../../src/databases/sources.ts'
import { bigint, database, into, mapping, migration, numeric, table, text } from '../../src/index.ts'
import { generous, quickClock } from '../crash/process.ts'
import { difference, dumpOf } from '../crash/state.ts'
import { objections } from '../guarantees/engine.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const old = database('old').table('main.thing', {
  id: bigint().key(),
  name: text().null(),
  size: text().null(),
  price: text().null(),
  data: text().null(),
})
const thing = table('public.thing', {
  id: bigint().key(),
  name: text(),
  size: bigint().null(),
  price: numeric(20, 6).null(),
  data: text().null(),
})
const things = migration(
  'things',
  mapping(old, (r) => into(thing, { id: r.id, name: r.name.required(), size: r.size.asInt(), price: r.price.asDecimal(), data: r.data })),
)
const here = 'create table thing (id bigint primary key, name text not null, size bigint, price numeric(20, 6), data text)'

async function place(fill: (db: DatabaseSync) => void) {
  const dir = mkdtempSync(path.join(tmpdir(), 'godwit-sqlite-'))
  const file = path.join(dir, 'old.db')
  const sqlite = new DatabaseSync(file)
  sqlite.exec('create table thing (id integer primary key, name text, size integer, price real, data blob)')
  fill(sqlite)
  sqlite.close()
  const target = await freshDatabase()
  await query(target.url, here)
  const db = withSources(await openPostgres({ url: target.url }), new Map([['old', await openSource({ engine: 'sqlite', at: file })]]))
  const done = async () => {
    await db.close()
    await target.drop()
    rmSync(dir, { recursive: true })
  }
  const go = async () => run(await plan(things, db, { budget: generous, chunk: 7, workers: 2 }), db, { clock: quickClock })
  return { db, go, file, url: target.url, [Symbol.asyncDispose]: done }
}

const odd = [
  'plain',
  'tab\there',
  'back\\slash',
  'line\nend\r\n',
  '\\N',
  '\\.',
  '',
  ' ',
  `it's "so"`,
  '🐦 e\u0301',
  '\ufffd there',
  '\u0001\u001f',
]

test('values arrive as they are written, and back it goes', async () => {
  await using p = await place((db) => {
    const put = db.prepare('insert into thing values (?, ?, ?, ?, ?)')
    for (const [i, name] of odd.entries()) put.run(i - 3, name, i, i / 8, null)
    put.run(100n, 'big', 9223372036854775807n, 0.1, new Uint8Array([0, 255, 92]))
    put.run(101n, 'small', -9223372036854775808n, 1e13, null)
    put.run(102n, 'text in a number', 'twelve', null, null)
    put.run(103n, null, 1, null, null)
    put.run(104n, 'a fraction', 1.5, null, null)
  })
  const before = await dumpOf(p.url)
  await p.go()
  expect(await query(p.url, `select name from thing where id < 50 order by id`)).toEqual(odd.map((name) => [name]))
  expect(await query(p.url, `select size, trim_scale(price), data from thing where id in (100, 101) order by id`)).toEqual([
    ['9223372036854775807', '0.1', '\\x00ff5c'],
    ['-9223372036854775808', '10000000000000', null],
  ])
  const planned = await plan(things, p.db)
  expect((await quarantineList(planned, p.db)).map((q) => [q.key, q.code, q.raw['size']])).toEqual([
    ['102', 'CAST_NUMERIC', 'twelve'],
    ['103', 'NULL_NOT_ALLOWED', '1'],
    ['104', expect.any(String), '1.5'],
  ])
  expect(objections(await verify(planned, p.db))).toEqual([])
  await undo(planned, p.db, { clock: quickClock })
  expect(await difference(before, await dumpOf(p.url))).toBeUndefined()
})

test.each([
  ['NUL', `insert into thing (id, name) values (5, 'a' || char(0) || 'b')`, '\\x610062'],
  ['what is no UTF-8', `insert into thing (id, name) values (5, cast(x'61ff62' as text))`, '\\x61ff62'],
])('%s is not replaced: that row goes to quarantine with its bytes, the others go', async (_, sql, bytes) => {
  await using p = await place((db) => {
    db.exec(`insert into thing (id, name) values (4, 'good'), (6, 'a\ufffdb')`)
    db.exec(sql)
  })
  await p.go()
  expect(await query(p.url, 'select id, name from thing order by id')).toEqual([
    ['4', 'good'],
    ['6', 'a\ufffdb'],
  ])
  const planned = await plan(things, p.db)
  expect((await quarantineList(planned, p.db)).map((q) => [q.key, q.code, q.raw['name']])).toEqual([['5', 'ENCODING', bytes]])
  expect(objections(await verify(planned, p.db))).toEqual([])
})

test('a file that is not there is not made', async () => {
  await expect(openSource({ engine: 'sqlite', at: '/nowhere/at/all.db' })).rejects.toMatchObject({ code: 'GW_SOURCE_FILE' })
})

test('of no rows come none, and nothing is verified', async () => {
  await using p = await place(() => {})
  await expect(p.go()).rejects.toMatchObject({ code: 'GW_VERIFY_NO', exit: 4 })
  expect(await query(p.url, 'select count(*) from thing')).toEqual([['0']])
  expect((await verify(await plan(things, p.db), p.db)).verdict).toBe('not verified')
})
