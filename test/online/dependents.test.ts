// What hangs on a column goes along when another takes its place: the same after the change as before it, and again after the way back.
import { expect, test } from 'vitest'
import { migration, online } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { type Place, within } from '../rekey/within.ts'

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
  'publications by columns and by rows': [
    `create publication listed for table orders (id, code), log; create publication by_rows for table orders where (code > 4 and id > 0);
     alter table orders replica identity full; alter publication listed set (publish = 'insert')`,
    /^publication /,
  ],
}

const words = (lines: readonly string[], which: RegExp) => lines.filter((l) => which.test(l) && !/ public\.[\w.]*godwit_/.test(l))
const retyped = migration('wider', online.retype('orders', 'code', { to: 'bigint' }))

test.each(Object.entries(hanging))('retype: %s', { timeout: 60_000 }, async (_, [setup, which]) => {
  await within(`${table}; ${setup}`, async (p: Place) => {
    const before = await dumpOf(p.url)
    expect(words(before, which).length).toBeGreaterThan(0)
    await p.run(retyped)
    const there = await dumpOf(p.url)
    expect(words(there, which).map(plain)).toEqual(words(before, which).map(plain))
    await p.run(retyped)
    expect(await dumpOf(p.url)).toEqual(there)
    await p.undo(retyped)
    expect(await dumpOf(p.url)).toEqual(before)
  })
})

/** A type is another one, and nothing else. */
const plain = (line: string): string => line.replaceAll(/::(bigint|integer)|[()]/g, '').replaceAll('"integer"', '"bigint"')
