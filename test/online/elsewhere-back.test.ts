// Changes of a SQLite or MariaDB table beside people who go on writing: what they write meanwhile, what they write between, and the way back from there.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { plan, purge, type RunOptions, run, undo } from '../../src/api.ts'
import { type Migration, migration, online } from '../../src/index.ts'
import type { Steps } from '../../src/migration/migration.ts'
import type { Hands } from '../../src/steps/hands.ts'
import type { Step } from '../../src/steps/step.ts'
import { quickClock } from '../crash/process.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import { filled } from './filled.ts'

const setup = (kind: string) => `
  create table customer (id integer primary key ${kind === 'SQLite' ? 'autoincrement' : 'auto_increment'}, email varchar(50) not null, constraint customer_email unique (email));
  create table orders (id integer primary key ${kind === 'SQLite' ? 'autoincrement' : 'auto_increment'}, customer_id integer, code varchar(20) not null, amount integer not null default 5,
    constraint sane check (amount > 0), constraint of_customer foreign key (customer_id) references customer (id));
  insert into customer (email) values ('a'), ('b');
  insert into orders (customer_id, code, amount) values (1, '7', 5), (2, '8', 6), (1, '9', 7)`

async function opened(name: string) {
  const { place, db } = await filled(name, setup(name))
  const around: RunOptions = { clock: quickClock }
  return {
    name: place.kind.schema,
    sql: (text: string) => place.app.sql(text),
    run: async (m: Migration, options: RunOptions = {}) => run(await plan(m, db), db, { ...around, ...options }),
    undo: async (m: Migration, options: RunOptions = {}) => undo(await plan(m, db, { recorded: true }), db, { ...around, ...options }),
    purge: async (m: Migration) =>
      purge(await plan(m, db, { recorded: true }), db, {
        clock: { ...quickClock, now: () => Date.now() + 30 * 86_400_000 },
        withoutCopy: 'a test',
      }),
  }
}

const of = (steps: Steps | Step, name = 'beside'): Migration => migration(name, 'kind' in steps ? { expand: [steps] } : steps)

/** The step, with something done to the statements of each change before they go out. */
const lent = (step: Step, change: (statements: readonly string[], hands: Hands) => Promise<readonly string[]>): Step => ({
  ...step,
  doing: {
    ...step.doing!,
    do: (hands) =>
      step.doing!.do({
        ...hands,
        schema: { ...hands.schema, gently: async (way) => hands.schema.gently(await change(way, hands)) },
      }),
  },
})

const both = ['SQLite', ...(hasMariadb ? ['MariaDB'] : [])]
const there: Readonly<Record<string, readonly [step: () => Step, since: string, says: RegExp, mended: string]>> = {
  'a row without a value': [
    () => online.dropNotNull('orders', 'code'),
    'update orders set code = null where id = 1',
    /1 row has no value of code/,
    `update orders set code = 'x' where id = 1`,
  ],
  'a row that does not hold to a check': [
    () => online.dropConstraint('orders', 'sane'),
    'update orders set amount = -1 where id = 1',
    /1 row does not hold to sane/,
    'update orders set amount = 1 where id = 1',
  ],
  'values that stand twice': [
    () => online.dropConstraint('customer', 'customer_email'),
    `insert into customer (email) values ('a')`,
    /1 row for each value of email is one too many/,
    'delete from customer where id = 3',
  ],
}

test.each(both.flatMap((engine) => Object.entries(there).map(([title, its]) => [engine, title, its] as const)))(
  '%s: %s since is named, and keeps a step from being taken back',
  async (engine, _, [step, since, says, mended]) => {
    const p = await opened(engine)
    await p.run(of(step()))
    await p.sql(since)
    await expect(p.undo(of(step()))).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.stringMatching(says) })
    await p.sql(mended)
    await p.undo(of(step()))
    await expect(p.sql(since)).rejects.toThrow()
  },
)

test.each(both)('%s: a value that the old type does not hold is named, and keeps it from being taken back', async (engine) => {
  const p = await opened(engine)
  const m = of(online.retype('orders', 'customer_id', { to: 'varchar(20)' }) as Steps)
  const loose = of(online.dropConstraint('orders', 'of_customer'), 'before')
  await p.run(loose)
  await p.run(m)
  await p.sql(`insert into orders (customer_id, code) values ('nobody', '10')`)
  await expect(p.undo(m)).rejects.toMatchObject({
    code: 'GW_UNDO_REFUSED',
    message: expect.stringMatching(/1 row of orders has a value of customer_id now/),
  })
  await p.sql(`update orders set customer_id = '2' where code = '10'`)
  await p.undo(m)
  expect(await p.sql('select customer_id from orders order by id')).toEqual([['1'], ['2'], ['1'], ['2']])
})

const retyped = (back?: string) =>
  online.retype('orders', 'code', { to: 'integer', using: 'cast(code as integer) * 10', back: back ?? 'code div 10' })

test.runIf(hasMariadb)('MariaDB: what is written beside a change of type is in both columns, before it and after it', async () => {
  const p = await opened('MariaDB')
  const parts = retyped()
  const m = of({ expand: parts.expand, cutover: parts.cutover })
  const early = lent(parts.cutover[0], async (way) => {
    // between expand and cutover: a new row, a changed one, one made of another
    if (way.some((sql) => sql.startsWith('lock tables'))) {
      await p.sql(`insert into orders (customer_id, code) values (1, '20')`)
      await p.sql(`update orders set code = '70' where id = 1`)
      await p.sql(`insert into orders (customer_id, code) select customer_id, '21' from orders where id = 2`)
      await expect(p.sql('insert into orders (customer_id, code) values (1, null)')).rejects.toThrow(/cannot be null/)
      await expect(p.sql(`insert into orders (customer_id, code) values (1, 'x')`)).rejects.toThrow(/Truncated incorrect/)
    }
    return way
  })
  await p.run(of({ expand: parts.expand, cutover: [early] }))
  expect((await p.sql('select code from orders order by id')).flat()).toEqual(['700', '80', '90', '200', '210'])
  await p.sql('insert into orders (customer_id, code) values (1, 300)')
  await p.sql('insert into orders (customer_id, code) select customer_id, 310 from orders where id = 2')
  await p.sql('update orders set code = 20 where id = 2')
  await expect(p.sql('insert into orders (customer_id, code) values (1, null)')).rejects.toThrow(/cannot be null/)
  await p.undo(m)
  expect((await p.sql('select code from orders order by id')).flat()).toEqual(['70', '2', '9', '20', '21', '30', '31'])
  expect(await p.sql(`select count(*) from information_schema.triggers where trigger_schema = database()`)).toEqual([['0']])
})

test.runIf(hasMariadb)('MariaDB: the old column is kept until it is purged, with its indexes', async () => {
  const p = await opened('MariaDB')
  await p.sql('create index orders_code on orders (code, amount)')
  const m = of(retyped() as Steps)
  await p.run(m)
  const columns = `select column_name from information_schema.columns where table_schema = database() and table_name = 'orders' order by ordinal_position`
  expect((await p.sql(columns)).flat()).toEqual(['id', 'customer_id', 'code', '_retired_code', 'amount'])
  await p.purge(m)
  expect((await p.sql(columns)).flat()).toEqual(['id', 'customer_id', 'code', 'amount'])
  expect(
    (
      await p.sql(
        `select distinct index_name from information_schema.statistics where table_schema = database() and table_name = 'orders' order by 1`,
      )
    ).flat(),
  ).toEqual(['of_customer', 'orders_code', 'PRIMARY'])
  await p.sql('insert into orders (customer_id, code) values (1, 400)')
})

test.runIf(hasMariadb).each([1, 2, 3, 4, 5, 6])(
  'MariaDB: broken off within the change of names, after %i of its statements',
  async (after) => {
    const p = await opened('MariaDB')
    const parts = retyped()
    const m = of({ expand: parts.expand, cutover: parts.cutover })
    const broken = lent(parts.cutover[0], async (way) => {
      const at = way.findIndex((sql) => sql.startsWith('lock tables'))
      return at < 0 ? way : [...way.slice(0, at + after), `signal sqlstate '45000' set message_text = 'broken off'`]
    })
    await expect(p.run(of({ expand: parts.expand, cutover: [broken] }))).rejects.toThrow(/broken off/)
    // whoever writes meanwhile says the old value or the new one, as the column is
    const [type] = (
      await p.sql(
        `select data_type from information_schema.columns where table_schema = database() and table_name = 'orders' and column_name = 'code'`,
      )
    )[0]!
    const isNew = type === 'int'
    await p.sql(`insert into orders (customer_id, code) values (1, ${isNew ? '500' : "'50'"})`)
    await p.sql(`update orders set code = ${isNew ? '600' : "'60'"} where id = 1`)
    await p.run(m)
    expect((await p.sql('select code from orders order by id')).flat()).toEqual(['600', '80', '90', '500'])
    await p.undo(m)
    expect((await p.sql('select code from orders order by id')).flat()).toEqual(['60', '8', '9', '50'])
  },
)

// before the second column, its triggers, its rows, its indexes, the change of names, and the last word of the new one
test.runIf(hasMariadb).each(['add column', 'create trigger', 'max_statement_time', 'add KEY', 'lock tables', 'NOT NULL'])(
  'MariaDB: a change of type broken off before "%s", taken back from there, or gone on with',
  async (what) => {
    const p = await opened('MariaDB')
    await p.sql('create index orders_code on orders (code, amount)')
    const state = async () => [
      await p.sql('show create table orders'),
      await p.sql('select * from orders order by id'),
      await p.sql('select trigger_name from information_schema.triggers where trigger_schema = database()'),
    ]
    const before = await state()
    const parts = retyped()
    const m = of(parts as Steps)
    const broken = (step: Step) =>
      lent(step, async (way) => {
        if (way.some((sql) => sql.includes(what))) throw new Error('broken off')
        return way
      })
    const breaking = of({ expand: [broken(parts.expand[0])], cutover: [broken(parts.cutover[0])] })
    await expect(p.run(breaking)).rejects.toThrow('broken off')
    await p.undo(m)
    expect(await state()).toEqual(before)
    await expect(p.run(breaking)).rejects.toThrow('broken off')
    await p.run(m)
    expect((await p.sql('select code from orders order by id')).flat()).toEqual(['70', '80', '90'])
    await p.run(m)
    await p.undo(m)
    expect(await state()).toEqual(before)
  },
)

test.runIf(hasMariadb)('MariaDB: thousands of rows by keys of two columns are filled in steps', async () => {
  const p = await opened('MariaDB')
  await p.sql(`create table wide (a varchar(20), b integer, n integer, primary key (a, b));
    insert into wide select concat('k', mod(seq, 37)), seq, seq from seq_1_to_2700`)
  const m = of(online.retype('wide', 'n', { to: 'bigint' }) as Steps)
  let steps = 0
  const parts = online.retype('wide', 'n', { to: 'bigint' })
  const counting = lent(parts.expand[0], async (way) => {
    steps += way.filter((sql) => sql.includes('set statement max_statement_time')).length
    return way
  })
  await p.run(of({ expand: [counting], cutover: parts.cutover }))
  expect(steps).toBe(6)
  expect(await p.sql('select count(*), sum(n) from wide where n = b')).toEqual([['2700', '3646350']])
  await p.undo(m)
  expect(await p.sql('select count(*), sum(n) from wide where n = b')).toEqual([['2700', '3646350']])
})

test.runIf(hasMariadb)('MariaDB: values of an enum at the end, in the middle, and under another word', async () => {
  const p = await opened('MariaDB')
  await p.sql(
    `alter table orders add column state enum('open', 'it''s done') not null default 'open' comment 'enum(''a'')', add column touched timestamp null on update current_timestamp`,
  )
  await p.sql(`update orders set state = 'it''s done' where id = 2`)
  await p.sql('update orders set touched = null')
  const line = async () => /`state`.*/.exec((await p.sql('show create table orders'))[0]![1]!)![0]
  const before = await line()
  const last = of(online.enumValue('orders.state', 'lost', { stays: true }))
  const middle = of(online.enumValue('orders.state', 'sent', { after: 'open', stays: true }))
  const word = of(online.renameEnumValue('orders.state', 'open', 'new'))
  await p.run(last)
  expect(await line()).toContain(`enum('open','it''s done','lost') NOT NULL DEFAULT 'open'`)
  await p.sql(`update orders set state = 'lost', touched = null where id = 3`)
  await expect(p.undo(last)).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.stringContaining('1 row is lost') })
  await p.sql(`update orders set state = 'open', touched = null where id = 3`)
  await p.undo(last)
  expect(await line()).toBe(before)
  await p.run(middle)
  expect(await line()).toContain(`enum('open','sent','it''s done')`)
  await p.undo(middle)
  expect(await line()).toBe(before)
  await p.run(word)
  expect(await line()).toContain(`enum('new','it''s done') NOT NULL DEFAULT 'new'`)
  expect(await p.sql('select state, touched from orders order by id')).toEqual([
    ['new', null],
    ["it's done", null],
    ['new', null],
  ])
  await p.undo(word)
  expect(await line()).toBe(before)
  await expect(p.run(of(online.copying(online.enumValue('orders.state', 'sent', { before: 'open' }), { upTo: 0 })))).rejects.toMatchObject({
    code: 'GW_ONLINE_REFUSED',
    message: expect.stringContaining('would copy the whole table'),
  })
})

test.runIf(hasMariadb)(
  'MariaDB: whoever says a name of the table writes while it is renamed, and nobody has rights by its name alone',
  async () => {
    const p = await opened('MariaDB')
    const root = await mariadbRoot({ database: p.name })
    onTestFinished(() => root.end())
    const m = of(online.renameTable('orders', 'purchases'))
    const over = new AbortController()
    let written = 0
    const writing = (async () => {
      while (!over.signal.aborted) {
        await root.query(`insert into orders (customer_id, code) values (1, 'w')`)
        written++
      }
    })()
    await p.run(m)
    await p.sql(`insert into purchases (customer_id, code) values (2, 'n')`)
    await p.undo(m)
    over.abort()
    await writing
    expect(written).toBeGreaterThan(10)
    expect(await p.sql(`select count(*) from orders where code = 'w'`)).toEqual([[String(written)]])
    await root.query(
      `create user if not exists godwit_reader@localhost; grant select on ${p.name}.orders to godwit_reader@localhost`.split(';')[0]!,
    )
    await root.query(`grant select on ${p.name}.orders to godwit_reader@localhost`)
    onTestFinished(() => root.query('drop user godwit_reader@localhost').then(() => {}))
    await expect(p.run(of(online.renameTable('orders', 'bought')))).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      message: expect.stringMatching(/godwit_reader.*has rights of his own on it/),
    })
  },
)

test.runIf(hasMariadb)('MariaDB: nobody queues behind a change for longer than the budget', async () => {
  const p = await opened('MariaDB')
  const [holder, other] = [await mariadbRoot({ database: p.name }), await mariadbRoot({ database: p.name })]
  onTestFinished(async () => {
    await holder.end()
    await other.end()
  })
  await holder.query('begin')
  await holder.query('select * from orders')
  const over = new AbortController()
  let worst = 0
  const reading = (async () => {
    while (!over.signal.aborted) {
      const began = performance.now()
      await other.query('select count(*) from orders')
      worst = Math.max(worst, performance.now() - began)
    }
  })()
  let waited = 0
  await p.run(of(online.addColumn('orders', 'channel', { type: 'text' })), {
    lockTimeoutMs: 500,
    observe: (e) => void (e.type === 'step.waiting' && ++waited === 3 && void holder.query('commit')),
  })
  over.abort()
  await reading
  expect(waited).toBeGreaterThanOrEqual(3)
  expect(worst).toBeGreaterThan(200)
  expect(worst).toBeLessThan(700)
})

/** In a thread of its own: what this process is busy with is nobody's waiting. */
const application = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { createConnection } = require('mysql2/promise')
  const works = [
    (c) => c.query("insert into orders (customer_id, code) values (1, '1')"),
    (c) => c.query('update orders set customer_id = 2 where id = ?', [1 + Math.floor(Math.random() * 9000)]),
    (c) => c.query('select count(code) from orders where id between 100 and 200'),
  ]
  const seen = { worst: 0, written: 0, failed: [] }
  const at = async (work, n) => {
    const c = await createConnection(workerData.url)
    while (!workerData.over[0]) {
      const began = performance.now()
      try {
        await work(c)
        if (n === 0) seen.written++
      } catch (problem) {
        seen.failed.push(problem.message)
      }
      seen.worst = Math.max(seen.worst, performance.now() - began)
      await new Promise((r) => setTimeout(r, 3))
    }
    await c.end()
  }
  Promise.all(works.map(at)).then(() => parentPort.postMessage(seen))
`

test.runIf(hasMariadb)('MariaDB: writers and readers go on while a column becomes another one, and none fails', async () => {
  const p = await opened('MariaDB')
  await p.sql('alter table orders drop constraint of_customer, drop constraint sane')
  await p.sql('insert into orders (customer_id, code, amount) select 1, seq, 5 from seq_10_to_10000')
  const over = new Int32Array(new SharedArrayBuffer(4))
  const url = `${mariadbUrl().replace(/^mariadb/, 'mysql')}/${p.name}`
  const beside = new Worker(application, { eval: true, workerData: { url, over } })
  const m = of(retyped() as Steps)
  await p.run(m)
  await p.undo(m)
  over[0] = 1
  const [seen] = (await once(beside, 'message')) as [
    { readonly worst: number; readonly written: number; readonly failed: readonly string[] },
  ]
  await beside.terminate()
  expect(seen.failed).toEqual([])
  expect(seen.written).toBeGreaterThan(50)
  expect((await p.sql(`select count(*) from orders where code in ('0', '1')`))[0]).toEqual([String(seen.written)])
  // the budget for a lock, and what a machine with others on it takes
  expect(seen.worst).toBeLessThan(750)
})

test.runIf(hasMariadb)('MariaDB: a value that comes late and does not fit is not cut, whatever the mode of the server', async () => {
  const p = await opened('MariaDB')
  await p.sql(`create table loose (word varchar(20)); insert into loose values ('abc')`)
  const parts = online.retype('loose', 'word', { to: 'varchar(3)' })
  const late = lent(parts.cutover[0], async (way) => {
    await p.sql(`insert into loose values ('abcdef')`)
    return [`set session sql_mode = ''`, ...way]
  })
  await expect(p.run(of({ expand: parts.expand, cutover: [late] }))).rejects.toThrow(/Data truncated for column 'word'/)
  expect((await p.sql('select distinct word from loose order by 1')).flat()).toEqual(['abc', 'abcdef'])
  expect(
    await p.sql(`select column_type from information_schema.columns where table_schema = database() and table_name = 'loose'`),
  ).toEqual([['varchar(20)']])
  await p.sql(`delete from loose where word = 'abcdef'`)
  await p.run(of(parts as Steps))
  await p.undo(of(parts as Steps))
})
