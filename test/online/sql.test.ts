// Plain SQL, compiled: what each statement becomes and in which phase, and what is refused with its line and what to write instead.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { online } from '../../src/index.ts'
import type { SqlPart } from '../../src/steps/online/sql/sql.ts'

const phases = ['expand', 'cutover', 'contract'] as const
const said = (part: SqlPart): string[] => phases.flatMap((p) => part[p].map((s) => `${p} ${s.title.replace(/^\S+ +/, '')}`))
const movesOf = (part: SqlPart): string[] => phases.flatMap((p) => part[p].flatMap((s) => s.doing?.says ?? []))
const compiled = (text: string) => online.sql({ text })

test.each<[sql: string, ...steps: string[]]>([
  ['alter table orders add column a int', 'expand add orders.a'],
  [
    'alter table app.orders add a int references app.b(c) on update set null',
    'expand add app.orders.a',
    'expand app.orders.a points at app.b',
  ],
  ['alter table orders add a int check (a > 1) unique', 'expand add orders.a', 'expand orders: a > 1', 'expand orders: one row for each a'],
  [
    'alter table orders alter a set not null, alter b drop not null',
    'expand orders.a must have a value',
    'expand orders.b may be without a value',
  ],
  [
    'alter table orders alter a set default (1 + 2), alter b drop default',
    'expand orders.a is (1 + 2) by default',
    'contract orders.b has no default',
  ],
  ['alter table orders alter a type bigint', 'expand orders.a as bigint, beside it', 'cutover orders.a is bigint'],
  ['alter table orders drop a', 'contract orders.a may be without a value', 'contract retire public.orders.a'],
  ['drop table a, b', 'contract retire public.a and public.b'],
  ['drop index concurrently a, app.b', 'contract drop index a', 'contract drop index app.b'],
  ['create index concurrently on a (b)', 'expand index a_b_idx on a'],
  ['alter table a rename b to c', 'expand a.b is called c as well', 'contract a.b is called c'],
  ['alter table a rename to c', 'expand a is called c, and by its old name as well'],
  ['alter table a rename constraint b to c', 'expand constraint b is called c'],
  [`alter type mood rename value 'a' to 'b'`, 'cutover mood: a is called b'],
  [`alter type app.mood add value if not exists 'a' after 'b'`, 'expand app.mood may be a'],
  ['set search_path = app; alter table orders add a int', 'expand add app.orders.a'],
  ['set search_path = app, public; alter table public.orders add a int', 'expand add orders.a'],
  [
    'create table a (b int); alter table a alter b type text; create unique index c on a (b); grant select on a to public',
    'expand create table a',
    'expand alter table a alter b type text',
    'expand create unique index c on a (b)',
    'expand grant select on a to public',
  ],
  ['create materialized view a as select 1', 'expand create materialized view a'],
  ['create trigger a after insert on b execute function c()', 'expand create trigger a on b'],
  [
    'begin; alter table a add check (b > 1 and c > 1), add primary key (b, c); commit',
    'expand a: b > 1 and c > 1',
    'expand a is known by b, c',
  ],
])('%s', async (text, ...steps) => {
  expect(said(await compiled(text))).toEqual(steps)
})

test('text is taken over to the letter', async () => {
  const all = movesOf(
    await compiled(`
      -- 'é' makes places of bytes and of characters differ
      alter table "Orders" add column "default" numeric(12, 2) default round('1,2)'::text::numeric, 2) /* why, (because */ constraint "check" check ("default" > (1 + 2)) not null,
        add column made timestamptz[] default array[now(), now()];
      create index "by it" on "Orders" using gin ((a || 'é,)') gin_trgm_ops, lower(b) collate "C" desc, "c d" nulls first) include (e, f) where a <> 'where';
      create function f(a numeric(10,2) default 1, out b text, variadic c text[] = '{}') language sql as $$ select 'x' $$;
      alter table "Orders" alter column g set data type numeric(10, 2) using (g || ' using ')::numeric;`),
  )
  expect(all).toEqual(
    expect.arrayContaining([
      `alter table "public"."Orders" add column "default" numeric(12, 2) default round('1,2)'::text::numeric, 2) /* why, (because */`,
      `alter table "public"."Orders" add constraint "check" check ("default" > (1 + 2)) not valid`,
      `alter table "public"."Orders" add column "made" timestamptz[] default array[now(), now()]`,
      `create index concurrently "by it" on "public"."Orders" using gin ((a || 'é,)') gin_trgm_ops, (lower(b)) collate "C" desc, ("c d") nulls first) include ("e", "f") where a <> 'where'`,
      `alter table "public"."Orders" add column "godwit_g_new" numeric(10, 2)`,
      `update "public"."Orders" set "godwit_g_new" = (g || ' using ')::numeric: a few rows at a time`,
    ]),
  )
})

test('a value that is drawn is filled in, one that is the same for all is not', async () => {
  const all = movesOf(await compiled('alter table a add b uuid default gen_random_uuid(), add c timestamptz default now()'))
  expect(all).toContain('update "public"."a" set "b" = gen_random_uuid() where "b" is null: a few rows at a time')
  expect(all).toContain('alter table "public"."a" add column "c" timestamptz default now()')
})

test('each step knows its line, and the file that it is of', async () => {
  const part = await compiled('\n\ncreate table a ();\n\n  alter table b add c int;')
  expect(part.expand.map((s) => s.at)).toEqual([expect.stringMatching(/:3$/), expect.stringMatching(/:5$/)])
  expect(new Set(part.expand.map((s) => s.file!.sha256)).size).toBe(1)
  expect(part.expand.map((s) => s.path)).toEqual(['"public", pg_temp', '"public", pg_temp'])
})

test.each<[sql: string, why: RegExp]>([
  ['alter table a add b int not null', /no value[\s\S]*Give it a DEFAULT/],
  ['alter table a add b serial', /gets its number[\s\S]*nextval/],
  ['alter table a add b int generated always as identity', /gets its number/],
  ['alter table a add b int generated always as (c + 1) stored', /computed/],
  ['alter table a add exclude using gist (c with &&)', /ACCESS EXCLUSIVE|no way known/],
  ['alter table if exists a add b int', /IF EXISTS leaves open/],
  ['alter table a add column if not exists b int', /IF NOT EXISTS leaves open/],
  ['alter table only a add b int', /ONLY/],
  ['alter table a drop b cascade', /CASCADE/],
  ['alter table a alter b type text collate "C"', /collation/],
  ['alter table a add unique using index b', /Say its columns/],
  ['alter table a add check (b > 1) no inherit', /NO INHERIT/],
  ['alter table a add check (b > 1) not enforced', /NOT ENFORCED/],
  ['alter table a add foreign key (b) references c match full', /MATCH FULL/],
  ['alter table a add unique nulls not distinct (b)', /NULLS NOT DISTINCT/],
  ['alter table a set unlogged', /ddl\(…\)|ACCESS EXCLUSIVE/],
  ['drop table a cascade', /CASCADE/],
  ['drop table if exists a', /IF EXISTS/],
  ['drop view a', /ddl/],
  ['create table if not exists a ()', /IF NOT EXISTS/],
  ['create temp table a ()', /one session only/],
  ['create table a partition of b for values in (1)', /default partition/],
  ['create index on a (b) with (fillfactor = 70)', /WITH/],
  ['create table a as select 1', /changes rows/],
  ['insert into a values (1)', /changes rows/],
  ['update a set b = 1', /changes rows/],
  ['do $$ begin execute $x$ drop table a $x$; end $$', /nobody can see/],
  ['set role other', /ddl/],
  ['set search_path = a, b; alter table c add d int', /may be in a or b[\s\S]*Say its schema/],
  ['rollback', /ddl/],
  ['vacuum full a', /ACCESS EXCLUSIVE/],
  ['grant select on all tables in schema public to public', /ddl|may read/],
  ['alter tabel a', /syntax error/],
  ['alter table a drop b; alter table a add b int', /a\.b is otherwise only from contract on, by \S+:1/],
  ['alter table a rename b to c; alter table a add d int', /a is otherwise only from contract on/],
  ['alter table a rename to b; alter table a add d int', /another name/],
  ['alter table a alter b type bigint; create index on a (b)', /a\.b is otherwise only from cutover on/],
  ['alter table a alter b drop default, alter b set default 5', /a\.b\.default is otherwise/],
  ['create table a (); alter table a rename to b', /made in this file/],
])('refused: %s', async (text, why) => {
  await expect(compiled(text)).rejects.toMatchObject({ code: 'GW_SQL_REFUSED', exit: 2, message: expect.stringMatching(why) })
})

test('all that is refused is told at once, with its line', async () => {
  await expect(compiled('vacuum full a;\nalter table a add b int;\ndelete from a;')).rejects.toThrow(
    /2 statements have no way[\s\S]*:1 {2}vacuum full a[\s\S]*:3 {2}delete from a/,
  )
})

test('a file is looked for beside the one that says it, and told by its name', async () => {
  expect(() => online.sql('nothing.sql')).toThrow(expect.objectContaining({ code: 'GW_SQL_FILE', at: 'nothing.sql' }))
  const part = await online.sql('orders.sql')
  expect(part.expand.map((s) => s.at)).toEqual(['orders.sql:2'])
  expect(part.expand[0]!.file).toMatchObject({ name: 'orders.sql', bytes: 75 })
  await expect(online.sql({ text: ' -- nothing\n' })).rejects.toMatchObject({ code: 'GW_SQL_FILE' })
})

test('the example of the guide', async () => {
  const page = readFileSync(new URL('../../docs/guide/online.md', import.meta.url), 'utf8')
  const part = await compiled(/```sql\n([\s\S]*?)```/.exec(page)![1]!)
  expect(phases.flatMap((p) => part[p].map((s) => `${p} ${s.title.replace(/^\S+:(\d+) +/, '$1 ')}`))).toEqual([
    'expand 1 add orders.channel',
    'expand 1 add orders.token',
    'expand 4 orders.customer_id points at customer',
    'expand 5 index orders_channel_lower_note_idx on orders',
    'expand 6 orders.code as bigint, beside it',
    'cutover 6 orders.code is bigint',
    'contract 7 orders.old_note may be without a value',
    'contract 7 retire public.orders.old_note',
  ])
})
