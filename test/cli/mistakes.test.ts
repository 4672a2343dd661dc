// What people get wrong, and whether they are told what, where, and what to do. And which exit code it has.
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { fill, folder, godwit, migrationText, project } from './godwit.ts'

const nowhere = { DATABASE_URL: 'postgres://app:word@127.0.0.1:1/db' }
const said = async (files: Record<string, string>, args: string[] = ['plan'], env: Record<string, string> = nowhere) => {
  const { code, stderr } = await godwit(args, { cwd: project(files), env })
  return `${stderr}exit ${code}`
}

test.each<[string, Record<string, string>, RegExp]>([
  [
    'a key that is misspelt',
    { 'godwit.config.ts': `export default {\n  protectd: true,\n}` },
    /GW_CONFIG_INVALID[\s\S]*protectd[\s\S]*Did you mean 'protected'\?[\s\S]*godwit\.config\.ts:2[\s\S]*exit 2/,
  ],
  [
    'a syntax error in the configuration',
    { 'godwit.config.ts': `export default {\n  owns: {,\n}` },
    /GW_CONFIG_UNREADABLE[\s\S]*godwit\.config\.ts[\s\S]*exit 2/,
  ],
  [
    'a variable that is not set',
    { 'godwit.config.ts': `export default { database: '\${NOT_SET_ANYWHERE}' }` },
    /GW_VARIABLE_MISSING[\s\S]*NOT_SET_ANYWHERE[\s\S]*Looked in: process environment[\s\S]*exit 2/,
  ],
  [
    'a syntax error in the migration',
    { 'migration.ts': `import { migration } from 'godwit'\nexport default migration('x',,)\n` },
    /GW_MIGRATION_UNREADABLE {2}migration\.ts cannot be loaded[\s\S]*migration\.ts:2[\s\S]*exit 2/,
  ],
  [
    'an error thrown in the migration',
    { 'migration.ts': `const n: number = 1\n\nthrow new Error('not yet ' + n)\n` },
    /GW_MIGRATION_UNREADABLE[\s\S]*not yet 1[\s\S]*migration\.ts:3[\s\S]*exit 2/,
  ],
  [
    'an import that leads nowhere',
    { 'migration.ts': `import * as db from './schema'\nexport default db\n` },
    /GW_MIGRATION_UNREADABLE[\s\S]*extension[\s\S]*exit 2/,
  ],
  [
    'a migration that exports nothing',
    { 'migration.ts': `const x = 1\nvoid x\n` },
    /GW_MIGRATION_EXPORTS_NONE {2}migration\.ts exports no migration: it\s+exports\s+nothing[\s\S]*exit 2/,
  ],
  [
    'one that exports something else',
    { 'migration.ts': `export const mapped = 1\n` },
    /only\s+'mapped'[\s\S]*export default migration[\s\S]*exit 2/,
  ],
  [
    'several without -m',
    {
      'second.ts': migrationText.replace("'customers', customers", "'second', customers"),
      'godwit.config.ts': `export default { database: '\${DATABASE_URL}', migrations: ['migration.ts', 'second.ts'] }`,
    },
    /GW_WHICH_MIGRATION[\s\S]*customers and second[\s\S]*-m customers[\s\S]*exit 2/,
  ],
  [
    'two of one name',
    {
      'second.ts': migrationText,
      'godwit.config.ts': `export default { database: '\${DATABASE_URL}', migrations: ['migration.ts', 'second.ts'] }`,
    },
    /GW_MIGRATION_TWICE[\s\S]*migration\.ts and second\.ts[\s\S]*exit 2/,
  ],
  ['a server that is not there', {}, /GW_CONNECT_FAILED[\s\S]*Is the server running[\s\S]*exit 6/],
])('%s', async (_, files, says) => expect(await said(files)).toMatch(says))

test('-m that names none', async () =>
  expect(await said({}, ['plan', '-m', 'customer'])).toMatch(/GW_MIGRATION_UNKNOWN[\s\S]*Did you mean 'customers'\?[\s\S]*exit 2/))

test('no migration and no configuration', async () => {
  const cwd = folder({ '.git/HEAD': '' })
  expect((await godwit(['plan'], { cwd })).stderr).toMatch(/GW_CONFIG_NOT_FOUND[\s\S]*godwit init/)
  expect((await godwit(['plan'], { cwd: folder({ 'godwit.config.ts': `export default { database: 'embedded' }` }) })).stderr).toMatch(
    /GW_NO_MIGRATION[\s\S]*godwit init/,
  )
})

test('a migration that does not fit: all of it at once, nothing done, exit 2', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  await query(
    db.url,
    'alter table old_customer add note text; alter table customer add must int not null default 1; alter table customer alter must drop default',
  )
  const text = await said({}, ['plan'], { DATABASE_URL: db.url })
  expect(text).toMatch(/GW_SPEC[\s\S]*GW_UNMAPPED[\s\S]*old_customer\.note[\s\S]*GW_REQUIRED[\s\S]*exit 2/)
  expect(await query(db.url, `select to_regnamespace('godwit')`)).toEqual([[null]])
})

test('writing what is declared read-only', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  expect(
    await said({ 'godwit.config.ts': `export default { database: '\${DATABASE_URL}', owns: { readOnly: ['public'] } }` }, ['run'], {
      DATABASE_URL: db.url,
    }),
  ).toMatch(/GW_READ_ONLY[\s\S]*exit 2/)
})

test('a protected environment: the name of the database, and no plain yes', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const where = { cwd: project(), env: { DATABASE_URL: db.url } }
  const go = (...args: string[]) => godwit([...args, '--env', 'prod'], where)
  for (const args of [['run'], ['run', '--yes'], ['run', '--confirm', 'other']]) {
    const { code, stderr } = await go(...args)
    expect(stderr).toMatch(/GW_NOT_CONFIRMED/)
    expect(stderr.replace(/\s+/g, ' ')).toContain(`--confirm ${db.name}`)
    expect(code).toBe(2)
  }
  expect(await query(db.url, `select to_regclass('godwit.run')`)).toEqual([[null]])
  expect((await go('run', '--dry-run')).code).toBe(0)
  expect((await go('run', '--confirm', db.name)).code).toBe(0)
  expect((await go('undo', '--yes')).code).toBe(2)
  expect((await go('undo', '--confirm', db.name)).code).toBe(0)
}, 60_000)

test('too much dirt: a resumable stop that says what it is, exit 6', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const where = { cwd: project(), env: { DATABASE_URL: db.url } }
  const stopped = await godwit(['run', '--budget', '2'], where)
  expect(stopped.stderr).toMatch(
    /GW_BUDGET {2}3 rows of old_customer went to quarantine, and the budget is 2\.[\s\S]*ENUM_UNKNOWN {2}state[\s\S]*godwit quarantine/,
  )
  expect(stopped.code).toBe(6)
  expect((await godwit(['run', '--budget', '15%'], where)).code).toBe(0)
})

test('a check over nothing is not verified: exit 4', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const empty = migrationText.replace('select count(*) from public.customer', 'select count(*) from public.customer where false')
  const { code, stdout, stderr } = await godwit(['run'], { cwd: project({ 'migration.ts': empty }), env: { DATABASE_URL: db.url } })
  expect(stdout).toMatch(
    /✗ not verified: "nobody without a name" compared 0 rows\. A check over nothing proves nothing\.\n +migration\.ts:\d+ +give it rows, or remove it/,
  )
  expect(stderr).toMatch(/GW_VERIFY_NO/)
  expect(code).toBe(4)
})

test('another plan than the run was begun with: exit 2, and what is different', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const env = { DATABASE_URL: db.url }
  await godwit(['run', '--limit', '5'], { cwd: project(), env })
  const changed = project({ 'migration.ts': migrationText.replace("A: 'yes'", "A: 'ja'") })
  const { code, stderr } = await godwit(['run'], { cwd: changed, env })
  expect(stderr).toMatch(/GW_PLAN_CHANGED[\s\S]*old_customer\.customer\.active is not what it was[\s\S]*godwit undo r\d+/)
  expect(code).toBe(2)
  expect((await godwit(['status'], { cwd: changed, env })).stdout).toMatch(/would be refused/)
})
