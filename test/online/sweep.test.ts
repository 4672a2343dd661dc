// Rows that are gone over a few at a time, while the application changes them and moves them about.
import { expect, test } from 'vitest'
import { connect, type Event, plan, run } from '../../src/api.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { migration, online } from '../../src/index.ts'
import { freshDatabase, query } from '../support/postgres.ts'

/** While the first few rows are filled, others are changed that have not been: they stand at the end of the table from then on. */
const setup = `
  create table orders (id int primary key, amount int not null);
  insert into orders select i, i from generate_series(1, 20000) i;
  create table moved (once boolean primary key);
  create function moves() returns trigger language plpgsql as $$ begin
    if pg_trigger_depth() = 1 then
      insert into public.moved values (true) on conflict do nothing;
      if found then update public.orders set amount = amount + 1 where id > 15000; end if;
    end if;
    return null;
  end $$;
  create trigger moves after update on orders for each statement execute function moves()`

test('a row that was moved on without a value gets one', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await connect(fresh.url)
  try {
    const m = migration('moved', {
      expand: [online.addColumn('orders', 'token', { type: 'uuid', each: 'gen_random_uuid()', notNull: true })],
    })
    await run(await plan(m, db), db)
    expect(await query(fresh.url, 'select count(*), count(token), count(distinct token) from orders')).toEqual([
      ['20000', '20000', '20000'],
    ])
    expect(await query(fresh.url, 'select count(*) from orders where amount > id')).toEqual([['5000']])
  } finally {
    await db.close()
  }
})

test.each([
  ['of which nothing is known', ''],
  ['that was analysed, of several partitions', 'analyze gone_over'],
])('whoever looks on sees how far it has come: a table %s', async (_, first) => {
  await using fresh = await freshDatabase()
  await query(
    fresh.url,
    `create table gone_over (id int) partition by range (id);
    create table low partition of gone_over for values from (0) to (7000);
    create table high partition of gone_over for values from (7000) to (30000);
    insert into gone_over select i from generate_series(1, 20000) i; ${first}`,
  )
  const db = await connect(fresh.url)
  try {
    const m = migration('told', { expand: [online.addColumn('gone_over', 'token', { type: 'uuid', each: 'gen_random_uuid()' })] })
    const seen: Extract<Event, { type: 'step.progress' }>[] = []
    await run(await plan(m, db), db, { observe: (e) => void (e.type === 'step.progress' && seen.push(e)) })
    expect(new Set(seen.map((e) => e.step))).toEqual(new Set(['expand.1']))
    const done = seen.map((e) => e.done)
    expect(done[0]).toBe(0)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done.length).toBeGreaterThan(10)
    expect(done.at(-1)).toBe(seen[0]!.of)
    expect(Math.abs(seen[0]!.of! - 20000)).toBeLessThan(400)
  } finally {
    await db.close()
  }
})

test('what stands in nobody’s way may take longer than a statement may', async () => {
  await using fresh = await freshDatabase()
  await query(
    fresh.url,
    `create table orders (id int primary key, amount int);
    insert into orders select i, i from generate_series(1, 60) i;
    create function slow(n int) returns int language plpgsql immutable as $$ begin perform pg_catalog.pg_sleep(0.01); return n; end $$`,
  )
  const db = await openPostgres({ url: fresh.url, statementTimeout: 250 })
  try {
    const m = migration('slow', {
      expand: [
        online.check('orders', 'slowly', 'public.slow(amount) > 0'),
        online.index('orders', ['(public.slow(amount))'], { name: 'slowly_found' }),
      ],
    })
    await run(await plan(m, db), db)
    expect(
      await query(
        fresh.url,
        `select convalidated, (select indisvalid from pg_index where indexrelid = 'slowly_found'::regclass) from pg_constraint where conname = 'slowly'`,
      ),
    ).toEqual([['t', 't']])
    // where others have to wait, the limit holds as before, in the sessions that were used for these too
    await expect(db.session((s) => s.query('select pg_sleep(5)'))).rejects.toMatchObject({ sqlstate: '57014' })
  } finally {
    await db.close()
  }
})
