// What is SQLite's own: what it lets into a column, how it counts and compares, and how a rebuilt table takes others with it.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import {
  bigint,
  bool,
  bytea,
  date,
  double,
  int,
  into,
  mapping,
  migration,
  numeric,
  smallint,
  table,
  text,
  timestamp,
  uuid,
  uuidOf,
} from '../../src/index.ts'
import { objections } from '../guarantees/engine.ts'
import { at, copying, own } from './sqlite.ts'

test('every kind of value arrives as it is, and back it goes', async () => {
  await using p = await at(`
    create table old (id integer primary key, i bigint, d double, n decimal(10,2), b boolean, x blob, t varchar(10), day datetime);
    create table new (id integer primary key, i bigint, d double, n decimal(10,2), b boolean, x blob, t varchar(10), day datetime);
    insert into old values (1, 9223372036854775807, 0.1, 12.5, 1, x'00ff5c', 'tab' || char(9) || char(10) || '\\N 🐦', '2020-01-01'),
      (2, -9223372036854775808, -1e300, -0.01, 0, x'', '', 'Tuesday'), (3, null, 5e-324, 123456789012345, null, null, null, null),
      (4, 0, 9e999, 0, 1, zeroblob(3), 'a\ufffdb', '1e5'), (5, 1, 123456789.123, 1e-7, 1, null, '\\.', 20200101);`)
  const columns = {
    i: bigint().null(),
    d: double().null(),
    n: numeric().null(),
    b: bool().null(),
    x: bytea().null(),
    t: text().null(),
    day: text().null(),
  }
  const m = copying('old', 'new', columns)
  await p.run(m)
  const types = 'select id, i, typeof(i), d, typeof(d), n, typeof(n), b, typeof(b), hex(x), typeof(x), t, day, typeof(day) from'
  expect(await own(p, `${types} new order by id`)).toEqual(await own(p, `${types} old order by id`))
  await p.again()
  expect(objections(await p.verify(m))).toEqual([])
  await p.undo(m)
  expect(await p.rows('new')).toEqual([])
})

test.each([
  ['text in a column of numbers', `insert into old values (7, 'lots')`, 'text'],
  ['a fraction in one', 'insert into old values (7, 1.5)', 'a number with a fraction'],
  ['bytes in one', `insert into old values (7, x'00')`, 'bytes'],
])('%s is named before anything is done; as text it is for the mapping to judge', async (_, insert, kind) => {
  await using p = await at(
    `create table old (id integer primary key, size int); create table new (id integer primary key, size int); insert into old values (1, 12); ${insert}`,
  )
  const plain = copying('old', 'new', { size: bigint().null() })
  await expect(p.run(plain)).rejects.toMatchObject({
    code: 'GW_TARGET_VALUE',
    message: `main.old (id) = (7): size is declared INT and holds ${kind}.`,
  })
  const old = table('main.old', { id: bigint().key(), size: text().null() })
  const to = table('main.new', { id: bigint().key(), size: bigint().null() })
  const m = migration(
    'texts',
    mapping(old, (r) => into(to, { id: r.id, size: r.size.asInt() })),
  )
  await p.again()
  await p.run(m)
  expect(await own(p, 'select id, size from new')).toEqual([['1', '12']])
  expect(await p.quarantine(m)).toHaveLength(1)
})

test('a column is what the table of the migration says it is, as long as every value of it is one', async () => {
  await using p = await at(`
    create table old (id integer primary key, day text, price text, n int);
    create table new (id integer primary key, day text, moment text, price text, size int, token text);
    insert into old values (1, '2020-02-29', '1.50', 1), (2, null, '-0.05', 40000)`)
  const old = table('main.old', { id: bigint().key(), day: date().null(), price: numeric(8, 2).null(), n: int().null() })
  const to = table('main.new', {
    id: bigint().key(),
    day: date().null(),
    moment: timestamp().null(),
    price: numeric(8, 3).null(),
    size: smallint().null(),
    token: uuid().null(),
  })
  const m = migration(
    'said',
    mapping(old, (r) =>
      into(to, {
        id: r.id,
        day: r.day,
        moment: '2020-01-01 12:30:00.5',
        price: r.price.plus(1),
        size: r.n,
        token: uuidOf('x', r.id),
      } as never),
    ),
  )
  await p.run(m)
  expect(await own(p, 'select day, moment, price, size, length(token) from new')).toEqual([
    ['2020-02-29', '2020-01-01 12:30:00.5', '2.500', '1', '36'],
  ])
  expect(await p.quarantine(m)).toEqual(['old 2 OUT_OF_RANGE'])
  await p.again()
  expect(objections(await p.verify(m))).toEqual([])
  await own(p, `insert into old values (3, '29/02/2020', null, null)`)
  await expect(p.run(m)).rejects.toMatchObject({
    code: 'GW_TARGET_VALUE',
    message: 'main.old (id) = (3): day is declared TEXT and holds text.',
  })
})

test.each([
  ['NUL', `insert into old values (7, 'a' || char(0) || 'b')`, 'text with a NUL in it'],
  ['what is no UTF-8', `insert into old values (7, cast(x'61ff' as text))`, 'text that is not UTF-8'],
])('%s is not replaced: its row is named', async (_, insert, kind) => {
  await using p = await at(
    `create table old (id integer primary key, t text); create table new (id integer primary key, t text); insert into old values (1, 'a\ufffd'); ${insert}`,
  )
  await expect(p.run(copying('old', 'new', { t: text().null() }))).rejects.toMatchObject({
    code: 'GW_TARGET_VALUE',
    message: expect.stringContaining(kind),
  })
})

test('what the column makes of a value is seen before it stays there', async () => {
  await using p = await at(
    `create table old (id integer primary key, t text); create table new (id integer primary key, t date); insert into old values (1, 'yes'), (2, '01.50')`,
  )
  await expect(p.run(copying('old', 'new', { t: text().null() }))).rejects.toMatchObject({
    code: 'GW_NOT_AS_SENT',
    message: expect.stringContaining(`main.new (id) = (2): t was sent as '01.50' and stands there as '1.5'`),
  })
  expect(await p.rows('new')).toEqual([])
  expect(await own(p, `select count(*) from sqlite_schema where name like 'godwit%'`)).toEqual([['0']])
})

test('triggers fire: what one changes is seen, what one swallows is seen, what one refuses is said', async () => {
  const tables = `create table old (id integer primary key, t text); create table new (id integer primary key, t text); create table log (n integer); insert into old values (1, 'a'), (2, 'b')`
  const m = copying('old', 'new', { t: text().null() })
  const withTrigger = async (body: string) => {
    const p = await at(`${tables}; create trigger x ${body}`)
    const problem = await p.run(m).then(
      () => undefined,
      (e: unknown) => e as { code: string; message: string },
    )
    const rows = await p.rows('new', 'log')
    const notes = (await p.plan(m)).findings.map((f) => f.code)
    await p[Symbol.asyncDispose]()
    return { code: problem?.code, rows, notes }
  }
  expect(await withTrigger(`after insert on new begin insert into log values (new.id); end`)).toEqual({
    code: undefined,
    rows: ['new 1 | a', 'new 2 | b', 'log 1', 'log 2'],
    notes: ['GW_TRIGGER'],
  })
  expect(await withTrigger(`after insert on new when new.id = 2 begin update new set t = upper(t) where id = new.id; end`)).toMatchObject({
    code: 'GW_NOT_AS_SENT',
    rows: [],
  })
  expect(await withTrigger(`before insert on new when new.id = 2 begin select raise(ignore); end`)).toMatchObject({
    code: 'GW_NOT_AS_SENT',
    rows: [],
  })
  expect(await withTrigger(`before insert on new when new.id = 2 begin select raise(abort, 'not this one'); end`)).toMatchObject({
    code: 'GW_TARGET_REFUSED',
    rows: [],
  })
  expect(await withTrigger(`after insert on new when new.id = 2 begin delete from old where id = 1; end`)).toMatchObject({
    code: 'GW_ROWS_LOST',
    rows: [],
  })
})

test('keys: folded where the column folds, conditions where Postgres reads them, the rest at the delivery', async () => {
  await using p = await at(`
    create table old (id integer primary key, mail text, n integer);
    create table new (id integer primary key, mail text collate nocase unique, n integer check (n < 100));
    insert into old values (1, 'A@x', 1), (2, 'a@X', 2), (3, 'ä@x', 3), (4, 'Ä@x', 4), (5, 'b@x', 500);
    insert into new values (90, 'C@X', 1)`)
  await own(p, `insert into old values (6, 'c@x', 6)`)
  const m = copying('old', 'new', { mail: text().null(), n: bigint().null() })
  await p.run(m)
  expect((await p.quarantine(m)).toSorted()).toEqual([
    'old 1 UNIQUE_CONFLICT',
    'old 2 UNIQUE_CONFLICT',
    'old 5 CHECK_FAILED',
    'old 6 UNIQUE_CONFLICT',
  ])
  expect(await p.rows('new')).toEqual(['new 3 | ä@x | 3', 'new 4 | Ä@x | 4', 'new 90 | C@X | 1'])
  await p.undo(m)
  await own(p, `create unique index odd on new (abs(n - 4)) where mail glob '*x'`)
  await p.again()
  await expect(p.run(m)).resolves.toBeDefined()
  await p.undo(m)
  await own(p, `create unique index odder on new (typeof(n)) where n > 2`)
  await p.again()
  await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_TARGET_REFUSED', message: expect.stringContaining('odder') })
  expect(await p.rows('new')).toEqual(['new 90 | C@X | 1'])
})

test('STRICT, WITHOUT ROWID, generated columns, and keys of several columns', async () => {
  await using p = await at(`
    create table old (id integer primary key, a text, b integer);
    create table new (a text not null, b integer not null, note text, size integer generated always as (length(a)) virtual, primary key (a, b)) strict, without rowid;
    insert into old values (1, 'one', 1), (2, 'two', 2), (3, 'two', 3); insert into new (a, b, note) values ('own', 0, 'mine')`)
  const old = table('main.old', { id: bigint().key(), a: text().null(), b: bigint().null() })
  const to = table('main.new', { a: text().key(), b: bigint().key(), note: text().null(), size: bigint().null().generated() })
  const m = migration(
    'strict',
    mapping(old, (r) => into(to, { a: r.a.required(), b: r.b.required(), note: r.id.asText() })),
  )
  await p.run(m)
  expect(await p.rows('new')).toEqual(['new one | 1 | 1 | 3', 'new own | 0 | mine | 3', 'new two | 2 | 2 | 3', 'new two | 3 | 3 | 3'])
  await own(p, `update old set a = 'three' where id = 3`)
  await p.again()
  await p.run(m)
  expect(await p.rows('new')).toContain('new three | 3 | 3 | 5')
  await p.again()
  expect(objections(await p.verify(m))).toEqual([])
  await p.undo(m)
  expect(await p.rows('new')).toEqual(['new own | 0 | mine | 3'])
})

test('numbers: AUTOINCREMENT hands none out twice, and has its own back after an undo', async () => {
  await using p = await at(`
    create table old (id integer primary key, t text); insert into old values (10, 'a'), (11, null), (12, 'c');
    create table new (id integer primary key autoincrement, t text not null); insert into new values (5, 'gone'); delete from new`)
  const old = table('main.old', { id: bigint().key(), t: text().null() })
  const to = table('main.new', { id: bigint().key().identity(), t: text() })
  const m = migration(
    'drawn',
    mapping(old, (r) => into(to, { t: r.t.required() })),
  )
  await p.run(m)
  expect(await p.rows('new')).toEqual(['new 6 | a', 'new 8 | c'])
  expect(await own(p, 'select seq from sqlite_sequence')).toEqual([['8']])
  await p.undo(m)
  expect(await own(p, 'select seq from sqlite_sequence')).toEqual([['5']])
  await p.run(m)
  await own(p, `insert into new (t) values ('theirs')`)
  await p.again()
  await p.undo(m)
  expect(await p.rows('new')).toEqual(['new 9 | theirs'])
  expect(await own(p, 'select seq from sqlite_sequence')).toEqual([['9']])
})

test('values that change hands between rows, and rows that point at each other', async () => {
  await using p = await at(`
    create table old (id integer primary key, t text, boss integer); insert into old values (1, 'a', 3), (2, 'b', 1), (3, 'c', null);
    create table new (id integer primary key, t text not null unique, boss integer references new (id) on delete restrict)`)
  const old = table('main.old', { id: bigint().key(), t: text().null(), boss: bigint().null() })
  const to = table('main.new', { id: bigint().key(), t: text(), boss: bigint().null().references('main.new.id') })
  const m = migration(
    'chain',
    mapping(old, (r) => into(to, { id: r.id, t: r.t.required(), boss: r.boss })),
  )
  await p.run(m)
  await own(p, `update old set t = case id when 1 then 'new' when 2 then 'a' else 'b' end`)
  await p.again()
  await p.run(m)
  expect(await p.rows('new')).toEqual(['new 1 | new | 3', 'new 2 | a | 1', 'new 3 | b | null'])
  await p.again()
  await p.undo(m)
  expect(await p.rows('new')).toEqual([])
})

test('a file in WAL mode, and a reader who keeps an old picture of it open', async () => {
  await using p = await at(
    `create table old (id integer primary key, t text); create table new (id integer primary key, t text); insert into old values (1, 'a'); pragma journal_mode = wal`,
  )
  const reader = new DatabaseSync(p.url.slice('sqlite:'.length))
  reader.exec('begin; select * from old')
  await p.run(copying('old', 'new', { t: text().null() }))
  expect(reader.prepare('select count(*) as n from new').get()).toMatchObject({ n: 0 })
  reader.exec('rollback')
  reader.close()
  expect(await p.rows('new')).toEqual(['new 1 | a'])
  expect(await own(p, 'pragma journal_mode')).toEqual([['wal']])
})

test('what only SQLite can compute is refused by name; what is no table as well', async () => {
  await using p = await at(`
    create table old (id integer primary key, t text); create view seen as select id, upper(t) as t from old; insert into old values (1, 'a');
    create table new (id integer primary key, t text, token text default (lower(hex(randomblob(4)))))`)
  const source = table('main.seen', { id: text().key(), t: text().null() })
  const to = table('main.new', { id: bigint().key(), t: text().null(), token: text().null() })
  const m = (token: boolean) =>
    migration(
      'own',
      mapping(source, (r) => into(to, { id: r.id.asInt().required(), t: r.t, ...(token ? { token: 'x' } : {}) })),
    )
  await expect(p.run(m(false))).rejects.toMatchObject({ code: 'GW_TARGET_UNSUPPORTED', message: expect.stringContaining('main.new.token') })
  await p.again()
  await p.run(m(true))
  expect(await p.rows('new')).toEqual(['new 1 | A | x'])
})
