// What hangs on a column goes along when another takes its place: the same after the change as before it, and again after the way back.
import pg from 'pg'
import { expect, test } from 'vitest'
import { type Migration, migration, online, rekey } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { within } from '../rekey/within.ts'

const table = `
  create table orders (id int primary key, code int not null default 7, customer_id int, note text);
  create table log (what text, code bigint);
  insert into orders select i, i * 3, 1 + i % 40, 'n' || i from generate_series(1, 300) i`

const f = (name: string, body: string, ret = 'bigint') => `create function ${name} returns ${ret} language sql ${body}`

/** One thing each, and words by which its lines in a dump are known. */
const hanging: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a policy, and one of another table': [
    `alter table orders enable row level security; alter table log enable row level security;
     create policy own on orders as restrictive for update to pg_monitor, public using (code > 3) with check (code < 1000000);
     comment on policy own on orders is 'one''s own';
     create policy logged on log using (exists (select from orders o where o.code = log.code))`,
    /^policy /,
  ],
  'rules, of it and of another table': [
    `create rule "noted it" as on delete to orders where old.code > 600 do also insert into log values ('deleted', old.code);
     comment on rule "noted it" on orders is 'who went';
     create rule off as on insert to orders do instead insert into log values ('no', new.code); alter table orders disable rule off;
     create rule other as on update to log do also select code from orders where id = 1; alter table log enable always rule other`,
    /^rule /,
  ],
  'triggers for it': [
    `create function touched() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger of_it after update of code on orders for each row execute function touched();
     create trigger when_it before update on orders for each row when (old.code is distinct from new.code) execute function touched();
     alter table orders disable trigger of_it; comment on trigger when_it on orders is 'now'`,
    /^trigger /,
  ],
  'views with rules, triggers and defaults of their own': [
    `create view coded as select id, code from orders where code > 10; alter view coded alter column code set default 12;
     create function instead() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger instead instead of update on coded for each row execute function instead(); comment on trigger instead on coded is 'other';
     create rule gone as on delete to coded do instead delete from orders where id = old.id;
     create view most as select max(code) as code from coded; grant select on most to pg_monitor`,
    /^(relation public\.(coded|most)|column public\.(coded|most)|rule|trigger) /,
  ],
  'functions that were read when they were made': [
    `${f('how_many(of bigint)', "stable security definer set work_mem to '8MB' begin atomic select count(*) from orders where code = of; end")};
     comment on function how_many(bigint) is 'so many'; revoke all on function how_many(bigint) from public; grant execute on function how_many(bigint) to pg_monitor with grant option;
     alter function how_many(bigint) owner to pg_monitor;
     create view counted as select id, how_many(code) as n from orders;
     ${f('rows_of()', 'begin atomic select id, n from counted; end', 'setof counted')};
     create procedure emptied(of bigint) language sql begin atomic delete from orders where code = of; end;
     create policy few on log using (how_many(1) < 5)`,
    /^(routine|relation public\.counted|policy) /,
  ],
  'statistics, marks and words of indexes and keys': [
    `create statistics together (dependencies, mcv) on code, customer_id from orders; create schema apart; create statistics apart.summed on (code + id), note from orders;
     alter statistics together set statistics 77; comment on statistics together is 'they go together'; alter statistics apart.summed owner to pg_monitor;
     create unique index by_code on orders (code, id); alter table orders replica identity using index by_code; cluster orders using by_code; comment on index by_code is 'as replicas know it';
     alter table orders add constraint code_once unique (code, id) deferrable; comment on constraint code_once on orders is 'one each';
     alter table orders add constraint code_small check (code < 100000) not valid; comment on constraint code_small on orders is 'for now';
     alter table orders add constraint code_apart exclude (code with =, id with =) where (code > 0); comment on constraint code_apart on orders is 'apart';
     create table codes (code bigint primary key); insert into codes select generate_series(1, 2000);
     alter table orders add constraint code_known foreign key (code) references codes not valid; comment on constraint code_known on orders is 'told later'`,
    /^(statistics|index|constraint|relation public\.orders) /,
  ],
  'publications by columns and by rows': [
    `create publication listed for table orders (id, code), log; create publication by_rows for table orders where (code > 4 and id > 0);
     alter table orders replica identity full; alter publication listed set (publish = 'insert')`,
    /^publication /,
  ],
}

const words = (lines: readonly string[], which: RegExp) => lines.filter((l) => which.test(l) && !/^\w+ [\w.]*godwit_/.test(l))
const retyped = migration('wider', online.retype('orders', 'code', { to: 'bigint' }))

const thereAndBack = (setup: string, which: RegExp, m: Migration) =>
  within(setup, async (p) => {
    const [before, carried] = [await dumpOf(p.url), await p.sql(published)]
    expect(words(before, which).length).toBeGreaterThan(0)
    await p.run(m)
    const there = await dumpOf(p.url)
    expect(words(there, which).map(plain)).toEqual(words(before, which).map(plain))
    expect(await p.sql(published)).toEqual(carried)
    await p.run(m)
    expect(await dumpOf(p.url)).toEqual(there)
    await p.undo(m)
    expect(await dumpOf(p.url)).toEqual(before)
    expect(await p.sql(published)).toEqual(carried)
  })

/** The dump has their tables only. */
const published = `select pubname, tablename, (select array_agg(a order by a) from unnest(attnames) a where a !~ '^_retired')::text, rowfilter from pg_publication_tables order by 1, 2`

test.each(Object.entries(hanging))('retype: %s', { timeout: 60_000 }, (_, [setup, which]) =>
  thereAndBack(`${table}; ${setup}`, which, retyped),
)

const people = `
  create table person (id serial primary key, name text not null);
  create table badge (id int primary key, person int not null references person (id) on delete cascade, number int not null);
  comment on constraint person_pkey on person is 'who'; comment on constraint badge_person_fkey on badge is 'whose';
  insert into person (name) select 'p' || i from generate_series(1, 200) i;
  insert into badge select i, 1 + i % 200, i from generate_series(1, 300) i`

const ofPeople: Readonly<Record<string, readonly [string, RegExp]>> = {
  'policies and rules': [
    `alter table badge enable row level security;
     create policy own on badge to pg_monitor using (exists (select from person p where p.id = badge.person and p.name = current_user)); comment on policy own on badge is 'own';
     create table gone (what text); create rule gone as on delete to badge where old.person is not null do also insert into gone values (old.person::text); comment on rule gone on badge is 'who went'`,
    /^(policy|rule) /,
  ],
  'functions, and views over them': [
    `create function badges(of person) returns bigint language sql stable begin atomic select count(*) from badge where person = of.id; end;
     create view held as select p.id, p.name, count(b.*) as many from person p left join badge b on b.person = p.id group by p.id;
     create function how_many(held) returns bigint language sql as 'select $1.many'; comment on function how_many(held) is 'many';
     create rule renamed as on update to held do instead update person set name = new.name where id = old.id`,
    /^(routine|relation public\.held|rule) /,
  ],
  'statistics, marks and words': [
    `create extension btree_gist; create statistics together on person, number from badge; comment on statistics together is 'together';
     create unique index by_both on badge (person, number); alter table badge replica identity using index by_both; cluster badge using by_both; comment on index by_both is 'both';
     alter table person replica identity using index person_pkey;
     alter table badge add constraint apart exclude using gist (person with =, number with =); comment on constraint apart on badge is 'apart'`,
    /^(statistics|index|constraint|relation public\.(person|badge)) /,
  ],
}

test.each(Object.entries(ofPeople))('rekey: %s', { timeout: 120_000 }, async (_, [setup, which]) => {
  for (const way of ['online', 'offline'] as const)
    await thereAndBack(`${people}; ${setup}`, which, migration('people', rekey('person', { way })))
})

const meanwhile = {
  'a function that was read when it was made': [
    'create function how_many() returns bigint language sql begin atomic select count(*) from orders; end',
    /function \S*how_many\(\) reads orders/,
  ],
  'a function that gives its rows': [
    `create function all_of() returns setof orders language sql as 'select * from public.orders'`,
    /function \S*all_of\(\) reads orders/,
  ],
  'a policy of another table': [
    'create policy known on log using (exists (select from orders o where o.code = log.code))',
    /policy known on table \S*log reads orders/,
  ],
  'a rule of another table': ['create rule told as on insert to log do also select count(*) from orders', /a rule of \S*log reads orders/],
} as const

test.each(Object.entries(meanwhile))('while a view has both names: %s is named before the view goes', async (_, [made, says]) => {
  const m = migration('renamed', online.renameColumn('orders', 'note', 'remark'))
  await within(table, async (p) => {
    await p.run(m, { to: 'expand' })
    await p.sql(made)
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_ONLINE_REFUSED', message: expect.stringMatching(says) })
  })
})

test("rows that keep out of each other's way, where there are more than may be looked at while everybody waits", async () => {
  const { expand, cutover } = online.retype('orders', 'code', { to: 'bigint' })
  const m = migration('wider', { expand: [online.copying(expand[0], { upTo: 100 })], cutover })
  await within(`${table}; alter table orders add constraint apart exclude (code with =, id with =)`, async (p) => {
    await expect(p.run(m)).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      message: expect.stringMatching(/apart of orders keeps rows out of each other's way.*more than 100 rows: say online\.copying/),
    })
  })
})

test('casts that the new type needs are not left to the old one; what somebody has written since is', async () => {
  const odd = `create view odd as select code % 7 as code from orders; create view even as select code % 2 as code from orders; create policy odd on orders using (code % 7 > 0)`
  await within(`${table}; ${odd}`, async (p) => {
    const before = await dumpOf(p.url)
    await p.run(retyped)
    expect(await p.sql(`select pg_get_viewdef('odd'::regclass) like '%::bigint%'`)).toEqual([['t']])
    await p.undo(retyped)
    expect(await dumpOf(p.url)).toEqual(before)
    await p.run(retyped)
    await p.sql(`create or replace view even as select code % 4 as code from orders`)
    await p.undo(retyped)
    const lines = (dump: readonly string[]) => dump.filter((l) => !/public\.even/.test(l))
    expect(lines(await dumpOf(p.url))).toEqual(lines(before))
    expect(await p.sql('select max(code) from even')).toEqual([['3']])
  })
})

test.each(['online', 'offline'] as const)('keys that become bigint, %s: casts go with them', async (way) => {
  const m = migration('people', rekey('person', { to: 'bigint', way }))
  await within(
    `${people}; create view odd as select id % 7 as id from person; create policy odd on badge using (person % 7 > 0)`,
    async (p) => {
      const before = await dumpOf(p.url)
      await p.run(m)
      expect(await p.sql(`select pg_get_viewdef('odd'::regclass) like '%::bigint%'`)).toEqual([['t']])
      await p.undo(m)
      expect(await dumpOf(p.url)).toEqual(before)
    },
  )
})

test('beside readers of the view and writers of the table that never pause', { timeout: 60_000 }, async () => {
  await within(
    `${table}; create view coded as select id, code from orders; create view most as select max(code) as code from coded`,
    async (p) => {
      const over = new AbortController()
      const busy = async (text: string) => {
        const client = new pg.Client({ connectionString: p.url })
        await client.connect()
        try {
          for (let n = 0; !over.signal.aborted; n++) await client.query(text.replace('$n', String(1 + (n % 300))))
        } finally {
          await client.end()
        }
      }
      const all = [
        ...[1, 2, 3].map(() => busy('select code, pg_sleep(0.01) from most')),
        busy('begin; update orders set code = code + 1 where id = $n; select pg_sleep(0.1); commit'),
      ]
      try {
        await Promise.race([p.run(retyped), Promise.all(all)])
        await p.undo(retyped)
      } finally {
        over.abort()
        await Promise.all(all)
      }
      expect(
        await p.sql(`select format_type(atttypid, -1) from pg_attribute where attrelid = 'most'::regclass and attname = 'code'`),
      ).toEqual([['integer']])
    },
  )
})

test('that a column must have a value has the name that it had, there and back', async () => {
  const needs = `select conname, conkey::text from pg_constraint where conrelid = 'orders'::regclass and contype = 'n' order by 1`
  const version = `select current_setting('server_version_num')::int / 10000`
  await within(`${table}; alter table orders alter customer_id set not null`, async (p) => {
    if (Number((await p.sql(version))[0]![0]) < 18) return
    const before = await p.sql(needs)
    expect(before.map(([name]) => name)).toEqual(['orders_code_not_null', 'orders_customer_id_not_null', 'orders_id_not_null'])
    await p.run(retyped)
    expect((await p.sql(needs)).map(([name]) => name)).toEqual(before.map(([name]) => name))
    await p.undo(retyped)
    expect(await p.sql(needs)).toEqual(before)
  })
})

/** A type is another one, and the column stands last where Postgres puts them in order; nothing else. */
const plain = (line: string): string =>
  line
    .replaceAll(/::(bigint|integer|uuid)|[()']/g, '')
    .replaceAll(/"(integer|uuid)"/g, '"bigint"')
    .replace(/(CREATE STATISTICS .* ON )(.*)( FROM)/, (_, before, list, after) => before + list.split(', ').toSorted().join(', ') + after)
