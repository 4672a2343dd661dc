// The life of each change that is made beside an application at work.
import { expect } from 'vitest'
import { online } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { type LivePlace, life } from '../support/life.ts'

const setup = `
  create table customer (id int primary key, name text, email text not null, state text);
  create table orders (id int primary key, customer_id int, note text, amount numeric(10,2) not null);
  create index orders_amount on orders (amount) where amount > 10;
  comment on index orders_amount is 'by amount';
  insert into customer select i, 'name ' || i, 'c' || i || '@x.test', 'open' from generate_series(1, 300) i;
  insert into orders select i, 1 + i % 300, 'note ' || i, i from generate_series(1, 5000) i`

const elsewhere = { SQLite: 'elsewhere.test.ts', MariaDB: 'elsewhere.test.ts' }

const cases: Readonly<Record<string, readonly [step: () => Step, once?: (p: LivePlace) => Promise<void>]>> = {
  'a column': [() => online.addColumn('orders', 'channel', { type: 'text' })],
  'a column with one value for all': [
    () => online.addColumn('orders', 'placed', { type: 'timestamptz', default: `timestamptz '2026-01-01 00:00+00'`, notNull: true }),
    async (p) => expect(await p.sql('select count(*)::text from orders where placed is not null')).toEqual([['5000']]),
  ],
  'a column with a value for each row': [
    () => online.addColumn('orders', 'token', { type: 'text', each: `md5('x')`, notNull: true }),
    async (p) => expect(await p.sql(`select count(*)::text from orders where token = md5('x')`)).toEqual([['5000']]),
  ],
  'a column that must have a value': [() => online.notNull('orders', 'customer_id')],
  'a check': [() => online.check('orders', 'amount_is_sane', 'amount > 0')],
  'a foreign key': [() => online.foreignKey('orders', ['customer_id'], 'customer', ['id'], { onDelete: 'cascade' })],
  'an index': [() => online.index('orders', ['customer_id', '(lower(note))'], { where: 'amount > 5', include: ['amount'] })],
  'a unique constraint': [() => online.unique('customer', ['email'], { deferrable: true })],
  'a table under another name': [
    () => online.renameTable('customer', 'client'),
    async (p) => {
      await p.sql(`insert into customer (id, email) values (1000, 'by its old name')`)
      expect(await p.sql('select email from client where id = 1000')).toEqual([['by its old name']])
      await p.sql('delete from customer where id = 1000')
    },
  ],
  'an index dropped': [() => online.dropIndex('orders_amount')],
}

for (const [title, [step, once]] of Object.entries(cases))
  life(title, { setup: () => setup, not: elsewhere, phase: 'expand', steps: () => [step()], ...(once ? { once: (_, p) => once(p) } : {}) })
