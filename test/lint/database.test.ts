// godwit lint by the schema that a database has now.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'
import { type FreshDatabase, freshDatabase, query } from '../support/postgres.ts'

const setup = [
  `create schema shop`,
  `create type shop.state as enum ('open', 'closed')`,
  `create table customer (id int generated always as identity primary key, name text not null)`,
  `create table shop.orders (id bigserial primary key, customer_id int references customer, code varchar(20), state shop.state, placed timestamptz, constraint has_code check (code is not null))`,
  `create table log (at date not null, what text) partition by range (at)`,
  `create table log_1 partition of log for values from ('2026-01-01') to ('2027-01-01')`,
  `create view open_orders as select id, code from shop.orders where state = 'open'`,
  `create materialized view counted as select count(*) as n from shop.orders`,
  `create function drawn() returns int language sql volatile as 'select random()::int'`,
  `create function fixed() returns int language sql immutable as 'select 1'`,
  `insert into customer (name) select 'n' from generate_series(1, 3000)`,
  `insert into shop.orders (customer_id, code) select i, i::text from generate_series(1, 3000) i`,
  `insert into log select '2026-02-03', 'x' from generate_series(1, 500)`,
  `analyze`,
]

async function filled(): Promise<FreshDatabase> {
  const db = await freshDatabase()
  await query(db.url, setup.join(';'))
  return db
}

const migration = `
ALTER TABLE shop.orders ALTER COLUMN code SET NOT NULL;
ALTER TABLE shop.orders ALTER COLUMN code TYPE text;
ALTER TABLE shop.orders ADD COLUMN a int DEFAULT fixed();
ALTER TABLE shop.orders ADD COLUMN b int DEFAULT drawn();
ALTER TABLE shop.orders DROP COLUMN colour;
CREATE INDEX ON log (what);
`

interface Said {
  readonly files: readonly { readonly findings: readonly { readonly rule: string; readonly message: string }[] }[]
}

test('what a database has is known, with its rows, and nothing is written', async () => {
  await using db = await filled()
  const cwd = folder({ 'm.sql': migration })
  const ended = await godwit(['lint', 'm.sql', '--no-transaction', '--json', '--database', db.url], { cwd })
  const found = (JSON.parse(ended.stdout) as Said).files.flatMap((f) => f.findings).filter((f) => f.rule !== 'missing-lock-timeout')
  expect(found.map((f) => [f.rule, f.message])).toMatchInlineSnapshot(`
    [
      [
        "column-used-by-view",
        "open_orders reads shop.orders.code: the server refuses",
      ],
      [
        "type-change-rechecks-constraint",
        "ACCESS EXCLUSIVE on shop.orders while 3 k rows are read (~ 1 s)",
      ],
      [
        "add-column-volatile-default",
        "ACCESS EXCLUSIVE on shop.orders while 3 k rows are rewritten (~ 1 s)",
      ],
      [
        "drop-column",
        "the values of shop.orders.colour are lost, and what names it fails",
      ],
      [
        "not-there",
        "shop.orders has no column colour",
      ],
      [
        "create-index-blocking",
        "SHARE on log while 500 rows are indexed (~ 1 s)",
      ],
    ]
  `)
})

test('as a file, it says the same', async () => {
  await using db = await filled()
  const cwd = folder({
    'm.sql': migration,
    'godwit.config.ts': `export default { database: ${JSON.stringify(db.url)} }`,
  })
  expect(await godwit(['pull', '--sql', 'schema.sql'], { cwd })).toMatchObject({ code: 0 })
  expect(readFileSync(path.join(cwd, 'schema.sql'), 'utf8')).toContain('-- rows shop.orders 3000\n')
  const [file, there] = await Promise.all(
    [['--schema', 'schema.sql'], ['--database']].map((how) => godwit(['lint', 'm.sql', '--no-transaction', '--json', ...how], { cwd })),
  )
  expect(file!.stdout).toBe(there!.stdout)
  expect(JSON.parse(file!.stdout)).toMatchObject({ files: [{ findings: expect.arrayContaining([expect.anything()]) }] })
})

test('what cannot be meant is told before anything is opened', async () => {
  const cwd = folder({ 'm.sql': 'select 1', 's.sql': '' })
  for (const [args, said] of [
    [['lint', 'm.sql', '--database', 'm.sql'], 'the files come first'],
    [['lint', 'm.sql', '--schema', 's.sql', '--database', 'postgres://x/y'], 'Leave out --schema or --database'],
    [['lint', 'm.sql', '--dialect', 'sqlite', '--database', 'postgres://x/y'], 'Only the schema of a Postgres is read'],
  ] as const)
    expect(await godwit([...args], { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
})

test('a database that cannot be reached is told without its password', async () => {
  const ended = await godwit(['lint', 'm.sql', '--database', 'postgres://x:hidden@127.0.0.1:1/y'], { cwd: folder({ 'm.sql': 'select 1' }) })
  expect(ended.code).not.toBe(0)
  expect(ended.stdout + ended.stderr).not.toContain('hidden')
})
