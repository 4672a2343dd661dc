// A migration that changes the schema and moves no rows, as people run it.
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'
import { freshDatabase, query } from '../support/postgres.ts'

test('run, again, status, undo', async () => {
  await using db = await freshDatabase()
  await query(
    db.url,
    'create table orders (id int primary key, code int not null); insert into orders select i, i from generate_series(1, 100) i',
  )
  const cwd = folder({
    'godwit.config.ts': `export default { database: '\${DATABASE_URL}' }\n`,
    'migration.ts': `import { migration, online } from 'godwit'
export default migration('wider', online.retype('orders', 'code', { to: 'bigint' }), {
  expand: [online.addColumn('orders', 'channel', { type: 'text', default: "'web'" })],
})
`,
  })
  const go = (...args: string[]) => godwit(args, { cwd, env: { DATABASE_URL: db.url } })

  expect((await go('plan')).stdout).toMatch(
    /orders\.code as bigint, beside it[\s\S]*alter table "public"\."orders" add column "channel" text default 'web'/,
  )
  expect((await go('plan')).stdout).toMatch(/changes {5}the shape of orders/)
  const ran = await go('run')
  expect(ran.stdout + ran.stderr).toMatch(/✓ cutover {3}orders\.code is bigint[\s\S]*Done: 3 steps\./)
  expect(ran.code).toBe(0)
  expect((await go('run')).code).toBe(0)
  expect((await go('status')).stdout).toMatch(/cut over {4}the new shape is the truth/)

  const back = await go('undo', '--yes')
  expect(back.stdout + back.stderr).toMatch(/Taken back: 3 steps\./)
  expect(back.stdout).not.toMatch(/proof/)
  expect(
    await query(
      db.url,
      `select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'orders'::regclass and attnum > 0 and not attisdropped`,
    ),
  ).toEqual([
    ['id', 'integer'],
    ['code', 'integer'],
  ])
})
