// What keeps a change of a SQLite or MariaDB table from doing harm: what speaks against it, locks, copies, and values that are not what they were.
import { expect, test } from 'vitest'
import { type Event, plan, type RunOptions, run, undo } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import type { Hands } from '../../src/steps/hands.ts'
import type { Step } from '../../src/steps/step.ts'
import { quickClock } from '../crash/process.ts'
import { filled } from './filled.ts'

const setup = (kind: string) => `
  create table customer (id integer primary key ${kind === 'SQLite' ? 'autoincrement' : 'auto_increment'}, email varchar(50) not null);
  create table orders (id integer primary key ${kind === 'SQLite' ? 'autoincrement' : 'auto_increment'}, customer_id integer, amount integer default 5, note varchar(50),
    ${kind === 'SQLite' ? `state text default 'open' constraint within check (state in ('open', 'done'))` : `state enum('open', 'done') default 'open', checked int check (checked > 0)`});
  create table log (word varchar(20), said integer, n integer, constraint log_key unique (n));
  insert into log values ('a', 1, 1), ('a', null, 2);
  create table told (n integer, constraint told_by foreign key (n) references log (n));
  ${kind === 'SQLite' ? '' : 'create table part (id integer) partition by hash (id) partitions 2;'}
  create index orders_note on orders (note);
  create view noted as select note from orders;
  insert into customer (email) values ('a'), ('a'), ('b');
  insert into orders (customer_id, amount, note) values (1, 5, 'x'), (2, -7, null), (9, 3, 'y');
  insert into orders (id, customer_id) values (99, 1);
  delete from orders where id = 99`

async function opened(name: string) {
  const { place, db } = await filled(name, setup(name))
  const around: RunOptions = { clock: quickClock }
  const of = (...steps: Step[]) => migration('guarded', { expand: steps })
  return {
    url: place.url,
    sql: (text: string) => place.app.sql(text),
    run: async (step: Step, options: RunOptions = {}) => run(await plan(of(step), db), db, { ...around, ...options }),
    undo: async (step: Step) => undo(await plan(of(step), db, { recorded: true }), db, around),
  }
}

/** The step, with something done right before each change of the schema. */
const lent = (step: Step, change: (hands: Hands) => Hands['schema']['gently']): Step => ({
  ...step,
  doing: { ...step.doing!, do: (hands) => step.doing!.do({ ...hands, schema: { ...hands.schema, gently: change(hands) } }) },
})

const ofBoth: Readonly<Record<string, readonly [() => Step, RegExp]>> = {
  'a column that is there': [() => online.addColumn('orders', 'note', { type: 'text' }), /orders\.note is there already/],
  'a column on a table that is not there': [() => online.addColumn('order', 'note', { type: 'text' }), /there is no table order/],
  'a column that must have a value, and has none': [
    () => online.addColumn('orders', 'state', { type: 'text', notNull: true }),
    /give it a default/,
  ],
  'rows without a value': [() => online.notNull('orders', 'note'), /1 row has none/],
  'rows that do not hold to a check': [() => online.check('orders', 'sane', 'amount > 0'), /1 row does not hold to it/],
  'rows that point at nothing': [
    () => online.foreignKey('orders', ['customer_id'], 'customer', ['id']),
    /1 row points at nothing in customer/,
  ],
  'values that stand twice': [() => online.unique('customer', ['email']), /1 row for each value of email is one too many/],
  'an index whose name is taken': [() => online.index('orders', ['note'], { name: 'orders_note' }), /orders_note already/],
  'an index that is not there': [() => online.dropIndex('nothing'), /there is no index nothing/],
  'a column that a view reads': [() => online.dropColumn('orders', 'note'), /view noted names it/],
  'a default of a column that is not there': [() => online.setDefault('orders', 'nothing', '1'), /there is no column orders\.nothing/],
  'a table under a name that is taken': [() => online.renameTable('orders', 'customer'), /something called customer already/],
  'a constraint that is not there': [() => online.dropConstraint('orders', 'nothing'), /orders has no constraint nothing/],
  'a constraint looked at that is not there': [() => online.validate('orders', 'nothing'), /orders has no constraint nothing/],
  'a key of the table that must have a value': [() => online.dropNotNull('orders', 'id'), /orders\.id is part of the primary key/],
  'a second primary key': [() => online.primaryKey('orders', ['note']), /orders has a primary key/],
  'a primary key of values that stand twice': [() => online.primaryKey('log', ['word']), /1 row for each value of word is one too many/],
  'a primary key without a value': [() => online.primaryKey('log', ['said']), /1 row has no value of said/],
  'a column in two': [
    () =>
      online.split('orders', 'note', { into: { a: { type: 'text', up: 'note' }, b: { type: 'text', up: 'note' } }, back: 'a' }).expand[0],
    /has no way for it beside others: write it as ddl/,
  ],
}

const ofOne: Readonly<Record<string, readonly [engine: string, () => Step, RegExp]>> = {
  'a value for each row': ['MariaDB', () => online.addColumn('orders', 'token', { type: 'text', each: 'uuid()' }), /fill/],
  'an index over some rows': ['MariaDB', () => online.index('orders', ['note'], { name: 'some', where: 'amount > 1' }), /leave where out/],
  'an index over an expression': ['MariaDB', () => online.index('orders', ['(lower(note))'], { name: 'low' }), /computed/],
  'a name that a view says': ['MariaDB', () => online.renameColumn('orders', 'note', 'words').contract[0], /view noted names it/],
  'values that are none of another type, there': [
    'MariaDB',
    () => online.retype('orders', 'note', { to: 'integer' }).expand[0],
    /2 rows have a value of note that is no integer/,
  ],
  'values that would not come back': [
    'SQLite',
    () => online.retype('orders', 'note', { to: 'integer' }).cutover[0],
    /2 rows have a value of note that would not come back from integer as it is/,
  ],
  'values longer than another type': [
    'MariaDB',
    () => online.retype('customer', 'email', { to: 'varchar(0)' }).expand[0],
    /3 rows have a value of email that is no varchar\(0\)/,
  ],
  'a type that values cannot be looked at for': [
    'MariaDB',
    () => online.retype('orders', 'note', { to: 'point' }).expand[0],
    /cannot be told/,
  ],
  'a type that it has': ['MariaDB', () => online.retype('orders', 'amount', { to: 'INTEGER' }).expand[0], /is INTEGER already/],
  'a default that is none of another type': [
    'MariaDB',
    () => online.retype('orders', 'state', { to: 'integer', using: '1' }).expand[0],
    /its default 'open' is no integer/,
  ],
  'words of its own where no second column can stand': [
    'MariaDB',
    () => online.retype('log', 'word', { to: 'varchar(90)', using: 'upper(word)' }).expand[0],
    /log has no primary key/,
  ],
  'a value for what is no enum': ['MariaDB', () => online.enumValue('orders.note', 'x'), /orders\.note is no enum/],
  'a value that an enum has': ['MariaDB', () => online.enumValue('orders.state', 'done'), /has a value done already/],
  'a value beside one that is not there': ['MariaDB', () => online.enumValue('orders.state', 'x', { after: 'y' }), /has no value y/],
  'a word for a value that is not there': ['MariaDB', () => online.renameEnumValue('orders.state', 'x', 'y'), /has no value x/],
  'an enum': ['SQLite', () => online.enumValue('orders.state', 'x'), /SQLite has no enums.*dropConstraint/s],
  'a constraint within a column': ['SQLite', () => online.dropConstraint('orders', 'within'), /part of what is said of the column state/],
  'a check within a column': ['MariaDB', () => online.dropConstraint('orders', 'checked'), /part of what is said of the column checked/],
  'a key that others point at': ['SQLite', () => online.dropConstraint('log', 'log_key'), /a foreign key of told points at it/],
  'a key that others point at, there': [
    'MariaDB',
    () => online.dropConstraint('log', 'log_key'),
    /foreign key told_by of told points at it/,
  ],
  'a foreign key of a table made of partitions': [
    'MariaDB',
    () => online.foreignKey('part', ['id'], 'customer', ['id']),
    /part is made of partitions/,
  ],
  'an index of a kind that there is not': [
    'SQLite',
    () => online.index('orders', ['note'], { name: 'some', using: 'gin' }),
    /leave them out/,
  ],
}

test.each([
  ...Object.entries(ofBoth).flatMap(([title, [step, says]]) => ['SQLite', 'MariaDB'].map((engine) => [engine, title, step, says] as const)),
  ...Object.entries(ofOne).map(([title, [engine, step, says]]) => [engine, title, step, says] as const),
])('%s: %s', async (engine, _, step, says) => {
  const p = await opened(engine)
  await expect(p.run(step())).rejects.toMatchObject({ code: 'GW_ONLINE_REFUSED', exit: 4, message: expect.stringMatching(says) })
})

test('MariaDB: whoever has the table is given way to, and the change is made once he is gone', async () => {
  const p = await opened('MariaDB')
  await p.sql('begin')
  await p.sql('select * from orders')
  let waited = 0
  const going = p.run(online.addColumn('orders', 'channel', { type: 'text' }), {
    observe: (e: Event) => void (e.type === 'step.waiting' && /lock wait timeout/i.test(e.why) && ++waited === 2 && void p.sql('commit')),
  })
  await going
  expect(waited).toBeGreaterThanOrEqual(2)
  expect(await p.sql('select count(channel) from orders')).toEqual([['0']])
})

test('MariaDB: a table is copied while writers wait only where that is said', async () => {
  const p = await opened('MariaDB')
  const check = online.check('orders', 'sane', 'amount > -10')
  await expect(p.run(online.copying(check, { upTo: 0 }))).rejects.toMatchObject({
    code: 'GW_ONLINE_REFUSED',
    message: expect.stringMatching(/would copy the whole table while writers wait[\s\S]*online\.copying/),
  })
  const constraints = `select count(*) from information_schema.check_constraints where constraint_schema = database() and constraint_name = 'sane'`
  expect(await p.sql(constraints)).toEqual([['0']])
  await p.undo(online.copying(check, { upTo: 0 }))
  await p.run(online.copying(check, { upTo: 1000 }))
  expect(await p.sql(constraints)).toEqual([['1']])
})

test('MariaDB: a row that comes to point at nothing while a key is made takes the key back', async () => {
  const p = await opened('MariaDB')
  await p.sql('delete from orders where customer_id = 9')
  const key = lent(
    online.foreignKey('orders', ['customer_id'], 'customer', ['id'], { name: 'of_customer' }),
    ({ schema }) =>
      async (way) => {
        await p.sql('update orders set customer_id = 4711 where id = 1')
        return schema.gently(way)
      },
  )
  await expect(p.run(key)).rejects.toMatchObject({ code: 'GW_ONLINE_REFUSED', message: expect.stringMatching(/1 row points at nothing/) })
  expect(
    await p.sql(
      `select count(*) from information_schema.table_constraints where constraint_schema = database() and constraint_name = 'of_customer'`,
    ),
  ).toEqual([['0']])
})

test('SQLite: numbers that were drawn are not drawn again', async () => {
  const p = await opened('SQLite')
  await p.run(online.check('orders', 'sane', 'amount > -10'))
  await p.sql('insert into orders (customer_id) values (1)')
  expect(await p.sql('select max(id) from orders')).toEqual([['100']])
})

test.each([
  ['a value that is another one', `update "godwit_new_orders" set amount = 6 where amount = 5`],
  ['a row that is missing', 'delete from "godwit_new_orders" where id = 1'],
])('SQLite: %s in the new table rolls all of it back', async (_, harm) => {
  const p = await opened('SQLite')
  const tables = `select sql from sqlite_schema where sql is not null and name not like 'godwit%' order by name`
  const before = await p.sql(tables)
  const step = lent(online.check('orders', 'sane', 'amount > -10'), ({ schema }) => (way) => {
    const filled = way.findIndex((s) => s.startsWith('insert into "godwit_new_orders"'))
    expect(filled).toBeGreaterThan(0)
    return schema.gently(way.toSpliced(filled + 1, 0, harm))
  })
  await expect(p.run(step)).rejects.toMatchObject({ code: 'GW_TARGET_REFUSED', message: expect.stringContaining('same = 1') })
  expect(await p.sql(tables)).toEqual(before)
  expect(await p.sql('select count(*), sum(amount) from orders')).toEqual([['3', '1']])
})

test('SQLite: what somebody has changed since an undo does not take along', async () => {
  const p = await opened('SQLite')
  const step = online.check('orders', 'sane', 'amount > -10')
  await p.run(step)
  await p.sql('alter table orders add column later text')
  await expect(p.undo(step)).rejects.toMatchObject({
    code: 'GW_UNDO_REFUSED',
    message: expect.stringContaining('somebody else has changed orders'),
  })
  await p.sql('alter table orders drop column later')
  await p.undo(step)
  await p.sql('insert into orders (amount) values (-4711)')
})
