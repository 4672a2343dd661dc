// A mapping whose rows stand on another server: brought as bytes, mapped by the same statements, with the same books, verify and undo.
import { expect, test } from 'vitest'
import { plan, quarantineList, quarantineRetry, run, undo, verify } from '../../src/api.ts'
import type { Database } from '../../src/databases/database.ts'
import { openLater } from '../../src/databases/open.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import { withSources } from '../../src/databases/sources.ts'
import { bigint, database, int, into, lookup, mapping, migration, numeric, table, text, timestamptz } from '../../src/index.ts'
import { generous, quickClock } from '../crash/process.ts'
import { difference, dumpOf } from '../crash/state.ts'
import { objections } from '../guarantees/engine.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const legacy = database('legacy')
const customer = legacy.table('shop.customer', {
  id: int().key(),
  name: text().null(),
  mood: text().null(),
  worth: numeric(20, 4).null(),
  since: timestamptz().null(),
  country: text().null(),
})
const country = legacy.table('shop.country', { code: text().key(), title: text() })
const person = table('tgt.person', {
  id: bigint().key().default(),
  name: text(),
  mood: text().null(),
  worth: numeric(20, 4).null(),
  since: timestamptz().null(),
  country: text(),
})

const people = migration(
  'people',
  mapping(customer, (r) =>
    into(person, {
      name: r.name.required(),
      mood: r.mood,
      worth: r.worth,
      since: r.since,
      country: lookup(country, { code: r.country.required() }).title,
    }),
  ),
)

const there = (rows: number) => `create schema shop; create type shop.mood as enum ('glad', 'sad');
  create table shop.country (code text primary key, title text not null); insert into shop.country values ('CH', 'Switzerland'), ('FR', 'France');
  create table shop.customer (id int primary key, name text, mood shop.mood, worth numeric(20, 4), since timestamptz, country text);
  insert into shop.customer select i, case when i % 50 = 0 then null else 'name ' || i || E'\\t\\\\.\\n' end, case when i % 3 = 0 then 'glad'::shop.mood end,
    case when i % 7 = 0 then 0.1 + i else i end, case i when 1 then 'infinity' when 2 then '0044-03-15 12:00:00+00 BC' else '2020-01-01 00:00:00.123456+00'::timestamptz + i * interval '1 minute' end, case i % 40 when 0 then 'XX' when 1 then 'FR' else 'CH' end
    from generate_series(1, ${rows}) i`
const here = `create schema tgt; create table tgt.person (id bigserial primary key, name text not null, mood text, worth numeric(20, 4), since timestamptz, country text not null); insert into tgt.person (name, country) values ('native', 'here')`

/** Two databases; the role that reads the source may do nothing else there. */
async function two(rows: number) {
  const source = await freshDatabase()
  const target = await freshDatabase()
  const role = `reader_${source.name}`
  await query(source.url, there(rows))
  await query(
    source.url,
    `create role ${role} login password 'reads'; grant usage on schema shop to ${role}; grant select on all tables in schema shop to ${role}`,
  )
  await query(target.url, here)
  const url = new URL(source.url)
  url.username = role
  url.password = 'reads'
  const db = withSources(await openPostgres({ url: target.url }), new Map([['legacy', await openPostgresSource({ url: url.href })]]))
  const done = async () => {
    await db.close()
    await query(source.url, `drop owned by ${role}; drop role ${role}`)
    await source.drop()
    await target.drop()
  }
  return { source, target, db, [Symbol.asyncDispose]: done }
}

const planned = (db: Database) => plan(people, db, { budget: generous, chunk: 37, workers: 2 })

test('rows of another server go through the same mapping, and back', async () => {
  await using p = await two(400)
  const before = [await dumpOf(p.source.url), await dumpOf(p.target.url)] as const
  await run(await planned(p.db), p.db, { clock: quickClock })
  expect(await query(p.target.url, `select read, migrated, quarantined from godwit.books`)).toEqual([['400', '384', '16']])
  const codes = (await quarantineList(await planned(p.db), p.db)).map((q) => q.code)
  expect([...new Set(codes)].toSorted()).toEqual(['LOOKUP_MISS', 'NULL_NOT_ALLOWED'])
  expect(objections(await verify(await planned(p.db), p.db))).toEqual([])
  const values = 'select name, mood::text, worth::text, since::text'
  const [sent, arrived] = await Promise.all([
    query(p.source.url, `${values}, id::text as k from shop.customer where name is not null and country <> 'XX' order by id`),
    query(
      p.target.url,
      `${values}, (id - (select min(b0 - lo) from godwit.extent_people_customer))::text as k from tgt.person where name <> 'native' order by id`,
    ),
  ])
  expect(arrived).toEqual(sent)
  await undo(await planned(p.db), p.db, { clock: quickClock })
  expect(await difference(before[1], await dumpOf(p.target.url))).toBeUndefined()
  expect(await difference(before[0], await dumpOf(p.source.url))).toBeUndefined()
})

test('a second run brings over what has changed there, and an unchanged one writes nothing', async () => {
  await using p = await two(100)
  await run(await planned(p.db), p.db, { clock: quickClock })
  const once = await query(p.target.url, 'select t::text, xmin::text from tgt.person t order by id')
  await run(await planned(p.db), p.db, { clock: quickClock })
  expect(await query(p.target.url, 'select t::text, xmin::text from tgt.person t order by id')).toEqual(once)
  await query(
    p.source.url,
    `update shop.customer set name = 'other' where id = 3; delete from shop.customer where id = 4; insert into shop.customer values (500, 'new', null, 1, null, 'FR')`,
  )
  await run(await planned(p.db), p.db, { clock: quickClock })
  expect(
    await query(
      p.target.url,
      `select count(*) filter (where name = 'other'), count(*) filter (where name = 'new'), count(*) from tgt.person`,
    ),
  ).toEqual([['1', '1', String(once.length)]])
})

test('mended over there, a row is tried again', async () => {
  await using p = await two(100)
  await run(await planned(p.db), p.db, { clock: quickClock })
  await query(p.source.url, `insert into shop.country values ('XX', 'Nowhere')`)
  expect(await quarantineRetry(await planned(p.db), p.db, { code: 'LOOKUP_MISS' })).toMatchObject({ tried: 2, migrated: 2 })
})

test('a source that nobody has named, and a target that is elsewhere, are refused', async () => {
  await using p = await two(10)
  const nowhere = database('legacyy').table('shop.country', { code: text().key(), title: text() })
  const m = migration(
    'm',
    mapping(nowhere, (r) => into(person, { name: r.code, country: r.title })),
  )
  await expect(plan(m, p.db)).rejects.toMatchObject({ code: expect.stringMatching(/^GW_/) })
  const back = migration(
    'back',
    mapping(table('tgt.person', { id: bigint().key(), name: text() }), (r) => into(country, { code: r.name, title: r.name })),
  )
  await expect(plan(back, p.db)).rejects.toMatchObject({ code: 'GW_READ_ONLY' })
})

test('a run is taken back although its source is not there any more', async () => {
  await using p = await two(50)
  const before = await dumpOf(p.target.url)
  await run(await planned(p.db), p.db, { clock: quickClock })
  const away = openLater('legacy', () => openPostgresSource({ url: 'postgresql://nobody@127.0.0.1:1/nowhere' }))
  const db = withSources(await openPostgres({ url: p.target.url }), new Map([['legacy', away]]))
  await expect(plan(people, db)).rejects.toMatchObject({ code: 'GW_CONNECT_FAILED' })
  await undo(await plan(people, db, { recorded: true }), db, { clock: quickClock })
  await db.close()
  expect(await difference(before, await dumpOf(p.target.url))).toBeUndefined()
})

/** A database there that keeps its texts in an encoding of its own, and one here. */
async function inEncoding(encoding: string, fill: string) {
  const target = await freshDatabase()
  const name = `${target.name}_${encoding.toLowerCase()}`
  await query(target.url, `create database ${name} template template0 encoding '${encoding}' locale 'C'`)
  const there = new URL(target.url)
  there.pathname = `/${name}`
  await query(there.href, `create table country (code text primary key, title text not null); ${fill}`)
  await query(target.url, 'create table nation (code text primary key, title text not null)')
  const db = withSources(await openPostgres({ url: target.url }), new Map([['legacy', await openPostgresSource({ url: there.href })]]))
  // of a view nobody knows what may be null
  const go = async (from: string) => {
    const country = legacy.table(from, { code: text().null().key(), title: text().null() })
    const nation = table('public.nation', { code: text().key(), title: text() })
    const m = migration(
      `nations of ${from}`,
      mapping(country, (r) => into(nation, { code: r.code.required(), title: r.title.required() }), { name: 'nation' }),
    )
    await run(await plan(m, db, { budget: generous }), db, { clock: quickClock })
    expect(objections(await verify(await plan(m, db), db))).toEqual([])
    return query(target.url, 'select * from nation order by code')
  }
  const done = async () => {
    await db.close()
    await query(target.url, `drop database ${name} with (force)`)
    await target.drop()
  }
  return { go, [Symbol.asyncDispose]: done }
}

test('texts of a server that writes them in other bytes', async () => {
  await using p = await inEncoding('LATIN1', `insert into country values ('AT', 'Österreich'), ('FR', 'France')`)
  expect(await p.go('public.country')).toEqual([
    ['AT', 'Österreich'],
    ['FR', 'France'],
  ])
})

test('bytes that nobody knows the encoding of are refused, and go by a view that says it', async () => {
  await using p = await inEncoding(
    'SQL_ASCII',
    String.raw`insert into country values ('AT', convert_from('\xd6', 'SQL_ASCII') || 'sterreich'), ('FR', 'France');
      create view said as select code, convert_from(convert(convert_to(title, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII') as title from country`,
  )
  await expect(p.go('public.country')).rejects.toMatchObject({
    code: 'GW_SOURCE_TEXT',
    message: expect.stringMatching(/^A text of @legacy:public.country cannot be brought: invalid byte sequence .*0xd6/),
  })
  expect(await p.go('public.said')).toEqual([
    ['AT', 'Österreich'],
    ['FR', 'France'],
  ])
})
