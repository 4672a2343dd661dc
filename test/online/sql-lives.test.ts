// Plain SQL files carried out beside an application: the database comes to what the same file makes of it when nobody works, and an undo
// leaves it as it was.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { connect, type Event, plan, purge, run, undo } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import { folder, godwit } from '../cli/godwit.ts'
import { type Dump, dumpOf } from '../crash/state.ts'
import { logicalClock } from '../support/logical-clock.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const setup = `
  create schema billing;
  create type mood as enum ('calm', 'cross');
  do $$ begin create role sql_file_reader; exception when duplicate_object then null; end $$;
  create table client (id int primary key, name text, email text not null);
  create table orders (id int not null, client_id int, code int not null, note text default 'none', amount numeric(10,2) not null, old_note text not null,
    constraint amount_given check (amount is not null));
  create index orders_amount on orders (amount);
  create table trash (id int);
  comment on table orders is 'what people want';
  grant select on orders to public;
  insert into client select i, 'name ' || i, 'c' || i || '@x.test' from generate_series(1, 50) i;
  insert into orders select i, 1 + i % 50, i, null, i, 'old' from generate_series(1, 3000) i`

const file = `
set lock_timeout = '5s';
begin;
create type kind as enum ('small', 'large');
create sequence invoice_number;
create table invoice (id int primary key, order_id int, kind kind default 'small');
create index on invoice (order_id);
comment on column invoice.kind is 'how it is';
create function half(n numeric) returns numeric language sql immutable as 'select n / 2';
alter table invoice add constraint paid check (half(id) > 0);
create view small_invoice as select id from invoice where kind = 'small';

-- the orders
alter table orders
  add column channel text default 'web' not null constraint channel_known check (channel in ('web', 'shop')),
  add column token uuid default gen_random_uuid() not null unique,
  add column kind kind default 'small',
  add column half_of numeric(12, 2) constraint halved check (half_of is null or half(half_of) >= 0),
  alter column note set default 'nothing (yet), really',
  alter client_id set not null,
  drop constraint amount_given;
alter table orders add primary key (id);
alter table orders add constraint orders_client foreign key (client_id) references client on delete cascade deferrable initially deferred;
alter table orders add check (amount > 0) not valid;
alter table orders validate constraint orders_amount_check;
alter table invoice add foreign key (order_id) references orders;
create unique index orders_code on orders using btree (code desc nulls last, lower(note) text_pattern_ops, (amount + 1)) include (client_id) where amount > 5;
alter index orders_code rename to orders_by_code;
alter type mood add value 'curious' before 'cross';
comment on table orders is 'what people want, and get';
grant select, insert on orders to sql_file_reader;
alter table orders alter column code type bigint using code::bigint + 0;
alter table client rename column name to full_name;
drop index orders_amount;
alter table orders drop column old_note;
drop table trash;
commit;
`

/** An undo leaves a value in an enum, where Postgres cannot take it away. */
const butMood = (dump: Dump): Dump => dump.filter((l) => !l.startsWith('type public.mood'))
/** A column that has taken the place of another stands last, and values that are drawn are others each time. */
const inNoOrder = (dump: Dump): string[] =>
  dump
    .filter((l) => !/^(schema|table|sequence|function|type|column|constraint|index|rows|grant|default)\b.*godwit/.test(l))
    .filter((l) => !/^ +\d+\t.*\t/.test(l))
    .map((l) => l.replace(/"place": \d+/, ''))
    .toSorted()

test('the same as by hand, and taken back', { timeout: 120_000 }, async () => {
  await using byHand = await freshDatabase()
  await using fresh = await freshDatabase()
  await query(byHand.url, setup)
  await query(byHand.url, file)
  await query(fresh.url, setup)
  const before = await dumpOf(fresh.url)
  const clock = logicalClock()
  const db = await connect(fresh.url)
  try {
    const m = migration('by-file', await online.sql({ text: file }))
    const p = await plan(m, db)
    await run(p, db, { clock })
    await undo(await plan(m, db, { recorded: true }), db, { clock })
    expect(butMood(await dumpOf(fresh.url))).toEqual(butMood(before))
    await run(await plan(m, db), db, { clock })
    clock.pass(30 * 86_400_000)
    await purge(await plan(m, db, { recorded: true }), db, { clock, withoutCopy: 'a test' })
    expect(inNoOrder(await dumpOf(fresh.url))).toEqual(inNoOrder(await dumpOf(byHand.url)))
    const rows = `select o.id, client_id, code, note, amount, channel, o.kind, half_of, token is not null, full_name from orders o join client c on c.id = client_id order by o.id`
    expect(await query(fresh.url, rows)).toEqual(await query(byHand.url, rows))
    expect(await query(fresh.url, 'select count(distinct token) from orders')).toEqual([['3000']])
  } finally {
    await db.close()
  }
})

test('broken off at every step, it goes on; taken back from there as well', { timeout: 240_000 }, async () => {
  await using whole = await freshDatabase()
  await using fresh = await freshDatabase()
  await query(whole.url, setup)
  await query(fresh.url, setup)
  const before = await dumpOf(fresh.url)
  const clock = logicalClock()
  const [db, atOnce] = [await connect(fresh.url), await connect(whole.url)]
  try {
    const m = migration('by-file', await online.sql({ text: file }))
    await run(await plan(m, atOnce), atOnce, { clock })
    /** Each thing that is told ends a process once. */
    const pieces = async (most: number) => {
      const told = new Set<string>()
      for (let n = 0; n < most; n++) {
        const stop = new AbortController()
        const observe = (e: Event) => {
          const what = e.type === 'step.waiting' || e.type === 'step.done' ? `${e.type} ${e.step} ${'why' in e ? e.why : ''}` : undefined
          if (what === undefined || told.has(what)) return
          told.add(what)
          stop.abort()
        }
        const came = await run(await plan(m, db, { recorded: true }), db, { clock, signal: stop.signal, observe }).catch((e: unknown) => e)
        if (!stop.signal.aborted) return came
      }
      return undefined
    }
    await pieces(40)
    await undo(await plan(m, db, { recorded: true }), db, { clock })
    expect(butMood(await dumpOf(fresh.url))).toEqual(butMood(before))
    expect(await pieces(300)).toMatchObject({ state: 'finished' })
    expect(inNoOrder(await dumpOf(fresh.url))).toEqual(inNoOrder(await dumpOf(whole.url)))
  } finally {
    await Promise.all([db.close(), atOnce.close()])
  }
})

test('a file that has changed stops the run that was begun with the other one', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const folder = mkdtempSync(path.join(tmpdir(), 'godwit-sql-'))
  const at = path.join(folder, 'orders.sql')
  const written = async (text: string) => {
    writeFileSync(at, text)
    return migration('by-file', await online.sql(pathToFileURL(at)))
  }
  const db = await connect(fresh.url)
  try {
    const text = 'alter table orders add column channel text;\ndrop table trash;\n'
    await run(await plan(await written(text), db), db, { to: 'expand' })
    const other = await written(`${text}-- a word more\n`)
    await expect(run(await plan(other, db), db)).rejects.toMatchObject({ code: 'GW_FILE_CHANGED', at: 'orders.sql' })
    await run(await plan(await written(text), db), db)
    expect(await query(fresh.url, `select to_regclass('trash') is null`)).toEqual([['t']])
  } finally {
    await db.close()
    rmSync(folder, { recursive: true })
  }
})

test('what an undo would lose is said', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await connect(fresh.url)
  try {
    const m = migration('by-file', await online.sql({ text: 'create table invoice (id int);' }))
    await run(await plan(m, db), db)
    await query(fresh.url, 'insert into invoice values (1), (2)')
    await expect(undo(await plan(m, db, { recorded: true }), db)).rejects.toMatchObject({
      code: 'GW_UNDO_REFUSED',
      message: expect.stringContaining('table invoice has 2 rows in it'),
    })
    await query(fresh.url, 'delete from invoice')
    await undo(await plan(m, db, { recorded: true }), db)
    expect(await query(fresh.url, `select to_regclass('invoice') is null`)).toEqual([['t']])
  } finally {
    await db.close()
  }
})

test.each([
  ['create or replace view seen as select 2 as one', /view seen is there already/],
  [`create or replace function twice(n int) returns int language sql as 'select 3'`, /function twice is there already/],
  ['alter table orders add foreign key (client_id) references trash', /trash has no primary key/],
  ['alter table client add primary key (email)', /client has a primary key/],
  ['alter table orders add primary key (client_id)', /values of client_id stand in more than one row/],
  ['alter table orders validate constraint nothing', /orders has no constraint nothing/],
  ['alter index orders_nothing rename to other', /there is no index orders_nothing/],
  ['comment on table nothing is null', /there is no nothing/],
])('looked at before anything is done: %s', async (text, says) => {
  await using fresh = await freshDatabase()
  await query(
    fresh.url,
    `${setup}; create view seen as select 1 as one; create function twice(int) returns int language sql as 'select 2 * $1'`,
  )
  const before = await dumpOf(fresh.url)
  const db = await connect(fresh.url)
  try {
    await expect(run(await plan(migration('by-file', await online.sql({ text })), db), db)).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      message: expect.stringMatching(says),
    })
    expect(await dumpOf(fresh.url)).toEqual(before)
  } finally {
    await db.close()
  }
})

test('godwit plan and run, of a project with a file of SQL', { timeout: 120_000 }, async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const cwd = folder({
    'godwit.config.ts': `export default { database: '\${DATABASE_URL}' }`,
    'migrations/channel.ts': `import { migration, online } from 'godwit'\nexport default migration('channel', await online.sql('channel.sql'))`,
    'migrations/channel.sql': `-- who has sold it\nALTER TABLE orders ADD COLUMN channel text DEFAULT 'web';\nDROP TABLE trash;\n`,
  })
  const where = { cwd, env: { DATABASE_URL: fresh.url } }
  const planned = await godwit(['plan'], where)
  expect(planned.all).toMatch(
    /expand +1 +channel\.sql:2 +add orders\.channel\n +alter table "public"\."orders" add column "channel" text default 'web'/,
  )
  expect(planned.all).toMatch(/contract +2 +channel\.sql:3 +retire public\.trash/)
  expect(planned.all).toMatch(/files +channel\.sql \d+ bytes [0-9a-f]{12}/)
  const ran = await godwit(['run'], where)
  expect(ran.code, ran.all).toBe(0)
  expect(await query(fresh.url, `select count(*), to_regclass('trash') is null from orders where channel = 'web'`)).toEqual([['3000', 't']])
  writeFileSync(path.join(cwd, 'migrations/channel.sql'), 'VACUUM FULL orders;')
  const refused = await godwit(['plan'], where)
  expect(refused.code).toBe(2)
  expect(refused.all).toMatch(/GW_SQL_REFUSED[\s\S]*channel\.sql:1 {2}VACUUM FULL orders/)
})
