// The same changes in SQLite and MariaDB: by the gentlest ALTER that there is, or by a table made anew under guard; there, back, and from
// wherever they were broken off.
import { expect } from 'vitest'
import { online } from '../../src/index.ts'
import type { Steps } from '../../src/migration/migration.ts'
import type { Step } from '../../src/steps/step.ts'
import { type LivePlace, life } from '../support/life.ts'
import type { Kind } from '../targets/place.ts'

const sqlite = `
  create table customer (id integer primary key autoincrement, name text, email text not null, constraint customer_name unique (name));
  create table orders (id integer primary key autoincrement, customer_id int, "the note" text default 'none' /* (a, b) */, amount numeric(10, 2) not null default (5), -- how much
    parent int, price numeric(10, 2) not null default 2, constraint given check (amount <> ','), constraint orders_parent foreign key (parent) references orders (id) on delete cascade);
  create table mark (customer_id int not null, word text);
  insert into mark values (1, 'x'), (1, 'y'), (2, 'x');
  create index orders_amount on orders (amount) where amount > 10;
  create view spent as select customer_id, sum(amount) as total from orders group by customer_id;
  create table log (what text);
  create trigger told after insert on orders begin insert into log values ('order ' || new.id); end;
  create trigger tells after insert on customer begin update orders set customer_id = customer_id where id = new.id; end;
  insert into customer (name, email) values ('a', 'a@x.test'), ('b', 'b@x.test'), ('c', 'c@x.test');
  insert into orders (customer_id, "the note", amount, parent) values (1, 'x', 5, null), (2, null, 7.5, 1), (1, 'y', 11, 1), (3, 'z', 12, 2);
  insert into orders (id, amount) values (99, 1); delete from orders where id = 99`

const mariadb = `
  create table customer (id int primary key auto_increment, name varchar(50), email varchar(100) not null, constraint customer_name unique (name));
  create table orders (id int primary key auto_increment, customer_id int comment 'who, NOT NULL', \`the note\` varchar(50) default 'none' comment 'said', amount decimal(10, 2) not null default 5,
    parent int, price decimal(10, 2) not null default 2, key by_parent (parent), key by_price (price, customer_id), constraint given check (amount <> 4711), constraint orders_parent foreign key (parent) references orders (id) on delete cascade);
  create table mark (customer_id int not null, word varchar(20));
  insert into mark values (1, 'x'), (1, 'y'), (2, 'x');
  create index orders_amount on orders (amount desc, customer_id);
  create view spent as select customer_id, sum(amount) as total from orders group by customer_id;
  insert into customer (name, email) values ('a', 'a@x.test'), ('b', 'b@x.test'), ('c', 'c@x.test');
  insert into orders (customer_id, \`the note\`, amount, parent) values (1, 'x', 5, null), (2, null, 7.5, 1), (1, 'y', 11, 1), (3, 'z', 12, 2)`

const setup = (kind: Kind): string => (kind.name === 'SQLite' ? sqlite : mariadb)

const refused = async (p: LivePlace, sql: string) =>
  expect(
    await p.sql(sql).then(
      () => 'taken',
      () => 'refused',
    ),
  ).toBe('refused')

const cases: Readonly<
  Record<
    string,
    readonly [step: (kind: Kind) => readonly Step[] | Steps, once?: (p: LivePlace) => Promise<void>, not?: Readonly<Record<string, string>>]
  >
> = {
  'a column': [
    () => [online.addColumn('orders', 'channel', { type: 'varchar(10)', default: `'web'`, notNull: true })],
    async (p) => expect(await p.sql(`select count(*) from orders where channel = 'web'`)).toEqual([['4']]),
  ],
  'a column that must have a value': [
    () => [online.notNull('orders', 'customer_id')],
    async (p) => refused(p, 'update orders set customer_id = null where id = 1'),
  ],
  'a check': [
    () => [online.check('orders', 'amount_is_sane', 'amount > 0')],
    async (p) => refused(p, 'update orders set amount = -1 where id = 1'),
  ],
  'a foreign key': [() => [online.foreignKey('orders', ['customer_id'], 'customer', ['id'], { onDelete: 'cascade' })]],
  'a unique constraint': [
    () => [online.unique('customer', ['email'])],
    async (p) => refused(p, `update customer set email = 'a@x.test' where id = 2`),
  ],
  'an index': [() => [online.index('orders', ['customer_id', 'amount'], { name: 'by_customer' })]],
  'an index dropped': [() => [online.dropIndex('orders_amount')]],
  'another default': [() => [online.setDefault('orders', 'the note', `'nothing'`)]],
  'no default': [() => [online.setDefault('orders', 'the note', null)]],
  'a column under another name': [(kind) => online.renameColumn('orders', kind.name === 'SQLite' ? 'customer_id' : 'parent', 'other')],
  'a column that may lack a value': [
    () => [online.dropNotNull('customer', 'email')],
    async (p) => {
      await p.sql('update customer set email = null where id = 1')
      await p.sql(`update customer set email = 'a@x.test' where id = 1`)
    },
  ],
  'a check dropped': [() => [online.dropConstraint('orders', 'given')]],
  'a foreign key dropped': [() => [online.dropConstraint('orders', 'orders_parent')]],
  'a unique constraint dropped': [() => [online.dropConstraint('customer', 'customer_name')]],
  'a check looked at': [() => [online.validate('orders', 'given')]],
  'a primary key': [() => [online.primaryKey('mark', ['customer_id', 'word'])]],
  'a table under another name': [
    () => [online.renameTable('orders', 'purchases')],
    async (p) => {
      expect(await p.sql('select count(*) from orders')).toEqual([['4']])
      expect(await p.sql('select count(*) from purchases')).toEqual([['4']])
      expect(await p.sql('select total from spent where customer_id = 1')).toEqual([[p.kind.name === 'SQLite' ? '16' : '16.00']])
    },
  ],
  'a column of another type': [
    () => online.retype('orders', 'customer_id', { to: 'varchar(20)' }),
    async (p) => expect(await p.sql(`select count(*) from orders where customer_id = '1'`)).toEqual([['2']]),
    { MariaDB: 'it has moves there, and lives of its own in elsewhere-back.test.ts' },
  ],
  'a column of another type, by words of its own': [
    (kind) =>
      online.retype('orders', 'price', {
        to: 'bigint',
        using: kind.name === 'SQLite' ? 'cast(price * 100 as integer)' : 'round(price * 100)',
        back: kind.name === 'SQLite' ? 'price / 100.0' : 'price / 100',
      }),
    async (p) => expect(await p.sql(`select price from orders where id = 2`)).toEqual([['200']]),
    { MariaDB: 'it has moves there, and lives of its own in elsewhere-back.test.ts' },
  ],
  'several of them': [
    () => [
      online.addColumn('orders', 'state', { type: 'varchar(10)' }),
      online.check('orders', 'state_known', `state is null or state in ('open', 'done')`),
      online.setDefault('orders', 'state', `'open'`),
      online.index('orders', ['state']),
    ],
  ],
}

for (const [title, [steps, once, not]] of Object.entries(cases))
  life(title, {
    setup,
    not: { Postgres: 'it has moves, and lives of its own', ...not },
    phase: 'expand',
    // a server that has to say each change anew takes its time
    timeoutMs: 600_000,
    breaks: 5,
    steps: (_, kind) => steps(kind),
    ...(once ? { once: (_, p) => once(p) } : {}),
  })
