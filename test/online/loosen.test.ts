// The life of what makes a table take more than before: constraints and values that must be there no more, other defaults, other words.
import { expect, test } from 'vitest'
import { connect, plan, run, undo } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { dumpOf } from '../crash/state.ts'
import { type LivePlace, life } from '../support/life.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const setup = `
  create type state as enum ('open', 'on hold', 'done');
  create domain said as state;
  create table customer (id int primary key, name text, constraint customer_name_key unique (name) include (id) deferrable initially deferred);
  create table orders (id int primary key, customer_id int constraint whose not null, amount int default 7, state state not null default 'open',
    states state[], said said, constraint orders_customer foreign key (customer_id) references customer (id) on delete cascade,
    constraint sane check (amount > 0));
  alter table orders add constraint unseen check (amount < 100) not valid;
  comment on constraint sane on orders is 'why'; comment on constraint customer_name_key on customer is 'once';
  alter table customer cluster on customer_name_key;
  create function finished(o orders) returns boolean language sql as $$ select o.state = 'done' $$;
  create view waiting as select id from orders where state = 'on hold';
  create table log (id int, at date, amount int constraint log_sane check (amount > 0)) partition by range (at);
  create publication pub for table orders;
  create view per_customer as select c.id, c.name from customer c group by c.id;
  insert into customer select i, 'name ' || i from generate_series(1, 50) i;
  insert into orders select i, 1 + i % 50, 1 + i % 50, 'open' from generate_series(1, 500) i`

const elsewhere = { SQLite: 'its schema is not changed beside others', MariaDB: 'its schema is not changed beside others' }

const cases: Readonly<Record<string, readonly [step: () => Step, once?: (p: LivePlace) => Promise<void>]>> = {
  'a check dropped': [() => online.dropConstraint('orders', 'sane')],
  'a check dropped that was never looked at': [() => online.dropConstraint('orders', 'unseen')],
  'a foreign key dropped': [() => online.dropConstraint('orders', 'orders_customer')],
  'a unique constraint dropped': [() => online.dropConstraint('customer', 'customer_name_key')],
  'a value that need not be there': [
    () => online.dropNotNull('orders', 'customer_id'),
    async (p) => {
      await p.sql('insert into orders (id) values (9000)')
      await p.sql('delete from orders where id = 9000')
    },
  ],
  'another default': [() => online.setDefault('orders', 'state', `'on hold'`)],
  'no default': [() => online.setDefault('orders', 'amount', null)],
  'an enum with another word': [
    () => online.renameEnumValue('state', 'on hold', 'waiting'),
    async (p) => expect((await p.sql(`select pg_get_viewdef('waiting'::regclass)`))[0]![0]).toMatch(/'waiting'/),
  ],
}

for (const [title, [step, once]] of Object.entries(cases))
  life(title, { setup: () => setup, not: elsewhere, phase: 'expand', steps: () => [step()], ...(once ? { once: (_, p) => once(p) } : {}) })

async function at(steps: readonly Step[], body: (place: At) => Promise<void>): Promise<void> {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await connect(fresh.url)
  const m = migration('at', { expand: steps })
  try {
    await body({
      run: async () => run(await plan(m, db), db),
      undo: async () => undo(await plan(m, db, { recorded: true }), db),
      sql: (text) => query(fresh.url, text),
      state: () => dumpOf(fresh.url),
    })
  } finally {
    await db.close()
  }
}
interface At {
  run(): Promise<unknown>
  undo(): Promise<unknown>
  sql(text: string): Promise<unknown>
  state(): Promise<unknown>
}

const values = `select string_agg(enumlabel, ', ' order by enumsortorder) from pg_enum where enumtypid = 'state'::regtype`

test('a value of an enum stays, and the plan says so before anything is done', () =>
  at([online.enumValue('state', 'paid', { before: 'done' })], async (p) => {
    await p.run()
    await p.run()
    expect(await p.sql(values)).toEqual([['open, on hold, paid, done']])
    const there = await p.state()
    await expect(p.undo()).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.stringMatching(/cannot take a value out/) })
    expect(await p.state()).toEqual(there)
  }))

test('a value that may stay does, and not while a row has it', () =>
  at([online.enumValue('state', 'paid', { after: 'open', stays: true })], async (p) => {
    await p.run()
    expect(await p.sql(values)).toEqual([['open, paid, on hold, done']])
    const there = await p.state()
    for (const [use, unuse, says] of [
      [`state = 'paid'`, `state = 'open'`, /1 rows of \S*orders\.state are paid/],
      [`states = '{open,paid}'`, 'states = null', /1 rows of \S*orders\.states are paid/],
      [`said = 'paid'`, 'said = null', /1 rows of \S*orders\.said are paid/],
    ] as const) {
      await p.sql(`update orders set ${use} where id = 1`)
      await expect(p.undo()).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.stringMatching(says) })
      await p.sql(`update orders set ${unuse} where id = 1`)
    }
    await p.undo()
    expect(await p.state()).toEqual(there)
    await p.run()
    expect(await p.state()).toEqual(there)
  }))

const rejected: Readonly<Record<string, readonly [() => Step, change: string, says: RegExp, mend: string]>> = {
  'a row without a value': [
    () => online.dropNotNull('orders', 'customer_id'),
    'insert into orders (id) values (9000)',
    /orders\.customer_id: 1 row has none/,
    'delete from orders where id = 9000',
  ],
  'a row that does not hold to a check': [
    () => online.dropConstraint('orders', 'sane'),
    'update orders set amount = -1 where id = 1',
    /do not hold to sane/,
    'update orders set amount = 2 where id = 1',
  ],
  'a row that points at nothing': [
    () => online.dropConstraint('orders', 'orders_customer'),
    'update orders set customer_id = 77 where id = 1',
    /do not hold to orders_customer/,
    'update orders set customer_id = 2 where id = 1',
  ],
  'a value that stands twice': [
    () => online.dropConstraint('customer', 'customer_name_key'),
    `update customer set name = 'name 2' where id = 1`,
    /do not hold to customer_name_key/,
    `update customer set name = 'name 1' where id = 1`,
  ],
  'a default that somebody else has set': [
    () => online.setDefault('orders', 'amount', '8'),
    'alter table orders alter amount set default 9',
    /another default since: 9/,
    'alter table orders alter amount set default 8',
  ],
}

test.each(Object.entries(rejected))('not taken back past %s', (_, [step, change, says, mend]) =>
  at([step()], async (p) => {
    const before = await p.state()
    await p.run()
    await p.sql(change)
    await expect(p.undo()).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.stringMatching(says) })
    expect(await p.sql('select count(*) from pg_index where not indisvalid')).toEqual([['0']])
    await p.sql(mend)
    await p.undo()
    expect((await p.state()) as string[]).toHaveLength((before as string[]).length)
  }),
)

const refused: Readonly<Record<string, readonly [() => Step, RegExp]>> = {
  'a constraint that is not there': [() => online.dropConstraint('orders', 'nothing'), /orders has no constraint nothing/],
  'a key that others point at': [
    () => online.dropConstraint('customer', 'customer_pkey'),
    /foreign key orders_customer of \S*orders points at it/,
  ],
  'a key that a view groups by': [() => online.dropConstraint('customer', 'customer_pkey'), /view \S*per_customer groups by it/],
  'a key by which rows are known': [() => online.dropConstraint('orders', 'orders_pkey'), /those that follow the table/],
  'a constraint of a partitioned table': [() => online.dropConstraint('log', 'log_sane'), /partitioned table/],
  'a value of a key': [() => online.dropNotNull('customer', 'id'), /part of the key customer_pkey/],
  'a column that is not there': [() => online.setDefault('orders', 'nothing', '1'), /there is no column orders\.nothing/],
  'an enum that is not there': [() => online.enumValue('nothing', 'x'), /there is no enum nothing/],
  'a neighbour that is not there': [() => online.enumValue('state', 'paid', { before: 'nothing' }), /state has no value nothing/],
  'a value that stands elsewhere': [() => online.enumValue('state', 'open', { after: 'done' }), /a value open already, at another place/],
  'a word that a function says': [
    () => online.renameEnumValue('state', 'done', 'finished'),
    /function \S*finished\(\S*orders\) says 'done'/,
  ],
  'a word that is taken': [() => online.renameEnumValue('state', 'open', 'done'), /state has a value done already/],
}

test.each(Object.entries(refused))('refused: %s', (_, [step, says]) =>
  at([step()], async (p) => {
    const before = await p.state()
    await expect(p.run()).rejects.toMatchObject({ code: 'GW_ONLINE_REFUSED', message: expect.stringMatching(says) })
    expect(await p.state()).toEqual(before)
  }),
)
