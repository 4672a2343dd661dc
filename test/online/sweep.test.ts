// Rows that are gone over a few at a time, while the application changes them and moves them about.
import { expect, test } from 'vitest'
import { connect, plan, run } from '../../src/api.ts'
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
