// Keys that become numbers with more room, and keys of other kinds that become other ones: there and back, in the soak, and what is refused.
import { expect, test } from 'vitest'
import { inText, migration, type RekeyOptions, references, rekey } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { graphs, mixed, others } from './graphs.ts'
import { type Place, within } from './within.ts'

const wider = (options: RekeyOptions = {}) => migration('wider', rekey('person', { to: 'bigint', ...options }))
const ways = ['online', 'offline'] as const

const types = async (p: Place) =>
  (
    await p.sql(
      `select c.relname || '.' || a.attname, format_type(a.atttypid, -1) from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname in ('person', 'boss', 'id', 'about') and c.relname in ('person', 'note', 'part', 'role', 'seen', 'job') order by 1`,
    )
  ).map(([place, type]) => `${place} ${type}`)

test.each(ways)('every number is the one that it was, and so is what hangs on it, %s', async (way) => {
  await within(graphs['keys of several columns, down three tables']!, async (p) => {
    const rows = 'select id, name, boss from person order by 1'
    const roles = 'select team, person, role from role order by 1, 2, 3'
    const keys = `select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and conname not like 'godwit%' and contype <> 'n' and pg_get_constraintdef(oid) !~ '_retired_' order by 1, 2`
    const before = [await p.sql(rows), await p.sql(roles), await p.sql(keys)]
    await p.run(wider({ way }))
    expect([await p.sql(rows), await p.sql(roles), await p.sql(keys)]).toEqual(before)
    expect(await types(p)).toEqual([
      'part.person bigint',
      'person.boss bigint',
      'person.id bigint',
      'role.person bigint',
      'seen.person bigint',
    ])
    // more than fit before
    await p.sql(`select setval('person_id_seq', 3000000000)`)
    expect(await p.sql(`insert into person (name, boss) values ('far', 1) returning id, _retired_id, _retired_boss`)).toEqual([
      ['3000000001', null, '1'],
    ])
    await expect(p.undo(wider({ way }))).rejects.toThrow(
      /the sequence of person.id has come past 2147483647[\s\S]*rows of person have no old key in _retired_id/,
    )
    await p.sql(`delete from person where name = 'far'; select setval('person_id_seq', 400)`)
    await p.undo(wider({ way }))
    expect(await p.sql(rows)).toEqual(before[0])
    expect(await p.sql(`insert into person (name) values ('next') returning id`)).toEqual([['401']])
  })
})

test.each(ways)('numbers of an identity go on in the wider column, %s', async (way) => {
  await within(graphs['numbers of an identity, views and a trigger of a column']!, async (p) => {
    await p.run(wider({ way }))
    expect(await p.sql(`insert into person (name) values ('next') returning id`)).toEqual([['201']])
    await expect(p.sql(`insert into person (id, name) values (7000, 'x')`)).rejects.toThrow(/non-DEFAULT value into column "id"/)
    expect(await p.sql(`select data_type, max_value from pg_sequences where sequencename = 'person_id_seq'`)).toEqual([
      ['bigint', '9223372036854775807'],
    ])
    await p.undo(wider({ way }))
    expect(await p.sql(`select data_type, max_value from pg_sequences where sequencename = 'person_id_seq'`)).toEqual([
      ['integer', '2147483647'],
    ])
    expect(await p.sql(`insert into person (name) values ('again') returning id`)).toEqual([['202']])
  })
})

test.each(ways)('columns that have room enough stay as they are, and what points at two tables widens, %s', async (way) => {
  const m = wider({ way })
  await within(mixed, async (p) => {
    await p.run(m)
    expect(
      await p.sql(
        `select c.relname, a.attname, format_type(a.atttypid, -1) from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and attnum > 0 and not attisdropped and attname !~ '^_retired_' and a.atttypid <> 'text'::regtype order by 1, 2`,
      ),
    ).toEqual([
      ['crew', 'id', 'integer'],
      ['deep', 'wide', 'bigint'],
      ['member', 'id', 'bigint'],
      ['person', 'id', 'bigint'],
      ['wide', 'id', 'bigint'],
    ])
    expect(await p.sql(`select count(*) from pg_attribute where attrelid = 'wide'::regclass and attname ~ '^_retired_'`)).toEqual([['0']])
    await expect(p.sql('insert into wide (id) values (999)')).rejects.toThrow(/wide_id_fkey/)
    await expect(p.sql('insert into deep (wide) values (1)')).rejects.toThrow(/deep_wide_fkey/)
  })
})

test.each(ways)('UUIDs become numbers, in the order of the UUIDs; new rows have both, %s', async (way) => {
  const m = migration('other', rekey('thing', { way, to: 'bigint' }))
  await within(others['UUIDs that the database draws']!.setup, async (p) => {
    const [writer] = [`rekey_writer_${process.pid}`]
    await p.sql(`create role ${writer}; grant insert, select, update on thing, part to ${writer}`)
    try {
      await p.run(m)
      expect(await p.sql(`select count(*), min(id), max(id) from thing`)).toEqual([['100', '1', '100']])
      expect(
        await p.sql(`select count(*) from (select id, row_number() over (order by _retired_id) as n from thing) x where id <> n`),
      ).toEqual([['0']])
      // whoever may write rows draws numbers, without a right on a sequence
      expect(await p.sql(`set role ${writer}; insert into thing (name) values ('new') returning id, _retired_id is not null`)).toEqual([
        ['101', 't'],
      ])
      await p.sql(`insert into part (thing, n) values (101, 1)`)
      expect(
        await p.sql(`select count(*) from part x join thing t on t.id = x.thing where x._retired_thing is distinct from t._retired_id`),
      ).toEqual([['0']])
      const there = await p.sql(`select id, _retired_id from thing order by 1`)
      const old = await p.sql('select name, _retired_id from thing order by 1')
      await p.undo(m)
      expect(await p.sql('select name, id from thing order by 1')).toEqual(old)
      await p.sql(`insert into thing (name) values ('between')`)
      await p.run(m)
      expect(await p.sql(`select id, _retired_id from thing where id <= 101 order by 1`)).toEqual(there)
      expect(await p.sql(`select id from thing where name = 'between'`)).toEqual([['102']])
      await p.undo(m)
    } finally {
      await p.sql(`drop owned by ${writer}; drop role ${writer}`)
    }
  })
})

test.each(ways)('words that nobody draws stay under the name that is said, %s', async (way) => {
  const m = migration('other', rekey('thing', { way, keep: 'code' }))
  await within(others['words that an application gives']!.setup, async (p) => {
    await p.run(m)
    expect(await p.sql(`select count(*) from thing where id <> godwit.uuid_of('public.thing', code)`)).toEqual([['0']])
    // with a word, later with one, and without any
    await p.sql(
      `insert into thing (code, name) values ('new', 'a'); insert into thing (name) values ('b'); insert into part (thing, n) select id, 7 from thing where name in ('a', 'b')`,
    )
    await p.sql(`insert into thing (name) values ('c')`)
    await expect(p.undo(m)).rejects.toThrow(/rows of thing have no old key in code/)
    await p.sql(`update thing set code = 'late' where name = 'b'; delete from thing where name = 'c'`)
    await p.undo(m)
    expect(await p.sql(`select thing from part where n = 7 order by 1`)).toEqual([['late'], ['new']])
    await expect(p.sql(`insert into part (thing, n) values ('nobody', 1)`)).rejects.toThrow(/part_thing_fkey/)
  })
})

const refused: Readonly<Record<string, readonly [setup: string, options: RekeyOptions, says: RegExp]>> = {
  'numbers that have room enough': ['create table thing (id bigserial primary key)', { to: 'bigint' }, /thing.id is bigint already/],
  'UUIDs already': ['create table thing (id uuid primary key default gen_random_uuid())', {}, /thing.id is uuid already/],
  'words that nobody draws': [
    'create table thing (id text primary key)',
    {},
    /thing.id has no default, so nobody gives an old key to a new row: say keep: 'old_id'/,
  ],
  'numbers that nobody draws': [
    'create table thing (id int primary key)',
    {},
    /thing.id draws its numbers from no sequence of its own.*say keep/,
  ],
  'a type with several spellings': [
    'create table thing (id numeric primary key)',
    { to: 'bigint' },
    /thing.id is numeric: only whole numbers, UUIDs and texts/,
  ],
  'a domain': [
    'create domain code as text; create table thing (id code primary key)',
    {},
    /thing.id is (public.)?code: only whole numbers/,
  ],
  'words that are equal and not the same': [
    `create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); create table thing (id text collate nocase primary key)`,
    { keep: 'code' },
    /thing.id is text: only/,
  ],
}

test.each(Object.entries(refused))('not for %s', async (_, [setup, options, says]) => {
  await within(setup, async (p) => {
    const before = await dumpOf(p.url)
    await expect(p.run(migration('other', rekey('thing', options)))).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      message: expect.stringMatching(says),
    })
    expect(await dumpOf(p.url)).toEqual(before)
  })
})

test('numbers have no kind of UUID', () => {
  expect(() => rekey('thing', { to: 'bigint', ids: 'v7' })).toThrow(/thing: keys of type bigint have no ids: 'v7'/)
})

test('columns that hold UUIDs or words of a key, and say so nowhere, are to be decided', async () => {
  const loose = `${others['UUIDs that the database draws']!.setup}; create table seen (thing_id uuid, at int); insert into seen select id, 1 from thing`
  const said = (also: readonly string[]) => migration('other', rekey('thing', { to: 'bigint', way: 'online', also }))
  await within(loose, async (p) => {
    await expect(p.run(said([]))).rejects.toThrow(
      /seen.thing_id: all 100 values are keys of thing \(100 different\): say also: \['seen.thing_id'\]/,
    )
    await p.undo(said([]))
    await p.run(said(['seen.thing_id']))
    expect(await p.sql('select count(*) from seen s join thing t on t.id = s.thing_id')).toEqual([['100']])
  })
})

test('references go from whole numbers to UUIDs, and say so where keys are others', async () => {
  const refs = references([inText('part.said', { 'thing:(\\d+)': 'thing' })])
  await within(`${others['UUIDs that the database draws']!.setup}; alter table part add said text`, async (p) => {
    await expect(p.run(migration('other', rekey('thing', { to: 'bigint', way: 'online' }), refs))).rejects.toThrow(
      /keys of thing were no whole numbers, or are no UUIDs/,
    )
  })
})

const later = { clock: { now: () => Date.now() + 8 * 86_400_000, sleep: () => Promise.resolve() }, withoutCopy: 'a test' }
const leftOver = `select (select count(*) from pg_attribute where attname ~ '^(_retired_|godwit_)' and not attisdropped and attrelid in (select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace)),
  (select count(*) from pg_trigger where not tgisinternal), (select count(*) from pg_proc where pronamespace = 'godwit'::regnamespace and proname ~ 'key_of')`

test('purged: nothing is left of narrower numbers, nor of UUIDs but the pairs', async () => {
  await within(`${mixed}; ${others['UUIDs that the database draws']!.setup}`, async (p) => {
    const wide = wider({ way: 'online' })
    const other = migration('other', rekey('thing', { to: 'bigint', way: 'online' }))
    for (const m of [wide, other]) {
      await p.run(m)
      await p.purge(m, later)
    }
    expect(await p.sql(leftOver)).toEqual([['0', '0', '0']])
    expect(await p.sql(`insert into person (name) values ('new') returning id`)).toEqual([['51']])
    expect(await p.sql(`insert into thing (name) values ('new') returning id`)).toEqual([['101']])
    expect(
      await p.sql(
        `select count(*) from godwit.keys_of_thing k join thing t on t.id = k.new_key and k.old_key = md5(substr(t.name, 2))::uuid`,
      ),
    ).toEqual([['100']])
  })
})
