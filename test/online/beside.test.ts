// G10: somebody keeps a table busy for long. The change gives way to whoever comes after, says who is in its way, and is made once he is gone.
import pg from 'pg'
import { expect, test } from 'vitest'
import { connect, plan, run } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { freshDatabase } from '../support/postgres.ts'

const setup = `
  create table customer (id int primary key, email text not null);
  create table orders (id int primary key, customer_id int, amount int not null default 1, constraint given check (amount is not null));
  insert into customer select i, 'c' || i from generate_series(1, 50) i;
  insert into orders select i, 1 + i % 50, i from generate_series(1, 500) i`

const cases: Readonly<Record<string, () => Step>> = {
  'a column': () => online.addColumn('orders', 'note', { type: 'text', default: `'none'`, notNull: true }),
  'a column that must have a value': () => online.notNull('orders', 'customer_id'),
  'a check': () => online.check('orders', 'sane', 'amount > 0'),
  'a foreign key': () => online.foreignKey('orders', ['customer_id'], 'customer', ['id']),
  'a constraint dropped': () => online.dropConstraint('orders', 'given'),
  'a value that need not be there': () => online.dropNotNull('orders', 'amount'),
  'another default': () => online.setDefault('orders', 'amount', '7'),
  'a column dropped': () => online.dropColumn('orders', 'customer_id'),
  'a column under another name': () => online.renameColumn('orders', 'amount', 'total').expand[0],
  'one column as two': () =>
    online.split('orders', 'amount', {
      into: { whole: { type: 'int', up: 'amount / 100' }, rest: { type: 'int', up: 'amount % 100' } },
      back: 'whole * 100 + rest',
    }).expand[0],
  'a table under another name': () => online.renameTable('orders', 'purchase'),
}

test.each(Object.entries(cases))('%s', { timeout: 60_000 }, async (_, step) => {
  await using fresh = await freshDatabase()
  const client = async (application_name: string) => {
    const c = new pg.Client({ connectionString: fresh.url, application_name })
    await c.connect()
    return c
  }
  const [slow, app] = [await client('the slow report'), await client('the shop')]
  const db = await connect(fresh.url)
  try {
    await app.query(setup)
    await slow.query(
      `begin; select count(*) from orders where amount <> 4711; insert into orders values (9000, 1, 1); select 'secret', 4712`,
    )
    const said: string[] = []
    const m = migration('beside', { expand: [step()] })
    const going = run(await plan(m, db), db, { observe: (e) => void (e.type === 'step.waiting' && said.push(e.why)) })
    await expect.poll(() => said.filter((s) => s.includes('trying again')).length, { timeout: 30_000 }).toBeGreaterThan(0)
    // he is still at it, and nobody queues behind the change
    for (let n = 0; n < 10; n++) {
      await app.query('select count(*) from orders')
      await app.query('insert into orders (id, customer_id, amount) values ($1, 2, 3)', [10_000 + n])
    }
    expect(said.some((s) => /held by the slow report \(pid \d+, idle in transaction/.test(s))).toBe(true)
    expect(said.join()).not.toMatch(/secret|4712/)
    await slow.query('commit')
    await going
    expect((await app.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 511 }])
  } finally {
    await Promise.all([slow.end(), app.end(), db.close()])
  }
})
