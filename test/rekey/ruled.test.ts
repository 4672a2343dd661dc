// Keys that a function of the database's own tells from the old ones: whoever knows the rule finds them.
import { expect, test } from 'vitest'
import { migration, rekey } from '../../src/index.ts'
import { within } from './within.ts'

const setup = `
  create function person_uuid(n bigint) returns uuid immutable language sql as $$ select md5('person:' || n)::uuid $$;
  create table person (id serial primary key, boss int references person);
  create table note (id serial primary key, about int not null references person);
  insert into person (boss) select nullif(i / 3, 0) from generate_series(1, 300) i;
  insert into note (about) select 1 + i % 300 from generate_series(1, 900) i`

const asked = (by: string, way: 'online' | 'offline' = 'online') => migration('people', rekey('person', { ids: { by }, way }))

test.each(['online', 'offline'] as const)('every key is what the function says, there, again and back, %s', async (way) => {
  await within(setup, async (p) => {
    const rows = 'select p.id::text, p.boss::text, count(n.id) from person p left join note n on n.about = p.id group by 1, 2 order by 1'
    const before = await p.sql(rows)
    const keys = `select md5('person:' || _retired_id)::uuid = id, boss is not distinct from md5('person:' || _retired_boss)::uuid, count(*) from person group by 1, 2`
    const m = asked('person_uuid', way)
    await p.run(m)
    expect(await p.sql(keys)).toEqual([['t', 't', '300']])
    const there = await p.sql(rows)
    await p.run(m)
    expect(await p.sql(rows)).toEqual(there)
    await p.undo(m)
    expect(await p.sql(rows)).toEqual(before)
    await p.run(m)
    expect(await p.sql(rows)).toEqual(there)
  })
})

test.each([
  ['nobody', '', 'there is no function nobody, or several of that name'],
  [
    'other',
    `create function other(n bigint) returns uuid volatile language sql as $$ select md5(n::text)::uuid $$`,
    'other is to be immutable',
  ],
  [
    'words',
    `create function words(n bigint) returns text immutable language sql as $$ select n::text $$`,
    'words is to be immutable and to give one uuid',
  ],
  [
    'some',
    `create function "some"(n bigint) returns uuid immutable language sql as $$ select md5((n / 2)::text)::uuid where n <> 7 $$`,
    'some gives no key to 1 rows of person',
  ],
  [
    'dates',
    `create function dates(n date) returns uuid immutable language sql as $$ select md5(n::text)::uuid $$`,
    'dates does not take a key of person as bigint',
  ],
])('%s is refused before anything is done', async (by, made, why) => {
  await within(`${setup}; ${made}`, async (p) => {
    await expect(p.run(asked(by))).rejects.toThrow(why)
    expect(await p.sql(`select count(*) from information_schema.columns where column_name ~ 'godwit'`)).toEqual([['0']])
  })
})
