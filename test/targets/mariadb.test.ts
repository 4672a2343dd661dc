// What is MariaDB's own: its types, its collations, its commits. Where none is reachable these tests are skipped, and counted as skipped.
import { expect, test } from 'vitest'
import {
  bigint,
  bool,
  bytea,
  date,
  ddl,
  double,
  into,
  mapping,
  migration,
  numeric,
  real,
  table,
  text,
  timestamp,
  uuid,
  varchar,
} from '../../src/index.ts'
import type { Columns } from '../../src/schema/table.ts'
import { objections } from '../guarantees/engine.ts'
import { hasMariadb } from '../support/mariadb.ts'
import { openMariadbPlace } from './engines.ts'
import { type Kind, type Place, place } from './place.ts'

const at = (sql: string) => place(openMariadbPlace, () => sql)

/** One row for each of the old table's, with the same values. */
function copying({ schema }: Kind, columns: Columns) {
  const all: Columns = { id: bigint().key(), ...columns }
  const [source, to] = [table(`${schema}.old`, all), table(`${schema}.new`, all)]
  return migration(
    'copying',
    mapping(source, (r) => into(to, Object.fromEntries(Object.keys(all).map((c) => [c, r[c]!])) as never)),
  )
}
const twice = (columns: string) => `create table old (id int primary key, ${columns}); create table new (id int primary key, ${columns});`

const wide = `i bigint, u bigint unsigned, z int(8) unsigned zerofill, n decimal(12,3), f float, d double, b bit(1), bits bit(9), x varbinary(20), t varchar(40), l longtext character set latin1, e enum('glad','sad'), s set('a','b'),
  j json, day date, m datetime(6), stamp timestamp(3) null, clock time(2), y year, k uuid`
const wideColumns: Columns = {
  i: bigint().null(),
  u: numeric(20, 0).null(),
  z: bigint().null(),
  n: numeric(12, 3).null(),
  f: real().null(),
  d: double().null(),
  b: bool().null(),
  bits: numeric(20, 0).null(),
  x: bytea().null(),
  t: varchar(40).null(),
  l: text().null(),
  e: text().null(),
  s: text().null(),
  j: text().null(),
  day: date().null(),
  m: timestamp().null(),
  stamp: timestamp().null(),
  clock: text().null(),
  y: bigint().null(),
  k: uuid().null(),
}

test.skipIf(!hasMariadb)('every kind of value arrives as it is, and back it goes', async () => {
  await using p = await at(`${twice(wide)}
    insert into old values
    (1, 9223372036854775807, 18446744073709551615, 7, 12345.678, 0.1, 0.1, 1, 5, x'00ff5c', 'tab\\t\\\\ \\n 🐦', 'Grüße', 'glad', 'b,a', '{"a": [1, 2.50]}', '2020-02-29', '2020-01-01 00:00:00.123456', '2021-03-04 05:06:07.89', '-838:59:59', 1999, '550e8400-e29b-41d4-a716-446655440000'),
    (2, -9223372036854775808, 0, 0, -0.001, -1.5e30, 1e300, 0, 0, '', '', '', 'sad', '', 'null', '1000-01-01', '9999-12-31 23:59:59.999999', '1970-01-01 00:00:01', '00:00:00.5', 2155, null),
    (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
    (4, 0, 1, 4294967295, 999999999.999, 16777217, 5e-324, 1, 511, repeat(x'00', 20), '\\\\N', 'a''b"c', 'glad', 'a', '[]', '2020-01-01', '2020-01-01', '2020-01-01 12:00:00', '12:00:00', 2000, null)`)
  const m = copying(p.kind, wideColumns)
  await p.run(m)
  const shown = `select id, i, u, z, n, cast(f as double), d, b + 0, bits + 0, hex(x), t, l, e, s, j, day, m, stamp, clock, y, k from`
  expect(await p.app.sql(`${shown} new order by id`)).toEqual(await p.app.sql(`${shown} old order by id`))
  await p.app.sql(`update old set m = '2020-01-01 00:00:01', b = 0, x = x'aa', f = 0.3, l = 'ä' where id = 4`)
  await p.again()
  await p.run(m)
  expect(await p.app.sql(`${shown} new order by id`)).toEqual(await p.app.sql(`${shown} old order by id`))
  expect(objections(await p.verify(m))).toEqual([])
  await p.again()
  await p.undo(m)
  expect(await p.rows('new')).toEqual([])
})

test.skipIf(!hasMariadb)('a date of zeros is named before anything is done; as text it is for the mapping to judge', async () => {
  await using p = await at(`${twice('day date')} set sql_mode = ''; insert into old values (1, '2020-01-02'), (2, '0000-00-00')`)
  await expect(p.run(copying(p.kind, { day: date().null() }))).rejects.toMatchObject({
    code: 'GW_TARGET_VALUE',
    message: expect.stringContaining('old (id) = (2): day is declared date and holds a date that is none.'),
  })
  const old = table(`${p.kind.schema}.old`, { id: bigint().key(), day: text().null() })
  const to = table(`${p.kind.schema}.new`, { id: bigint().key(), day: date().null() })
  const m = migration(
    'judged',
    mapping(old, (r) => into(to, { id: r.id, day: r.day.asDate('YYYY-MM-DD') })),
  )
  await p.again()
  await p.run(m)
  expect(await p.app.sql('select id, day from new')).toEqual([['1', '2020-01-02']])
  expect(await p.quarantine(m)).toEqual(['old 2 DATE_INVALID'])
})

test.skipIf(!hasMariadb)('texts that its collation takes for one', async () => {
  await using p = await at(`
    create table old (id int primary key, t varchar(20) collate utf8mb4_bin); create table new (id int primary key, t varchar(20), unique (t));
    insert into old values (1, 'Abc'), (2, 'aBC'), (3, 'x'), (4, 'y '), (5, 'Own'); insert into new values (90, 'own')`)
  const m = copying(p.kind, { t: varchar(20).null() })
  await p.run(m)
  expect((await p.quarantine(m)).toSorted()).toEqual(['old 1 UNIQUE_CONFLICT', 'old 2 UNIQUE_CONFLICT', 'old 5 UNIQUE_CONFLICT'])
  expect(await p.app.sql('select t from new order by id')).toEqual([['x'], ['y '], ['own']])
  // é is e there, and not in the workshop: nothing is delivered, and it is said
  await p.app.sql(`insert into old values (6, 'resume'), (7, 'résumé')`)
  await p.again()
  await p.run(m).then(
    () => expect.unreachable(),
    (e: unknown) => expect(e).toMatchObject({ code: 'GW_TARGET_MOVED', message: expect.stringContaining('Duplicate entry') }),
  )
  expect(await p.app.sql('select count(*) from new')).toEqual([['3']])
})

const failing = async (p: Place, columns: Columns) =>
  p.run(copying(p.kind, columns)).then(
    () => 'done',
    (e: unknown) => e as { code: string; message: string },
  )

test.skipIf(!hasMariadb)('what the server would change, cut or refuse', async () => {
  {
    await using p = await at(
      `create table old (id int primary key, t varchar(20)); create table new (id int primary key, t char(20)); insert into old values (1, 'a'), (2, 'blank ')`,
    )
    expect(await failing(p, { t: varchar(20).null() })).toMatchObject({
      code: 'GW_NOT_AS_SENT',
      message: expect.stringContaining(`(id) = (2): t was sent as 'blank ' and stands there as 'blank'`),
    })
    expect(await p.rows('new')).toEqual([])
  }
  {
    await using p = await at(
      `create table old (id int primary key, t varchar(20)); create table new (id int primary key, t varchar(20) character set latin1, check (t <> 'no' or length(t) > 100)); insert into old values (1, 'a'), (2, '🐦')`,
    )
    expect(await failing(p, { t: varchar(20).null() })).toMatchObject({ code: 'GW_TARGET_REFUSED' })
    await p.app.sql(`update old set t = 'long text, but not too long' where 1 = 0; update old set t = 'b' where id = 2`)
    await p.again()
    expect(await failing(p, { t: varchar(20).null() })).toBe('done')
  }
  {
    await using p = await at(
      `${twice('t varchar(20)')} insert into old values (1, 'a'); create trigger x before insert on new for each row set new.t = upper(new.t)`,
    )
    expect(await failing(p, { t: varchar(20).null() })).toMatchObject({ code: 'GW_NOT_AS_SENT' })
  }
  {
    await using p = await at(
      `create table old (id int primary key, t varchar(20)); create table new (id int primary key, t varchar(20)) engine = MyISAM; insert into old values (1, 'a')`,
    )
    expect(await failing(p, { t: varchar(20).null() })).toMatchObject({
      code: 'GW_TARGET_UNSUPPORTED',
      message: expect.stringContaining('MyISAM'),
    })
  }
})

test.skipIf(!hasMariadb)('rows that point at each other and at themselves, and values that change hands', async () => {
  await using p = await at(`
    create table old (id int primary key, t varchar(20), boss int); insert into old values (1, 'a', 3), (2, 'b', 1), (3, 'c', null);
    create table new (id int primary key, t varchar(20) not null, boss int, room int, unique (t), foreign key (boss) references new (id));
    create table room (id int primary key, owner int, foreign key (owner) references new (id));
    alter table new add foreign key (room) references room (id)`)
  const { schema } = p.kind
  const old = table(`${schema}.old`, { id: bigint().key(), t: varchar(20).null(), boss: bigint().null() })
  const to = table(`${schema}.new`, { id: bigint().key(), t: varchar(20), boss: bigint().null(), room: bigint().null() })
  const room = table(`${schema}.room`, { id: bigint().key(), owner: bigint().null() })
  const people = mapping(old, (r) => into(to, { id: r.id, t: r.t.required(), boss: r.boss }), { name: 'people' })
  const rooms = mapping(old, (r) => into(room, { id: r.id, owner: r.id }), { name: 'rooms', ignore: { t: 'no', boss: 'no' } })
  const m = migration('circle', people, rooms)
  await p.run(m)
  expect(await p.app.sql('select n.id, n.boss, r.owner from new n join room r on r.id = n.id order by 1')).toEqual([
    ['1', '3', '1'],
    ['2', '1', '2'],
    ['3', null, '3'],
  ])
  await p.app.sql(`update old set t = case id when 1 then 'new' when 2 then 'a' else 'b' end`)
  await p.again()
  await p.run(m)
  expect(await p.app.sql('select id, t from new order by id')).toEqual([
    ['1', 'new'],
    ['2', 'a'],
    ['3', 'b'],
  ])
  await p.again()
  await p.undo(m)
  expect(await p.rows('new', 'room')).toEqual([])
})

test.skipIf(!hasMariadb)('a change of the schema is made there, marked, and taken back; numbers are given back', async () => {
  await using p = await at(`
    create table old (id int primary key, word varchar(20)); insert into old values (1, 'a'), (2, null), (3, 'c');
    create table new (id bigint auto_increment primary key, word varchar(20) not null, at datetime default current_timestamp() on update current_timestamp(), size int generated always as (length(word)) stored)`)
  const { schema } = p.kind
  const old = table(`${schema}.old`, { id: bigint().key(), word: varchar(20).null() })
  const to = table(`${schema}.new`, {
    id: bigint().key().identity(),
    word: varchar(20),
    at: timestamp().null(),
    size: bigint().null().generated(),
  })
  const step = ddl('index', { forward: 'create index new_word on new (word)', back: 'drop index new_word on new' })
  const m = migration(
    'changed',
    mapping(old, (r) => into(to, { word: r.word.required() })),
    { expand: [step] },
  )
  const indexes = () =>
    p.app.sql(`select index_name from information_schema.statistics where table_schema = database() and index_name = 'new_word'`)
  await p.run(m)
  expect(await indexes()).toHaveLength(1)
  expect(await p.app.sql('select id, word, size, at is null from new')).toEqual([
    ['1', 'a', '1', '0'],
    ['3', 'c', '1', '0'],
  ])
  await p.app.sql(`update old set word = 'ccc' where id = 3`)
  await p.again()
  await p.run(m)
  expect(await p.app.sql('select id, size from new')).toEqual([
    ['1', '1'],
    ['3', '3'],
  ])
  await p.again()
  await p.undo(m)
  expect(await indexes()).toHaveLength(0)
  await p.app.sql(`insert into new (word) values ('theirs')`)
  expect(await p.app.sql('select id from new')).toEqual([['1']])
})
