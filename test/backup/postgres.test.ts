// G17: a backup counts when it was brought back and compared. Everything that a database can hold comes back as it was, or is named.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { keptOf } from '../../src/backup/files.ts'
import { takeBackup } from '../../src/backup/take.ts'
import { canonicalDigest } from '../../src/databases/postgres/canonical.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { nasty, nastySince15 } from '../postgres/nasty.ts'
import { opened, refusal } from '../postgres/open.ts'
import { query, serverUrl } from '../support/postgres.ts'
import { hard } from './hard.ts'
import { folder, prove, quiet, restoreInto, take } from './place.ts'

test('G17: a schema with everything in it comes back, and nothing of it is left out', async () => {
  await using d = await opened(`${nasty}${nastySince15}${hard}`)
  using f = folder()
  const backup = await prove(d.db.backup, await take(d.db.backup, f.path))
  expect(backup.manifest.left).toEqual([])
  expect(backup.proof).toMatchObject({ left: [], tables: backup.manifest.tables.length })
  expect(backup.manifest.tables.map((t) => t.id)).toContain('Odd "schema".Mixed Case; drop table x; --')
})

test('G17: restored under another name, the canonical form is the same', async () => {
  await using d = await opened(`${nasty}${hard}`)
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  const name = `${new URL(d.url).pathname.slice(1)}_copy`
  try {
    await restoreInto(backup, await d.db.backup!.place(name))
    const url = new URL(d.url)
    url.pathname = `/${name}`
    const copy = await openPostgres({ url: url.href })
    const rows = async (db: typeof copy) => (await db.session((s) => canonicalDigest(s))).tables
    expect(await rows(copy)).toEqual(await rows(d.db))
    await copy.close()
  } finally {
    await query(serverUrl(), `drop database if exists "${name}" with (force)`)
  }
})

test('G17: named tables come with what they need, and with nothing else', async () => {
  await using d = await opened(`${nasty}${hard}`)
  using f = folder()
  const backup = await prove(d.db.backup, await take(d.db.backup, f.path, ['public.child', 'public.computed', 'measured']))
  expect(backup.manifest.tables.map((t) => t.id).toSorted()).toEqual([
    'public.child',
    'public.computed',
    'public.kids',
    'public.log_of',
    'public.measured_2024',
    'public.measured_rest_x',
  ])
  expect(backup.proof!.left).toEqual([{ what: 'constraint child_parent_fk of public.child', why: 'what it points at is not there' }])
})

test('what Godwit does not write is named', async () => {
  await using d = await opened(`create aggregate public.product(int) (sfunc = int4mul, stype = int); create table t (id int primary key);
    create function eq(a int, b text) returns bool language sql as 'select true'; create operator public.=== (leftarg = int, rightarg = text, function = eq);
    create publication p for table t; select lo_create(0)`)
  using f = folder()
  const backup = await prove(d.db.backup, await take(d.db.backup, f.path))
  expect(backup.manifest.left.map((l) => l.what)).toEqual([
    'aggregate public.product(integer)',
    'operator public.===(integer,pg_catalog.text)',
    'publication p',
    '1 large objects',
  ])
})

test('what hangs on something that is not written shows when it is brought back', async () => {
  await using d = await opened(
    `create aggregate public.product(int) (sfunc = int4mul, stype = int); create table t (id int); create view v as select public.product(id) from t`,
  )
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  expect(await refusal(prove(d.db.backup, backup))).toMatchObject({
    code: 'GW_RESTORE_FAILED',
    message: expect.stringContaining('view public.v'),
  })
})

test('rows that differ in the copy are found, and the backup does not count', async () => {
  await using d = await opened(`create table t (id int primary key, v text); insert into t values (1, 'a'), (2, 'b')`)
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  const tables = backup.manifest.tables.map((t) => ({ ...t, digest: t.digest.replace(/^./, (c) => (c === '0' ? '1' : '0')) }))
  const other = { ...backup, manifest: { ...backup.manifest, tables } }
  const problem = await refusal(prove(d.db.backup, other))
  expect(problem).toMatchObject({
    code: 'GW_BACKUP_UNPROVED',
    message: expect.stringContaining('public.t: of its 2 rows some are not what they were'),
  })
})

test('what somebody writes meanwhile is not in it', async () => {
  await using d = await opened(
    `create table a (id int primary key); create table b (id int primary key references a); insert into a select generate_series(1, 1000)`,
  )
  using f = folder()
  const stop = new AbortController()
  const writer = (async () => {
    for (let i = 2000; !stop.signal.aborted; i++) await d.sql(`begin; insert into a values (${i}); insert into b values (${i}); commit`)
  })()
  const backup = await prove(d.db.backup, await take(d.db.backup, f.path))
  stop.abort()
  await writer
  const rows = new Map(backup.manifest.tables.map((t) => [t.id, t.rows]))
  expect(rows.get('public.a')! - rows.get('public.b')!).toBe(1000)
})

test('a table that is emptied between the list and the snapshot is not taken for an empty one', async () => {
  await using d = await opened(`create table t (id int); insert into t values (1)`)
  using f = folder()
  const said: string[] = []
  const emptying = await d.db.open()
  await emptying.query('begin')
  await emptying.query('truncate public.t')
  // to be weighed, a table would have to be free as well
  const engine = { ...d.db.backup!, weigh: async () => ({ tables: 1, bytes: 0 }) }
  const taking = takeBackup(engine, {
    folder: f.path,
    scope: {},
    occasion: { baseline: true },
    ...quiet,
    tell: (what) => said.push(what),
  })
  await waitFor(async () => (await d.sql(`select 1 from pg_locks where not granted and relation = 'public.t'::regclass`)).length > 0)
  await emptying.query('commit')
  await emptying.close()
  const backup = await taking
  expect(said[0]).toContain('beginning anew')
  expect(backup.manifest.tables).toMatchObject([{ id: 'public.t', rows: 0 }])
})

async function waitFor(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((done) => setTimeout(done, 10))
}

test('one table is brought back where it was dropped, and where it is empty; never over rows', async () => {
  await using d = await opened(`create table a (id int generated always as identity primary key, up int references a, v text unique);
    insert into a (up, v) values (2, 'x'), (1, 'y'), (null, 'z');
    create table log (what text); create function note() returns trigger language plpgsql as $$ begin insert into public.log values (new.v); return new; end $$;
    create trigger t after insert on a for each row execute function note();`)
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  const name = new URL(d.url).pathname.slice(1)
  const again = async () => restoreInto(backup, await d.db.backup!.place(name), ['a'])
  expect(await refusal(again())).toMatchObject({ code: 'GW_RESTORE_FULL' })
  await d.sql('truncate a')
  expect(await again()).toMatchObject({ rows: 3 })
  await d.sql('drop table a')
  expect(await again()).toMatchObject({ rows: 3 })
  expect(await d.sql('select * from log')).toEqual([])
  expect(await d.sql(`insert into a (v) values ('new') returning id`)).toEqual([['4']])
  expect(await d.sql('select what from log')).toEqual([['new']])
})

test('an extension that is not on the other server is named', async () => {
  await using d = await opened('create extension citext; create table t (v citext)')
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  const catalogue = JSON.parse(await text(keptOf(backup).open('catalogue.json'))) as { statements: { kind: string; sql: string[] }[] }
  expect(catalogue.statements.filter((s) => s.kind === 'extension').map((s) => s.sql[0])).toEqual([
    expect.stringContaining('create extension citext'),
  ])
  await prove(d.db.backup, backup)
})

test('a role that is not there is told, and the rest is there', async () => {
  await using d = await opened(
    `create role gw_gone_soon; create table t (id int); alter table t owner to gw_gone_soon; grant select on t to public`,
  )
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  await d.sql('drop table t; drop role gw_gone_soon')
  const proved = await prove(d.db.backup, backup)
  expect(proved.proof!.left.map((l) => l.what)).toEqual(['owner of table public.t', 'grants on table public.t'])
})

test('nothing secret is in it, and only its owner may read it', async () => {
  await using d = await opened('create table t (id int)')
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  const manifest = readFileSync(join(backup.folder, 'manifest.json'), 'utf8')
  const { password } = new URL(d.url)
  if (password) expect(manifest).not.toContain(password)
  expect(manifest).not.toContain('://')
})

test('a scratch database that cannot be made is an error with what to do', async () => {
  await using d = await opened('create table t (id int); create role gw_no_scratch login nocreatedb; grant all on t to gw_no_scratch')
  using f = folder()
  const url = new URL(d.url)
  url.username = 'gw_no_scratch'
  const poor = await openPostgres({ url: url.href }).catch(() => undefined)
  if (!poor) return
  try {
    const backup = await take(poor.backup, f.path, ['t'])
    const here = { code: 'GW_SCRATCH', hint: expect.stringContaining('backup: { scratch:') }
    expect(await refusal(prove(poor.backup, backup))).toMatchObject(here)
    const there = {
      code: 'GW_SCRATCH',
      message: expect.stringMatching(/^No scratch database could be made on 127\.0\.0\.1:1 \(backup\.scratch\)/),
    }
    expect(await refusal(prove(poor.backup, backup, 'postgres://nobody@127.0.0.1:1/postgres'))).toMatchObject(there)
    expect(await refusal(prove(poor.backup, backup, url.href))).toMatchObject({
      code: 'GW_SCRATCH',
      message: expect.stringContaining('permission denied'),
    })
    expect((await prove(poor.backup, backup, serverUrl())).proof).toMatchObject({ tables: 1 })
  } finally {
    await poor.close()
    await d.sql('drop owned by gw_no_scratch; drop role gw_no_scratch')
  }
})
