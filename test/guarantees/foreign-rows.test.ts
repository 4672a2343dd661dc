// G7: rows of others stay byte for byte what they were, whatever of ours collides with them; ours goes to quarantine.
import { expect, test } from 'vitest'
import { bigint, int, into, type Migration, mapping, migration, table, text, uuid, varchar } from '../../src/index.ts'
import { objections, type Place, place } from './engine.ts'

const a = table('src.a', { id: bigint().key(), name: text(), tag: text().null(), nr: int().null() })
const source = `create schema src; create schema tgt; create table src.a (id bigint primary key, name text not null, tag text, nr integer);
  insert into src.a select i, 'n' || i, case when i % 5 = 0 then null else 'T' || i end, i from generate_series(1, 30) i;`

const natives = (p: Place, table: string) => p.sql(`select r::text, r.xmin::text from ${table} r where name like 'native%' order by 1`)

async function collide(setup: string, m: Migration, quarantined: readonly string[], table = 'tgt.b') {
  await using p = await place(source + setup)
  const before = await natives(p, table)
  expect(before.length).toBeGreaterThan(0)
  for (const chunk of [1, 7, 100]) {
    await p.run(m, { chunk })
    expect(await p.quarantine(m)).toEqual(quarantined)
    expect(await natives(p, table)).toEqual(before)
    expect(objections(await p.verify(m))).toEqual([])
    await p.run(m, { chunk, workers: 2 })
    await p.retry(m)
    expect(await p.quarantine(m)).toEqual(quarantined)
    expect(await natives(p, table)).toEqual(before)
    await p.undo(m)
    expect(await natives(p, table)).toEqual(before)
  }
}

test('G7: a primary key that is given', async () => {
  const b = table('tgt.b', { id: bigint().key(), name: text() })
  await collide(
    `create table tgt.b (id bigint primary key, name text not null); insert into tgt.b values (4, 'native 4'), (30, 'native 30'), (99, 'native')`,
    migration(
      'm',
      mapping(a, (r) => into(b, { id: r.id, name: r.name }), { name: 'm', ignore: { tag: 'not wanted', nr: 'not wanted' } }),
    ),
    ['m 4 TARGET_FOREIGN_ROW', 'm 30 TARGET_FOREIGN_ROW'],
  )
})

test('G7: a primary key of two columns', async () => {
  const b = table('tgt.b', { kind: text().key(), nr: int().key(), name: text() })
  await collide(
    `create table tgt.b (kind text, nr int, name text not null, primary key (kind, nr)); insert into tgt.b values ('k', 7, 'native'), ('l', 8, 'native')`,
    migration(
      'm',
      mapping(a, (r) => into(b, { kind: 'k', nr: r.nr.required(), name: r.name }), { name: 'm', ignore: { tag: 'not wanted' } }),
    ),
    ['m 7 TARGET_FOREIGN_ROW'],
  )
})

test('G7: a derived UUID', async () => {
  const b = table('tgt.b', { id: uuid().key().default(), name: text() })
  const m = migration(
    'm',
    mapping(a, (r) => into(b, { name: r.name }), { name: 'm', ignore: { tag: 'not wanted', nr: 'not wanted' } }),
  )
  await using p = await place(`${source} create table tgt.b (id uuid primary key default gen_random_uuid(), name text not null)`)
  await p.run(m)
  const [[id]] = (await p.sql(`select id from tgt.b where name = 'n6'`)) as [[string]]
  await collide(
    `create table tgt.b (id uuid primary key default gen_random_uuid(), name text not null); insert into tgt.b values ('${id}', 'native')`,
    m,
    ['m 6 UNIQUE_CONFLICT:b_pkey'],
  )
})

const b = table('tgt.b', { id: bigint().key().default(), name: text(), tag: text().null(), nr: int().null() })
const m = migration(
  'm',
  mapping(a, (r) => into(b, { name: r.name, tag: r.tag, nr: r.nr }), { name: 'm' }),
)
const target = (
  constraint: string,
) => `create table tgt.b (id bigserial primary key, name text not null, tag text, nr integer${constraint});
  insert into tgt.b (name, tag, nr) values ('native 1', 'T8', 108), ('native 2', 't9', 9), ('native 3', null, null);`

test('G7: a unique column', () => collide(target(', unique (tag)'), m, ['m 8 UNIQUE_CONFLICT']))
test('G7: one that is looked at when the unit commits', () =>
  collide(target(', unique (nr) deferrable initially deferred'), m, ['m 9 UNIQUE_CONFLICT']))
test('G7: two columns', () => collide(target(', unique (tag, nr)').replace('108', '8'), m, ['m 8 UNIQUE_CONFLICT']))
test('G7: nulls that are not distinct', () =>
  collide(target(', unique nulls not distinct (tag)').replace(', nr integer,', ', nr integer,'), m, [
    'm 5 UNIQUE_CONFLICT',
    'm 8 UNIQUE_CONFLICT',
    'm 10 UNIQUE_CONFLICT',
    'm 15 UNIQUE_CONFLICT',
    'm 20 UNIQUE_CONFLICT',
    'm 25 UNIQUE_CONFLICT',
    'm 30 UNIQUE_CONFLICT',
  ]))
test('G7: an expression', () =>
  collide(`${target('')} create unique index b_lower on tgt.b (lower(tag))`, m, ['m 8 UNIQUE_CONFLICT', 'm 9 UNIQUE_CONFLICT']))
test('G7: some rows only', () =>
  collide(`${target('')} create unique index b_some on tgt.b (nr) where nr < 100`, m, ['m 9 UNIQUE_CONFLICT']))
test('G7: an exclusion', () => collide(target(`, exclude using btree (tag with =)`), m, ['m 8 EXCLUSION_CONFLICT:b_tag_excl']))
test('G7: a collation that takes two texts for one', () =>
  collide(
    `create collation tgt.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ${target('').replace('tag text', 'tag text collate tgt.loose unique')}`,
    m,
    ['m 8 UNIQUE_CONFLICT', 'm 9 UNIQUE_CONFLICT'],
  ))

test('G7: a sequence that stands behind the rows of others', async () => {
  await using p = await place(
    `${source} ${target('')} insert into tgt.b (id, name) select i, 'native far ' || i from generate_series(10, 40, 5) i`,
  )
  const before = await natives(p, 'tgt.b')
  await p.run(m, { workers: 2 })
  expect(await p.quarantine(m)).toEqual([])
  expect(await natives(p, 'tgt.b')).toEqual(before)
  expect(await p.sql(`insert into tgt.b (name) values ('x') returning id > (select max(id) from tgt.b)`)).toEqual([['t']])
})

test('G12: a serial key that is given leaves the sequence ahead of it', async () => {
  const kept = migration(
    'kept',
    mapping(a, (r) => into(b, { id: r.id, name: r.name, tag: r.tag, nr: r.nr }), { name: 'm' }),
  )
  await using p = await place(`${source} ${target('').replace(/insert.*/, '')}`)
  const before = await p.dump()
  await p.run(kept)
  expect(await p.sql(`select nextval('tgt.b_id_seq') > 30`)).toEqual([['t']])
  void before
})

test('G7: shared rows that collide with rows of others', async () => {
  const g = table('tgt.b', { id: bigint().key().default(), name: varchar(20) })
  const c = table('tgt.c', { id: bigint().key().default(), b_id: bigint() })
  const shared = migration(
    'm',
    mapping(
      a,
      (r) => {
        const group = into(g, { name: r.tag.required() }, { per: ['name'] })
        return { group, c: into(c, { b_id: group.key() }) }
      },
      { name: 'm', ignore: { name: 'not wanted', nr: 'not wanted' } },
    ),
  )
  await collide(
    `create table tgt.b (id bigserial primary key, name text not null unique); insert into tgt.b (name) values ('native'); create table tgt.c (id bigserial primary key, b_id bigint not null references tgt.b);
    update src.a set tag = 'native' where id = 3; update src.a set tag = 'x' where tag is null`.replace(
      'name text not null unique)',
      'name varchar(20) not null unique)',
    ),
    shared,
    ['m 3 UNIQUE_CONFLICT'],
  )
})

test('G16: a shared row that breaks a constraint sends its rows to quarantine, and only these', async () => {
  const g = table('tgt.b', { id: bigint().key().default(), name: text() })
  const c = table('tgt.c', { id: bigint().key().default(), b_id: bigint() })
  const shared = migration(
    'm',
    mapping(
      a,
      (r) => {
        const group = into(g, { name: r.tag.required() }, { per: ['name'] })
        return { group, c: into(c, { b_id: group.key() }) }
      },
      { name: 'm', ignore: { name: 'not wanted', nr: 'not wanted' } },
    ),
  )
  await using p = await place(
    `${source} update src.a set tag = 'x' where tag is null; create table tgt.b (id bigserial primary key, name text not null check (name <> 'T7')); create table tgt.c (id bigserial primary key, b_id bigint not null references tgt.b)`,
  )
  await p.run(shared)
  expect(await p.quarantine(shared)).toEqual([expect.stringMatching(/^m 7 CHECK_FAILED/)])
})
