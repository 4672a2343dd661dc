// A column of another type, with all that it has, while rows come and go; and the way back.
import pg from 'pg'
import { expect, test } from 'vitest'
import { connect, plan, run } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import { life } from '../support/life.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const setup = `
  create table customer (id numeric(10, 0) primary key);
  create table orders (id int primary key, code int not null default 7, customer_id int, note text);
  comment on column orders.code is 'what it is called';
  alter table orders alter column code set statistics 321;
  create unique index orders_code_once on orders (id, code);
  create index orders_code_odd on orders ((code % 7)) where code > 10;
  alter table orders add constraint orders_code_key unique (code, id) deferrable;
  alter table orders add constraint code_is_sane check (code > -5 and id > 0);
  insert into customer select i from generate_series(1, 40) i;
  insert into orders select i, i * 3, 1 + i % 40, 'n' from generate_series(1, 3000) i`

const elsewhere = { SQLite: 'its schema is not changed beside others', MariaDB: 'its schema is not changed beside others' }

life('a column of another type', {
  setup: () => setup,
  not: elsewhere,
  steps: () => online.retype('orders', 'code', { to: 'bigint' }),
  once: async (_, p) => {
    const ask = (sql: string) => p.sql(sql)
    expect(
      await ask(
        `select attname, format_type(atttypid, atttypmod), attnotnull::text, attstattarget::text, col_description(attrelid, attnum), pg_get_expr(adbin, adrelid)
          from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = 'orders'::regclass and attname = 'code'`,
      ),
    ).toEqual([['code', 'bigint', 'true', '321', 'what it is called', '(7)::bigint']])
    const made = (await ask(`select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'orders'::regclass order by 1`))
      .flat()
      .join('\n')
    expect(made).toMatch(/INDEX orders_code_odd ON public\.orders USING btree \(\(\(code % \(7\)::bigint\)\)\) WHERE \(code > 10\)/)
    expect(made).toMatch(/UNIQUE INDEX orders_code_once ON public\.orders USING btree \(id, code\)/)
    expect(
      (
        await ask(`select pg_get_constraintdef(oid) from pg_constraint where conname in ('code_is_sane', 'orders_code_key') order by 1`)
      ).flat(),
    ).toEqual(["CHECK (((code > '-5'::integer) AND (id > 0)))", 'UNIQUE (code, id) DEFERRABLE'])
    // the old column follows, and what it cannot hold is not refused
    await ask('insert into orders (id, customer_id) values (9001, 1), (9002, 2)')
    await ask('update orders set code = 99 where id = 9001')
    expect(await ask('select id::text, code::text, _retired_code::text from orders where id > 9000 order by 1')).toEqual([
      ['9001', '99', '99'],
      ['9002', '7', '7'],
    ])
    await ask('update orders set code = 5000000000 where id = 9002')
    expect(await ask('select _retired_code from orders where id = 9002')).toEqual([[null]])
    await ask('delete from orders where id > 9000')
  },
})

life('a column of another type, by words of its own', {
  setup: () => `${setup}; alter table orders add constraint orders_customer check (customer_id < 1000)`,
  not: elsewhere,
  steps: () => online.retype('orders', 'note', { to: 'text[]', using: `array[note]`, back: `note[1]` }),
  once: async (_, p) => {
    await p.sql(`insert into orders (id, note) values (9001, '{a,b}')`)
    expect(await p.sql('select note::text, _retired_note from orders where id = 9001')).toEqual([['{a,b}', 'a']])
    await p.sql('delete from orders where id = 9001')
  },
})

life('a column that points elsewhere, of another type', {
  setup: () =>
    `${setup}; alter table orders add constraint orders_customer foreign key (customer_id) references customer (id) on delete cascade`,
  not: elsewhere,
  steps: () => online.retype('orders', 'customer_id', { to: 'numeric(10, 0)' }),
  once: async (_, p) => {
    expect(await p.sql(`select pg_get_constraintdef(oid) from pg_constraint where conname = 'orders_customer'`)).toEqual([
      ['FOREIGN KEY (customer_id) REFERENCES customer(id) ON DELETE CASCADE'],
    ])
    await expect(p.sql('insert into orders (id, customer_id) values (9001, 77)')).rejects.toThrow(/orders_customer/)
  },
})

life('a column that views read, of another type', {
  setup: () => `${setup};
    create view zwei with (security_barrier = true) as select id, code as number from orders where code > 10 with local check option;
    create view "a b" as select z.number, o.note from zwei z join orders o using (id);
    create view aaa as select max(number) as most from "a b" union all select code from orders;
    create view apart as select note from orders;
    comment on view zwei is 'numbers'; comment on column zwei.number is 'one';
    grant select on zwei to pg_monitor with grant option; grant update (number) on zwei to public; revoke delete on zwei from current_user;
    grant select on orders to pg_monitor; alter default privileges grant select on tables to pg_read_all_data;
    alter view "a b" owner to pg_monitor; grant insert on "a b" to pg_read_all_data`,
  timeoutMs: 600_000,
  not: elsewhere,
  steps: () => online.retype('orders', 'code', { to: 'bigint' }),
  once: async (_, p) => {
    expect(await p.sql(`select distinct data_type from information_schema.columns where column_name in ('number', 'most')`)).toEqual([
      ['bigint'],
    ])
    expect(
      await p.sql(`select relacl::text, reloptions::text, pg_get_userbyid(relowner) from pg_class where oid = '"a b"'::regclass`),
    ).toEqual([[expect.stringMatching(/^\{pg_monitor=arwdDxtm?\/pg_monitor,pg_read_all_data=a\/pg_monitor\}$/), null, 'pg_monitor']])
    const [[rights, options]] = (await p.sql(`select relacl::text, reloptions::text from pg_class where oid = 'zwei'::regclass`)) as [
      [string, string],
    ]
    expect(options).toBe('{security_barrier=true,check_option=local}')
    expect(rights).not.toMatch(/pg_read_all_data/)
    expect(rights).toMatch(/pg_monitor=r\*\//)
    expect(rights).not.toMatch(/=\w*d\w*\//)
    expect(await p.sql(`select obj_description('zwei'::regclass), col_description('zwei'::regclass, 2)`)).toEqual([['numbers', 'one']])
    expect(await p.sql('select max(most)::text from aaa')).toEqual([['9000']])
  },
})

test('while rows come, change and go', { timeout: 120_000 }, async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  await query(fresh.url, `insert into orders select i, i * 3, 1, 'm' from generate_series(3001, 30000) i`)
  const db = await connect(fresh.url)
  const app = new pg.Client({ connectionString: fresh.url })
  await app.connect()
  const over = new AbortController()
  let written = 0
  const work = async () => {
    for (let n = 0; !over.signal.aborted; n++) {
      await app.query('insert into orders (id, code, customer_id) values ($1, $2, 1)', [100_000 + n, 100_000 + n])
      await app.query('update orders set code = code + 1000000 where id = $1', [1 + ((n * 37) % 30_000)])
      await app.query('update orders set note = $2 where id = $1', [1 + ((n * 53) % 30_000), `n${n}`])
      await app.query('delete from orders where id = $1', [1 + ((n * 91) % 30_000)])
      written += 4
    }
  }
  try {
    const m = migration('busy', online.retype('orders', 'code', { to: 'bigint' }))
    const working = work()
    await run(await plan(m, db), db)
    over.abort()
    await working
    expect(written).toBeGreaterThan(20)
    expect(await query(fresh.url, 'select count(*) from orders where code is distinct from _retired_code')).toEqual([['0']])
    expect(Number((await query(fresh.url, 'select count(*) from orders where code > 1000000'))[0]![0])).toBeGreaterThan(0)
  } finally {
    over.abort()
    await Promise.all([app.end(), db.close()])
  }
})

const refused = {
  'a value that has none': [
    `update orders set note = 'x'`,
    () => online.retype('orders', 'note', { to: 'int' }),
    /a row cannot be as int: invalid input syntax/,
  ],
  'an index that cannot be': [
    '',
    () => online.retype('orders', 'code', { to: 'text' }),
    /an index or a check over it cannot be as text: operator does not exist/,
  ],
  'a materialized view that reads it': [
    'create view v as select code from orders; create materialized view m as select code from v',
    () => online.retype('orders', 'code', { to: 'bigint' }),
    /materialized view \S*m reads it/,
  ],
  'a rule instead of updates': [
    'create rule silent as on update to orders do instead nothing',
    () => online.retype('orders', 'code', { to: 'bigint' }),
    /rule silent does something else instead of updates of \S*orders, so its rows could not be filled: disable it meanwhile/,
  ],
  'a column that holds rows of a view': [
    'create view v as select code from orders; create table held (row v)',
    () => online.retype('orders', 'code', { to: 'bigint' }),
    /column row of table \S*held reads it/,
  ],
  'a function that is told another type': [
    `alter table orders add paid boolean; create function paid() returns boolean language sql begin atomic select paid from orders limit 1; end`,
    () => online.retype('orders', 'paid', { to: 'text' }),
    /what hangs on it cannot be as text: function \S*paid\(\) cannot be put up again: return type mismatch/,
  ],
  'a view of an extension': [
    `create view v as select code from orders; alter extension plpgsql add view v`,
    () => online.retype('orders', 'code', { to: 'bigint' }),
    /view \S*v reads it, and extension plpgsql has made that/,
  ],
  'a change that is not through': [
    '',
    () => ({
      expand: [
        ...online.split('orders', 'note', { into: { remark: { type: 'text', up: 'note' } }, back: 'remark' }).expand,
        ...online.retype('orders', 'note', { to: 'varchar(90)' }).expand,
      ],
    }),
    /another change of note is not through yet/,
  ],
  'a key': ['', () => online.retype('customer', 'id', { to: 'bigint' }), /primary key/],
  'numbers of its own': ['alter table orders add n serial', () => online.retype('orders', 'n', { to: 'bigint' }), /a sequence of its own/],
  'a policy that cannot be': [
    'create policy p on orders using (code & 1 = 0)',
    () => online.retype('orders', 'code', { to: 'numeric' }),
    /what hangs on it cannot be as numeric: policy p cannot be put up again: operator does not exist/,
  ],
} as const

test.each(Object.entries(refused))('not past %s', async (_, [more, parts, says]) => {
  await using fresh = await freshDatabase()
  await query(fresh.url, `${setup}; ${more}`.replace(/; $/, ''))
  const db = await connect(fresh.url)
  try {
    await expect(run(await plan(migration('refused', parts()), db), db)).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      message: expect.stringMatching(says),
    })
    expect(
      await query(fresh.url, `select count(*) from pg_attribute where attrelid = 'orders'::regclass and attname like 'godwit%'`),
    ).toEqual([['0']])
  } finally {
    await db.close()
  }
})
