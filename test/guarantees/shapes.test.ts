// Keys of every kind, and targets with everything that a table can have about it.
import { describe, expect, test } from 'vitest'
import { key } from '../../src/expr/words/key.ts'
import {
  bigint,
  type Column,
  char,
  date,
  Expr,
  int,
  into,
  type Migration,
  mapping,
  migration,
  noOrphans,
  numeric,
  smallint,
  table,
  text,
  timestamptz,
  uuid,
  varchar,
} from '../../src/index.ts'
import { stateOf, targetOf } from '../crash/state.ts'
import { objections, parts, place, versions } from './engine.ts'

interface Keys {
  readonly name: string
  readonly columns: Record<string, Column<any>>
  readonly ddl: string
  readonly values: string
  readonly setup?: string
}

const icu = `create collation src.icu (provider = icu, locale = 'en-u-kn-true'); create collation src.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);`
const keys: readonly Keys[] = [
  {
    name: 'whole numbers with gaps and below zero',
    columns: { id: bigint().key() },
    ddl: 'id bigint primary key',
    values: `select i from generate_series(-40, 60) i where i % 7 not in (1, 2)`,
  },
  {
    name: 'small ones at both ends',
    columns: { id: smallint().key() },
    ddl: 'id smallint primary key',
    values: `select unnest(array[-32768, -1, 0, 1, 5, 32767])::smallint`,
  },
  {
    name: 'far apart',
    columns: { id: bigint().key() },
    ddl: 'id bigint primary key',
    values: `select unnest(array[-9223372036854775808, -5000000000, -1, 0, 1, 2147483648, 9223372036854775807])`,
  },
  {
    name: 'whole numeric',
    columns: { id: numeric(20).key() },
    ddl: 'id numeric(20) primary key',
    values: `select i * 3 from generate_series(-5, 30) i`,
  },
  {
    name: 'whole numeric beyond bigint',
    columns: { id: numeric(30).key() },
    ddl: 'id numeric(30) primary key',
    values: `select 10::numeric ^ 25 + i from generate_series(-5, 30) i`,
  },
  {
    name: 'numeric with decimals, and of different lengths',
    columns: { id: numeric().key() },
    ddl: 'id numeric primary key',
    values: `select unnest(array[1.0, 1.10, 1.2, -0.5, 0, 100, 99.99, 1e20, 0.000001])`,
  },
  {
    name: 'uuid',
    columns: { id: uuid().key() },
    ddl: 'id uuid primary key',
    values: `select md5(i::text)::uuid from generate_series(1, 40) i`,
  },
  {
    name: 'text',
    columns: { id: text().key() },
    ddl: 'id text primary key',
    values: `select unnest(array['', ' ', 'a', 'A', 'b', 'B', 'ä', 'z', 'Z', 'É', 'é', 'ß', 'ss', '10', '9', '_', '-', 'a b', 'a-b', 'null', '{}', '"', '''', E'\\\\', E'new\\nline', '🐦', E'e\\u0301'])`,
  },
  {
    name: 'text in another collation',
    columns: { id: text().key() },
    ddl: 'id text collate src.icu primary key',
    values: `select unnest(array['a10', 'a9', 'A9', 'b', 'B1', 'ä', 'z', 'Z', '', '-a', 'a-'])`,
    setup: icu,
  },
  {
    name: 'text in the C collation',
    columns: { id: text().key() },
    ddl: 'id text collate "C" primary key',
    values: `select unnest(array['a10', 'a9', 'A9', 'b', 'B1', 'ä', 'z', 'Z', '', '-a', 'a-'])`,
  },
  {
    name: 'text where case does not count',
    columns: { id: text().key() },
    ddl: 'id text collate src.loose primary key',
    values: `select unnest(array['a10', 'a9', 'b', 'B1', 'ä', 'z', 'Zz', '', '-a', 'a-'])`,
    setup: icu,
  },
  {
    name: 'characters that are filled up',
    columns: { id: char(6).key() },
    ddl: 'id character(6) primary key',
    values: `select unnest(array['a', 'ab', 'abcdef', ' x', '1', ''])`,
  },
  {
    name: 'short text',
    columns: { id: varchar(9).key() },
    ddl: 'id varchar(9) primary key',
    values: `select 'k' || i from generate_series(1, 40) i`,
  },
  {
    name: 'dates',
    columns: { id: date().key() },
    ddl: 'id date primary key',
    values: `select date '1999-12-20' + i from generate_series(1, 40) i`,
  },
  {
    name: 'moments',
    columns: { id: timestamptz().key() },
    ddl: 'id timestamptz primary key',
    values: `select timestamptz '1999-12-31 23:59:59.999990+00' + i * interval '1 microsecond' from generate_series(1, 30) i`,
  },
  {
    name: 'several columns',
    columns: { a: text().key(), b: int().key(), c: uuid().key() },
    ddl: 'a text collate src.icu, b int, c uuid, primary key (a, b, c)',
    values: `select chr(97 + i % 5), i % 3 - 1, md5(i::text)::uuid from generate_series(1, 40) i`,
    setup: icu,
  },
  {
    name: 'several with odd names',
    columns: { 'Mixed "Case"': int().key(), 'ünï 🐦': text().key() },
    ddl: `"Mixed ""Case""" int, "ünï 🐦" text, primary key ("Mixed ""Case""", "ünï 🐦")`,
    values: `select i % 4, 'v' || i from generate_series(1, 40) i`,
  },
  {
    name: 'a unique constraint for a key',
    columns: { id: text().key() },
    ddl: 'id text not null unique',
    values: `select 'k' || i from generate_series(1, 30) i`,
  },
]

const aims: readonly (readonly [string, string, Record<string, Column<any>>])[] = [
  ['serial', 'id bigserial primary key', { id: bigint().key().default() }],
  ['uuid', 'id uuid primary key default gen_random_uuid()', { id: uuid().key().default() }],
]

describe.each(keys)('$name', ({ columns, ddl: itsKey, values, setup = '' }) => {
  test.each(aims)('G2, G3, G4: into a %s key, there, again and back, however it is cut', async (_, aim, own) => {
    const source = table('src.t', { ...columns, payload: text() }) as any
    const child = table('src.child', {
      nr: int().key(),
      ...Object.fromEntries(Object.entries(columns).map(([n, c]) => [n, c.null()])),
    } as never) as any
    const target = table('tgt.t', { ...own, payload: text() }) as any
    const kid = table('tgt.child', {
      id: int().key().default(),
      nr: int(),
      t_id: own['id']!.type.name === 'uuid' ? uuid() : bigint(),
    }) as any
    const names = Object.keys(columns)
    const parents = mapping(source, (r: any) => into(target, { payload: r.payload } as never), { name: 'parents' })
    const children = mapping(
      child,
      (r: any) => into(kid, { nr: r.nr, t_id: parents.keyOf(...names.map((n) => r[n])).required() } as never),
      { name: 'children' },
    )
    const m = migration('m', parents, children)
    const list = names.map((n) => `"${n.replaceAll('"', '""')}"`).join(', ')
    const tables = `create schema src; create schema tgt; ${setup} create table src.t (${itsKey}, payload text not null); insert into src.t (${list}, payload) select x.*, 'p' || row_number() over () from (${values}) x;
      create table src.child as select row_number() over ()::int as nr, ${list} from src.t; alter table src.child add primary key (nr);
      create table tgt.t (${aim}, payload text not null); create table tgt.child (id serial primary key, nr int not null, t_id ${aim.includes('uuid') ? 'uuid' : 'bigint'} not null references tgt.t)`
    const states = []
    for (const [chunk, workers] of [
      [1000, 1],
      [1, 1],
      [3, 2],
    ] as const) {
      await using p = await place(tables)
      const before = await p.dump()
      await p.run(m, { limit: 4, chunk: 2 })
      await p.run(m, { chunk, workers })
      expect(await p.quarantine(m)).toEqual([])
      states.push(await stateOf(p.url))
      const written = await versions(p.url)
      await p.run(m, { chunk })
      expect(await versions(p.url)).toEqual(written)
      await p.sql(`delete from src.child where nr <= 2; update src.t set payload = 'new' where payload = 'p3'`)
      await p.run(m, { chunk })
      expect(objections(await p.verify(m))).toEqual([])
      await p.undo(m)
      expect(await parts(targetOf(before), targetOf(await p.dump()))).toBeUndefined()
    }
    for (const state of states.slice(1)) expect(await parts(states[0]!, state)).toBeUndefined()
  })
})

const a = table('src.a', { id: int().key(), name: text(), size: int().null() })
const source = `create schema src; create schema tgt; create table src.a (id int primary key, name text not null, size int); insert into src.a select i, 'n' || i, i from generate_series(1, 25) i;`

async function thereAndBack(setup: string, m: Migration, look: string, should: unknown, quarantined: readonly string[] = []) {
  await using p = await place(source + setup)
  const before = await p.dump()
  for (const [chunk, workers] of [
    [7, 1],
    [3, 2],
  ] as const) {
    await p.run(m, { chunk, workers })
    expect([await p.sql(look), await p.quarantine(m)]).toEqual([should, quarantined])
    const written = await versions(p.url)
    await p.run(m)
    expect(await versions(p.url)).toEqual(written)
    expect(objections(await p.verify(m))).toEqual([])
    await p.undo(m)
    expect(await parts(before, await p.dump())).toBeUndefined()
  }
}

test('G6: columns that the database computes, and identities that are always its own', () => {
  const b = table('tgt.b', { id: int().key().identity('always'), name: text(), upper: text().generated(), size: int().null() })
  return thereAndBack(
    `create table tgt.b (id int generated always as identity primary key, name text not null, upper text generated always as (upper(name)) stored, size int)`,
    migration(
      'm',
      mapping(a, (r) => into(b, { name: r.name, size: r.size })),
    ),
    'select count(*), min(upper), max(id) from tgt.b',
    [['25', 'N1', '25']],
  )
})

test('G6: partitions', () => {
  const b = table('tgt.b', { id: int().key(), name: text(), size: int().null() })
  return thereAndBack(
    `create table tgt.b (id int primary key, name text not null, size int) partition by range (id); create table tgt.b1 partition of tgt.b for values from (1) to (10); create table tgt.b2 partition of tgt.b for values from (10) to (21)`,
    migration(
      'm',
      mapping(a, (r) => into(b, { id: r.id, name: r.name, size: r.size })),
    ),
    'select (select count(*) from tgt.b1), (select count(*) from tgt.b2)',
    [['9', '11']],
    [21, 22, 23, 24, 25].map((n) => `a ${n} CHECK_FAILED`),
  )
})

/** The key that another output makes of the same row, where that output is only written further down. */
const keyBelow = (mapping: string, output: string): Expr<never> => new Expr(key({ mapping, name: output, keyTypes: [] }, []))

test('G6: two outputs that point at each other', () => {
  const b = table('tgt.b', { id: int().key().default(), name: text(), c_id: int() })
  const c = table('tgt.c', { id: int().key().default(), b_id: int(), size: int().null() })
  const m = mapping(a, (r) => {
    const one = into(c, { b_id: keyBelow('a', 'two'), size: r.size })
    return { one, two: into(b, { name: r.name, c_id: one.key() }) }
  })
  return thereAndBack(
    `create table tgt.b (id serial primary key, name text not null, c_id int not null); create table tgt.c (id serial primary key, b_id int not null references tgt.b, size int); alter table tgt.b add foreign key (c_id) references tgt.c`,
    migration('m', m),
    'select count(*), count(c.id) from tgt.b b join tgt.c c on c.id = b.c_id and c.b_id = b.id',
    [['25', '25']],
  )
})

test('G6: a unique constraint, a foreign key and a check that are looked at when the unit commits', () => {
  const b = table('tgt.b', { id: int().key().default(), name: text(), size: int().null(), other: int().null() })
  return thereAndBack(
    `create table tgt.o (id int primary key); insert into tgt.o select i from generate_series(1, 24) i; create table tgt.b (id serial primary key, name text not null unique deferrable initially deferred, size int, other int references tgt.o deferrable initially deferred)`,
    migration(
      'm',
      mapping(a, (r) => into(b, { name: r.name, size: r.size, other: r.id })),
      { verify: [noOrphans(b)] },
    ),
    'select count(*) from tgt.b',
    [['24']],
    ['a 25 FK_ORPHAN'],
  )
})

test('G6: a trigger that keeps other tables up to date is no concern of ours, there and back', async () => {
  const b = table('tgt.b', { id: int().key().default(), name: text(), size: int().null() })
  const m = migration(
    'm',
    mapping(a, (r) => into(b, { name: r.name, size: r.size })),
  )
  await using p =
    await place(`${source} create table tgt.b (id serial primary key, name text not null, size int); create table tgt.total (n int not null); insert into tgt.total values (0);
    create function tgt.tally() returns trigger language plpgsql as $$ begin update tgt.total set n = n + case tg_op when 'INSERT' then 1 when 'DELETE' then -1 else 0 end; return null; end $$; create trigger tally after insert or delete on tgt.b for each row execute function tgt.tally()`)
  const before = await p.dump()
  await p.run(m, { workers: 2 })
  expect(await p.sql('select n from tgt.total')).toEqual([['25']])
  await p.undo(m)
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test.each([
  ['drops rows', 'return null', 'GW_ROWS_SWALLOWED'],
  ['changes values', `new.name := 'other'; return new`, 'GW_VERIFY_NO'],
])('G6: a trigger that %s is found out', async (_, body, code) => {
  const b = table('tgt.b', { id: int().key().default(), name: text(), size: int().null() })
  const m = migration(
    'm',
    mapping(a, (r) => into(b, { name: r.name, size: r.size })),
  )
  await using p = await place(`${source} create table tgt.b (id serial primary key, name text not null, size int);
    create function tgt.odd() returns trigger language plpgsql as $$ begin if new.name = 'n9' then ${body}; end if; return new; end $$; create trigger odd before insert on tgt.b for each row execute function tgt.odd()`)
  await expect(p.run(m)).rejects.toMatchObject({ code })
})

test('G6: a rule that sends rows elsewhere is found out', async () => {
  const b = table('tgt.b', { id: int().key().default(), name: text(), size: int().null() })
  const m = migration(
    'm',
    mapping(a, (r) => into(b, { name: r.name, size: r.size })),
  )
  await using p = await place(
    `${source} create table tgt.b (id serial primary key, name text not null, size int); create rule odd as on insert to tgt.b where new.size = 9 do instead nothing`,
  )
  await expect(p.run(m)).rejects.toMatchObject({ code: expect.stringMatching(/^GW_/) })
})

test('G6: row security that would hide rows stops the run rather than let it see half', async () => {
  const b = table('tgt.b', { id: int().key().default(), name: text(), size: int().null() })
  const m = migration(
    'm',
    mapping(a, (r) => into(b, { name: r.name, size: r.size })),
  )
  await using p = await place(
    `${source} create table tgt.b (id serial primary key, name text not null, size int); alter table src.a enable row level security; create policy part on src.a using (id < 10)`,
  )
  await p.run(m)
  expect(await p.sql('select count(*) from tgt.b')).toEqual([['25']])
})
