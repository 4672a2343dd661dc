// What speaks against a change is said before anything is done, and what was there before is nobody's to take back.
import { expect, test } from 'vitest'
import { connect, plan, run, undo } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { dumpOf } from '../crash/state.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const setup = `
  create table customer (id int primary key, email text not null);
  create table orders (id int primary key, customer_id int, amount int not null, note text);
  create table log (id int, at date) partition by range (at);
  create table log_2025 partition of log for values from ('2025-01-01') to ('2026-01-01');
  create index log_2025_log_at_idx on log_2025 (id);
  create view spent as select customer_id, sum(amount) from orders group by customer_id;
  create index orders_note_idx on orders (note);
  create table told (id int primary key);
  create publication news for table told;
  insert into customer values (1, 'a'), (2, 'a'), (3, 'b');
  insert into orders values (1, 1, 5, 'x'), (2, null, -5, null), (3, 99, 7, 'x')`

const cases: Readonly<Record<string, readonly [() => Step, RegExp]>> = {
  'a column that is there': [() => online.addColumn('orders', 'note', { type: 'text' }), /orders\.note is there already/],
  'a column on a table that is not there': [() => online.addColumn('order', 'note', { type: 'text' }), /there is no table order/],
  'a default that is another for each row': [
    () => online.addColumn('orders', 'token', { type: 'uuid', default: 'gen_random_uuid()' }),
    /written anew: say each: 'gen_random_uuid\(\)'/,
  ],
  'a column with rows that have no value': [() => online.notNull('orders', 'note'), /1 row has none/],
  'a column that is not there': [() => online.notNull('orders', 'nothing'), /there is no column orders\.nothing/],
  'a check that rows do not hold to': [() => online.check('orders', 'sane', 'amount > 0'), /1 row does not hold to it/],
  'a foreign key that points at nothing': [
    () => online.foreignKey('orders', ['customer_id'], 'customer', ['id']),
    /1 row points at nothing in customer/,
  ],
  'an index whose name is taken': [() => online.index('orders', ['note']), /there is something called orders_note_idx already/],
  'a value that is looked for within a partition only': [
    () => online.unique('log', ['id']),
    /partitioned by RANGE \(at\), and has to be unique by that/,
  ],
  'a name that a partition has already': [() => online.index('log', ['at']), /there is something called log_2025_log_at_idx already/],
  'values in more than one row': [() => online.unique('customer', ['email']), /1 value of email stands in more than one row/],
  'a column that a view reads': [() => online.dropColumn('orders', 'amount'), /view \S*spent reads it/],
  'an index that a key lives by': [() => online.dropIndex('orders_pkey'), /the constraint orders_pkey of \S*orders lives by it/],
  'a table that a publication names': [() => online.renameTable('told', 'heard'), /a publication names it: news/],
  'a name that is taken': [() => online.renameTable('orders', 'customer'), /there is something called customer already/],
}

test.each(Object.entries(cases))('%s', async (_, [step, says]) => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await connect(fresh.url)
  try {
    const before = await dumpOf(fresh.url)
    const m = migration('refused', { expand: [step()] })
    await expect(run(await plan(m, db), db)).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      exit: 4,
      message: expect.stringMatching(says),
    })
    expect(await dumpOf(fresh.url)).toEqual(before)
  } finally {
    await db.close()
  }
})

test('what must have a value already stays so after an undo', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await connect(fresh.url)
  try {
    const before = await dumpOf(fresh.url)
    const m = migration('already', { expand: [online.notNull('orders', 'amount')] })
    await run(await plan(m, db), db)
    expect(await dumpOf(fresh.url)).toEqual(before)
    await undo(await plan(m, db, { recorded: true }), db)
    expect(await dumpOf(fresh.url)).toEqual(before)
  } finally {
    await db.close()
  }
})

test('an index that could not be built whole is built again', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await connect(fresh.url)
  try {
    const m = migration('twice', { expand: [online.index('customer', ['email'], { name: 'by_email', unique: true })] })
    await expect(run(await plan(m, db), db)).rejects.toThrow(/could not create unique index/)
    expect(await query(fresh.url, `select indisvalid from pg_index where indexrelid = 'by_email'::regclass`)).toEqual([['f']])
    await query(fresh.url, 'delete from customer where id = 2')
    await run(await plan(m, db), db)
    expect(await query(fresh.url, `select indisvalid from pg_index where indexrelid = 'by_email'::regclass`)).toEqual([['t']])
  } finally {
    await db.close()
  }
})
