// A mapping whose rows stand in MariaDB. Where none is reachable these tests are skipped, and counted as skipped.
import { afterAll, expect, test } from 'vitest'
import { connect, plan, quarantineList, run, undo, verify } from '../../src/api.ts'
import { bigint, database, into, mapping, migration, numeric, table, text } from '../../src/index.ts'
import { generous, quickClock } from '../crash/process.ts'
import { difference, dumpOf } from '../crash/state.ts'
import { objections } from '../guarantees/engine.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const root = hasMariadb ? await mariadbRoot() : undefined
afterAll(() => root?.end())

async function place(sql: readonly string[]) {
  const name = `godwit_${Math.random().toString(36).slice(2, 10)}`
  const reader = `${name}_r`
  await root!.query(`create database ${name} character set utf8mb4`)
  await root!.query(`use ${name}`)
  for (const s of sql) await root!.query(s)
  await root!.query(`create user ${reader}@'%' identified by 'reads'`)
  await root!.query(`grant select on ${name}.* to ${reader}@'%'`)
  const target = await freshDatabase()
  const url = new URL(mariadbUrl())
  const db = await connect(target.url, { sources: { shop: `mariadb://${reader}:reads@${url.hostname}:${url.port || 3306}/${name}` } })
  const done = async () => {
    await db.close()
    await root!.query(`drop database ${name}`)
    await root!.query(`drop user ${reader}@'%'`)
    await target.drop()
  }
  return { db, name, url: target.url, [Symbol.asyncDispose]: done }
}

const wide = [
  `create table item (id int primary key, name varchar(200), big bigint unsigned, price decimal(12,3), day date, moment datetime(6), bytes varbinary(20), f float, d double, mood enum('glad','sad'))`,
  `insert into item values (1, 'tab\\there \\\\ 🐦', 18446744073709551615, 12345.678, '2020-02-29', '2020-01-01 00:00:00.123456', x'00ff5c', 0.1, 0.1, 'glad')`,
  `insert into item values (2, '', 0, -0.001, null, null, null, null, 1e300, null)`,
  `set sql_mode = ''`,
  `insert into item values (3, 'zero', 1, 1, '0000-00-00', '0000-00-00 00:00:00', '', 1, 1, 'sad')`,
  `insert into item select seq + 10, concat('n', seq), seq, seq / 1000, '2021-01-01', now(6), null, seq, seq, 'sad' from seq_1_to_500`,
]

const migrationOf = (name: string) => {
  const item = database('shop').table(`${name}.item`, {
    id: bigint().key(),
    name: text().null(),
    big: numeric(20, 0).null(),
    price: numeric(12, 3).null(),
    day: text().null(),
    moment: text().null(),
    bytes: text().null(),
    f: text().null(),
    d: text().null(),
    mood: text().null(),
  })
  const thing = table('public.thing', {
    id: bigint().key(),
    name: text(),
    big: numeric(20, 0).null(),
    price: numeric(12, 3).null(),
    day: text().null(),
    moment: text().null(),
    bytes: text().null(),
    f: text().null(),
    d: text().null(),
    mood: text().null(),
  })
  return migration(
    'items',
    mapping(item, (r) =>
      into(thing, {
        id: r.id,
        name: r.name.required(),
        big: r.big,
        price: r.price,
        day: r.day.asDate('YYYY-MM-DD').asText(),
        moment: r.moment,
        bytes: r.bytes,
        f: r.f,
        d: r.d,
        mood: r.mood,
      }),
    ),
  )
}
const target = `create table thing (id bigint primary key, name text not null, big numeric(20, 0), price numeric(12, 3), day text, moment text, bytes text, f text, d text, mood text)`

test.skipIf(!root)('values arrive as the server has them; a date that is none is quarantined; the reader can only read', async () => {
  await using p = await place(wide)
  await query(p.url, target)
  const before = await dumpOf(p.url)
  const m = migrationOf(p.name)
  await run(await plan(m, p.db, { budget: generous, chunk: 50 }), p.db, { clock: quickClock })
  expect(await query(p.url, 'select name, big, price, day, moment, bytes, f, d, mood from thing where id < 3 order by id')).toEqual([
    [
      'tab\there \\ 🐦',
      '18446744073709551615',
      '12345.678',
      '2020-02-29',
      '2020-01-01 00:00:00.123456',
      '\\x00ff5c',
      '0.10000000149011612',
      '0.1',
      'glad',
    ],
    ['', '0', '-0.001', null, null, null, null, '1e300', null],
  ])
  const planned = await plan(m, p.db)
  expect((await quarantineList(planned, p.db)).map((q) => [q.key, q.code, q.raw['day']])).toEqual([['3', 'DATE_INVALID', '0000-00-00']])
  expect(await query(p.url, 'select read, migrated, quarantined from godwit.books')).toEqual([['503', '502', '1']])
  expect(objections(await verify(planned, p.db))).toEqual([])
  await undo(planned, p.db, { clock: quickClock })
  expect(await difference(before, await dumpOf(p.url))).toBeUndefined()
})

test.skipIf(!root)('a second run follows what has changed there', async () => {
  await using p = await place(wide)
  await query(p.url, target)
  const m = migrationOf(p.name)
  const go = async () => run(await plan(m, p.db, { budget: generous }), p.db, { clock: quickClock })
  await go()
  await root!.query(`update item set name = 'other' where id = 20`)
  await root!.query(`delete from item where id = 21`)
  await root!.query(`update item set day = '2022-02-02' where id = 3`)
  await go()
  expect(
    await query(p.url, `select count(*), count(*) filter (where name = 'other'), count(*) filter (where id in (3, 21)) from thing`),
  ).toEqual([['502', '1', '1']])
})

test.skipIf(!root)('texts that hold what stands between columns, or bytes that nobody can send, in rows of any length', async () => {
  const signs = ['\u0001', '\u001f', 'a\u001fb', '\u0001\u0001', '\\', 'a\\N\n\r\t', '\u001e', '', 'ä🐦', '\ufffd', '\0', 'a\0b']
  const lengths = [250, 251, 65_535, 65_536, 70_000, 300_000]
  await using p = await place(['create table item (id int primary key, a longtext, b longtext)'])
  await root!.query(`use ${p.name}`)
  const texts = [...signs, ...lengths.map((n) => 'x'.repeat(n)), ...signs.map((s) => `${'y'.repeat(100_000)}${s}`)]
  for (const [i, text] of texts.entries())
    await root!.query('insert into item values (?, ?, null), (?, null, ?)', [2 * i, text, 2 * i + 1, text])
  await query(p.url, 'create table public.copied (id int8, a text, b text, "godwit unheld" text)')
  const source = p.db.sources!.get('shop')!
  const columns = (await source.schema()).tables.get(`${p.name}.item`)!.columns.map(({ name, type }) => ({ name, type }))
  const sent = await source.send({ table: `${p.name}.item`, columns, key: ['id'], copy: 'public.copied' }, (body) => p.db.session(body), 1)
  expect(await query(p.url, sent.asked)).toEqual([[sent.rows, sent.digest]])
  const expected = texts.flatMap((text, i) => {
    const held = text.includes('\0') ? null : text
    const kept = (name: string) => (held === null ? `{"${name}":"\\\\x${Buffer.from(text).toString('hex')}"}` : null)
    return [
      [String(2 * i), held, null, kept('a')],
      [String(2 * i + 1), null, held, kept('b')],
    ]
  })
  expect(await query(p.url, 'select * from public.copied order by id')).toEqual(expected)
})

test.skipIf(!root)('the connection is asked again, wherever the last block ends', async () => {
  await using p = await place(['create table item (id int primary key, a longtext)'])
  await query(p.url, 'create table public.copied (id int8, a text, "godwit unheld" text)')
  const source = p.db.sources!.get('shop')!
  const columns = (await source.schema()).tables.get(`${p.name}.item`)!.columns.map(({ name, type }) => ({ name, type }))
  for (const rows of [1, 2, 3, 5, 9]) {
    await root!.query(`insert into ${p.name}.item select seq, repeat('x', 30000) from seq_1_to_${rows} on duplicate key update a = a`)
    const sent = await source.send(
      { table: `${p.name}.item`, columns, key: ['id'], copy: 'public.copied' },
      (body) => p.db.session(body),
      1,
    )
    expect(sent.rows).toBe(String(rows))
  }
  expect(await query(p.url, 'select count(*) from public.copied')).toEqual([['20']])
})
