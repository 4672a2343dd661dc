// Other keys for a table and all that points at it: what stands there afterwards, while an application writes, in the soak, and back again.
import pg from 'pg'
import { expect, test } from 'vitest'
import { migration, rekey } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { graphs } from './graphs.ts'
import { thereAndBack, within } from './within.ts'

const several = graphs['keys of several columns, down three tables']!
const circle = graphs['two tables that point at each other']!
const twice = graphs['two foreign keys on one column, by different rules']!
const carried = graphs['numbers of an identity, views and a trigger of a column']!

const people = (options: Parameters<typeof rekey>[1] = {}) => migration('people', rekey('person', { way: 'online', ...options }))

test.each(Object.entries(graphs))('there and back: %s', { timeout: 120_000 }, (_, setup) => thereAndBack(setup, people()))

const keys = `select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and conname not like 'godwit%' and pg_get_constraintdef(oid) !~ '_retired_' order by 1, 2`

test('the same keys, foreign keys, indexes and checks, by the same names', async () => {
  await within(several, async (p) => {
    const before = await p.sql(keys)
    await p.run(people())
    expect(await p.sql(keys)).toEqual(before)
    expect(
      await p.sql(
        `select c.relname, a.attname, format_type(a.atttypid, -1), a.attnotnull::text from pg_attribute a join pg_class c on c.oid = a.attrelid
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname in ('person', 'boss', 'id') and c.relname <> 'team' order by 1, 2`,
      ),
    ).toEqual(
      [
        ['part', 'person', 'uuid', 't'],
        ['person', 'boss', 'uuid', 'f'],
        ['person', 'id', 'uuid', 't'],
        ['role', 'person', 'uuid', 't'],
        ['seen', 'person', 'uuid', 'f'],
      ].map(([t, c, type, needed]) => [t, c, type, needed === 't' ? 'true' : 'false']),
    )
    expect(
      await p.sql(
        `select col_description('person'::regclass, attnum) from pg_attribute where attrelid = 'person'::regclass and attname = 'id'`,
      ),
    ).toEqual([['who it is']])
    // every reference is the one that it was, and every row is there
    for (const [table, column] of [
      ['person', 'boss'],
      ['part', 'person'],
      ['role', 'person'],
      ['seen', 'person'],
    ])
      expect(
        await p.sql(
          `select count(*) from ${table} x left join person p on p.id = x.${column} where p._retired_id is distinct from x._retired_${column}`,
        ),
        `${table}.${column}`,
      ).toEqual([['0']])
    expect(await p.sql(`select id = godwit.uuid_of('public.person', _retired_id::text) as same, count(*) from person group by 1`)).toEqual([
      ['t', '400'],
    ])
    await expect(p.sql(`insert into role (team, person, role) select id, gen_random_uuid(), 'x' from team limit 1`)).rejects.toThrow(
      /role_part/,
    )
  })
})

test('in the soak: new rows have old keys as well, and what is deleted takes along or lets go what it did', async () => {
  await within(`${twice}; ${several.slice(several.indexOf('create table team'))}`, async (p) => {
    await p.run(people())
    await p.sql(
      `insert into person (id, name, boss) values ('00000000-0000-4000-8000-000000000001', 'n1', '00000000-0000-4000-8000-000000000002'), ('00000000-0000-4000-8000-000000000002', 'n2', '00000000-0000-4000-8000-000000000002')`,
    )
    await p.sql(`insert into person (name) values ('by default')`)
    await p.sql(`insert into note (about, body) select id, 'new' from person where name = 'n1'`)
    await p.sql(`delete from seen where _retired_person in (1, 7); delete from person where _retired_id in (1, 7)`)
    expect(
      await p.sql(
        `select count(*) from person p where boss is null and _retired_boss is not null or boss is not null and _retired_boss is null`,
      ),
    ).toEqual([['0']])
    expect(await p.sql(`select count(*) from person where _retired_id > 400 and _retired_id < 410`)).toEqual([['3']])
    expect(await p.sql(`select a._retired_boss = b._retired_id from person a join person b on b.id = a.boss where a.name = 'n1'`)).toEqual([
      ['t'],
    ])
    expect(await p.sql(`select count(*) from note n join person p on p.id = n.about and p._retired_id = n._retired_about`)).toEqual(
      await p.sql('select count(*) from note'),
    )
    const boss = await p.sql(`select name, _retired_id from person order by name`)
    const made = await p.sql(`select _retired_id::text, id::text from person order by 1`)
    await p.undo(people())
    expect(await p.sql(`select name, id from person order by name`)).toEqual(boss)
    expect(await p.sql(`select count(*) from note n left join person p on p.id = n.about where p.id is null`)).toEqual([['0']])
    expect(await p.sql(`insert into person (name) values ('after') returning (id > 400)::text`)).toEqual([['true']])
    // the same keys once more, also of those that were written while they were in use
    await p.sql(`delete from person where name = 'after'`)
    await p.run(people())
    expect(await p.sql(`select _retired_id::text, id::text from person order by 1`)).toEqual(made)
  })
})

test.each(['v4', 'v7'] as const)('keys that are drawn (%s) are kept: the same after a way back', async (ids) => {
  await within(circle, async (p) => {
    await p.run(people({ ids, keep: 'old_id' }))
    const made = await p.sql('select old_id::text, id::text from person order by 1')
    expect(new Set(made.map(([, id]) => id![14]))).toEqual(new Set([ids.slice(1)]))
    await p.undo(people({ ids, keep: 'old_id' }))
    await p.run(people({ ids, keep: 'old_id' }))
    expect(await p.sql('select old_id::text, id::text from person order by 1')).toEqual(made)
  })
})

test('views, and triggers that fire for a column, go along as they were', async () => {
  const shown = `select c.relname, pg_get_viewdef(c.oid), obj_description(c.oid), c.relacl::text, (select string_agg(attacl::text, ' ') from pg_attribute where attrelid = c.oid) from pg_class c where relkind = 'v' and relnamespace = 'public'::regnamespace order by 1`
  const fires = `select pg_get_triggerdef(oid), tgenabled::text, obj_description(oid, 'pg_trigger') from pg_trigger where tgname = 'job_person'`
  await within(carried, async (p) => {
    const [views, trigger] = [await p.sql(shown), await p.sql(fires)]
    await p.run(people())
    expect(await p.sql(shown)).toEqual(views)
    expect(await p.sql(fires)).toEqual(trigger)
    const logged = () => p.sql('select count(*) from log')
    expect(await logged()).toEqual([['0']])
    await p.sql(`update job set person = (select id from person where name = 'p3') where id = 1`)
    expect(await logged()).toEqual([['1']])
    expect(await p.sql(`select pg_typeof(id)::text from held limit 1`)).toEqual([['uuid']])
  })
})

test('purged: the old keys are gone, and the pairs are there for whoever still holds one', async () => {
  await within(several, async (p) => {
    await p.run(people({ keep: 'legacy_id' }))
    await p.sql(`insert into person (name) values ('new')`)
    await p.purge(people({ keep: 'legacy_id' }), { clock: { ...wall, now: () => Date.now() + 8 * 86_400_000 }, withoutCopy: 'a test' })
    expect(
      await p.sql(
        `select attrelid::regclass::text, attname from pg_attribute where (attname like '\\_retired\\_%' or attname like 'godwit%' or attname = 'legacy_id') and not attisdropped and attrelid in (select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace)`,
      ),
    ).toEqual([['person', 'legacy_id']])
    expect(
      await p.sql('select count(*) from person p join godwit.keys_of_person k on k.new_key = p.id and k.old_key = p.legacy_id'),
    ).toEqual([['401']])
    expect(await p.sql(`select count(*) from pg_trigger where not tgisinternal`)).toEqual([['0']])
    await p.sql(`insert into person (name) values ('newer')`)
  })
})

const wall = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)) }

test('while an application writes, by old keys and then by new ones', { timeout: 120_000 }, async () => {
  await within(
    `${twice}; insert into person (name) select 'q' || i from generate_series(1, 6000) i; insert into note (about, body) select 1 + i % 6000, 'c' from generate_series(1, 12000) i`,
    async (p) => {
      const app = new pg.Client({ connectionString: p.url })
      await app.connect()
      const at = { work: true }
      let written = 0
      const work = async () => {
        for (let n = 0; at.work; n++) {
          // an application that learns its keys from the database does not know of which kind they are
          const { rows } = await app.query(`insert into person (name, boss) select $1, id from person where name = $2 returning id::text`, [
            `w${n}`,
            `q${1 + ((n * 7) % 6000)}`,
          ])
          if (rows.length) await app.query(`insert into note (about, body) select id, 'w' from person where id::text = $1`, [rows[0].id])
          await app.query(
            'update note set about = coalesce((select id from person where name = $1), about) where body = $2 and about = (select id from person where name = $3)',
            [`q${1 + (n % 500)}`, 'c', `q${1 + ((n * 3) % 500)}`],
          )
          await app.query('delete from person where name = $1', [`q${1 + ((n * 11) % 6000)}`])
          written += 4
        }
      }
      const working = work()
      try {
        await Promise.race([p.run(people()), working])
        const middle = written
        await new Promise((r) => setTimeout(r, 300))
        at.work = false
        await working
        expect(middle).toBeGreaterThan(20)
        expect(written).toBeGreaterThan(middle)
        for (const [table, column] of [
          ['person', 'boss'],
          ['note', 'about'],
        ])
          expect(
            await p.sql(
              `select count(*) from ${table} x left join person p on p.id = x.${column} where p._retired_id is distinct from x._retired_${column}`,
            ),
          ).toEqual([['0']])
        await p.undo(people())
        expect(await p.sql(`select count(*) from note n left join person p on p.id = n.about where p.id is null`)).toEqual([['0']])
      } finally {
        at.work = false
        await app.end()
      }
    },
  )
})

const refused: Readonly<Record<string, readonly [more: string, says: RegExp]>> = {
  'an index over an expression': [
    'create index person_odd on person ((boss * 10))',
    /index person_odd of person cannot be over uuid: operator does not exist/,
  ],
  'a check of the number': ['alter table person add constraint positive check (id > 0)', /check positive of person cannot be over uuid/],
  'a policy': ['create policy own on person using (id > 0)', /policy own cannot be put up again: operator does not exist: uuid > integer/],
  'a column that is computed': [
    'alter table person add twice int generated always as (id * 2) stored',
    /a column of person is computed from person.id/,
  ],
  'a default of a column that points': ['alter table person alter boss set default 1', /person.boss has a default of its own/],
  'a materialized view': ['create materialized view seen as select id from person', /materialized view seen reads these columns/],
  'a rule instead of updates': [
    'create rule silent as on update to person where new.id < 0 do instead nothing',
    /rule silent does something else instead of updates of person, so its rows could not be filled/,
  ],
  'a function that names it': [
    'create function boss_of(n int) returns int language sql as $$ select boss from person where id = n $$',
    /boss_of\(integer\) names person.boss: say looked: \['boss_of\(integer\)'\]/,
  ],
  'a publication': ['create publication pub for table person', /pub carries person elsewhere/],
  'a table that inherits': ['create table heir () inherits (person)', /person is partitioned, or has tables that inherit from it/],
  'a partitioned table that points at it': [
    'create table part (at int, person int references person (id)) partition by range (at)',
    /part is partitioned/,
  ],
  'numbers from nowhere': ['drop sequence person_id_seq cascade', /person.id draws its numbers from no sequence of its own/],
  'a column that points at two tables': [
    'create table crew (id int primary key); insert into crew select id from person; create table member (id int primary key references person (id) references crew (id))',
    /member.id points at crew.id as well/,
  ],
  'a name that is taken': ['alter table person add godwit_id_new int', /person has a column godwit_id_new already/],
}

test.each(Object.entries(refused))('not past %s', async (_, [more, says]) => {
  await within(`${graphs['itself, forwards and in circles']!}; ${more}`, async (p) => {
    const before = await dumpOf(p.url)
    await expect(p.run(people())).rejects.toMatchObject({ code: 'GW_ONLINE_REFUSED', message: expect.stringMatching(says) })
    expect(await dumpOf(p.url)).toEqual(before)
  })
})

test('not without a key, nor with a key of several columns', async () => {
  await within('create table a (id int); create table b (x int, y int, primary key (x, y))', async (p) => {
    await expect(p.run(migration('a', rekey('a')))).rejects.toThrow(/a has no primary key/)
    await expect(p.run(migration('b', rekey('b')))).rejects.toThrow(/the key of b has 2 columns/)
  })
})

test('not back past a table that has come to point at the new keys', async () => {
  await within(circle, async (p) => {
    await p.run(people())
    await p.sql('create table late (person uuid references person (id))')
    await expect(p.undo(people())).rejects.toThrow(/late.person has come to point at the new keys/)
    await p.sql('drop table late')
    await p.undo(people())
  })
})

test('not cut over past a column that has come to point at the old ones', async () => {
  await within(circle, async (p) => {
    await p.run(people(), { to: 'verify' })
    await p.sql('create table late (person bigint references person (id))')
    await expect(p.run(people())).rejects.toThrow(/late.person points at it, and did not when this was prepared/)
    await p.sql('drop table late')
    await p.run(people())
  })
})

test('one after the other, over one index and one key', async () => {
  const [teams, both] = [
    migration('teams', rekey('team', { way: 'online' })),
    migration('both', rekey('team', { way: 'online' }), rekey('person', { way: 'online' })),
  ]
  await within(several, async (p) => {
    const [before, state] = [await p.sql(keys), await dumpOf(p.url)]
    await expect(p.run(both)).rejects.toThrow(/another change is under way over part_pkey/)
    await p.undo(both)
    await p.run(people())
    await p.run(teams)
    expect(await p.sql(keys)).toEqual(before)
    expect(
      await p.sql(
        'select count(*) from role r join part using (team, person) join person p on p.id = r.person join team t on t.id = r.team',
      ),
    ).toEqual(await p.sql('select count(*) from role'))
    await p.undo(teams)
    await p.undo(people())
    expect(await dumpOf(p.url)).toEqual(state)
  })
})
