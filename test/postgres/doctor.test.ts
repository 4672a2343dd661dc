import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalDigest } from '../../src/databases/postgres/canonical.ts'
import { examine, type Finding, grantsScript } from '../../src/databases/postgres/doctor.ts'
import type { Concern } from '../../src/databases/postgres/doctor-tables.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { query, serverUrl } from '../support/postgres.ts'
import { type Opened, opened, refusal } from './open.ts'
import { startTransactionPooler } from './proxy.ts'

const tables = `
create schema bo; create schema pad;
create table bo.source (id int primary key, a text);
create table pad.target (id bigserial primary key, a text);
create table pad.other (id int primary key);`

const concern: Concern = { readOnly: ['bo.*'], writes: ['pad.target'] }
const about = (findings: Finding[], title: string) => findings.filter((f) => f.title === title)
const found = async (on: Opened, title: string, what = concern) => about(await examine(on.db, what), title)

/** A role without any privilege, for one test file. */
const role = `gw_doctor_${process.pid}_${Math.floor(performance.now())}`
beforeAll(() => query(serverUrl(), `create role ${role}`))
afterAll(() => query(serverUrl(), `drop role ${role}`))

async function asRole<T>(on: Opened, work: (findings: Finding[]) => T): Promise<T> {
  const db = await openPostgres({ url: on.url, runAs: role })
  try {
    return work(await examine(db, concern))
  } finally {
    await db.close()
    await on.sql(`drop owned by ${role}`)
  }
}

test('a good database, with a role that may do what it must and no more', async () => {
  await using on =
    await opened(`${tables} grant usage on schema bo, pad to ${role}; grant select on bo.source to ${role}; grant select, insert, update, delete on pad.target to ${role};
    grant usage, select on all sequences in schema pad to ${role}; create schema godwit authorization ${role}`)
  const findings = await asRole(on, (f) => f)
  expect(findings.filter((f) => f.level === 'problem')).toEqual([])
  // what cannot be known is not called good
  const expected =
    Number(await version(on)) >= 160_000
      ? ['disk space', 'durability', 'long transactions']
      : ['version', 'disk space', 'durability', 'long transactions']
  expect(findings.filter((f) => f.level === 'warning' && !expected.includes(f.title))).toEqual([])
  expect(findings.filter((f) => f.level === 'ok').map((f) => f.title)).toEqual(
    expect.arrayContaining([
      'connection',
      'encoding',
      'timeouts',
      'connections',
      'tables',
      'schema godwit',
      'privileges',
      'read-only tables',
      'sequences',
    ]),
  )
  expect(about(findings, 'disk space')[0]!.detail).toMatch(/^Unknown/)
  expect(about(findings, 'long transactions')).toMatchObject([{ level: 'warning', detail: expect.stringMatching(/^Unknown/) }])
  expect(about(findings, 'tables')[0]!.detail).toMatch(/bo: 1 table of .*pad: 2 tables of/)
  for (const f of findings) expect(f.todo !== undefined, f.title).toBe(f.level !== 'ok')
})

describe('privileges', () => {
  test('what is missing, with the words to mend it', async () => {
    await using on = await opened(`${tables} grant usage on schema bo to ${role}`)
    const findings = await asRole(on, (f) => f)
    const [missing] = about(findings, 'privileges')
    expect(missing).toMatchObject({
      level: 'problem',
      detail: expect.stringMatching(/select on bo\.source.*select, insert, update, delete on pad\.target/),
    })
    expect(missing!.todo!.split('\n')).toEqual([
      'GRANT SELECT ON "bo"."source" TO …;',
      'GRANT USAGE ON SCHEMA "pad" TO …;',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON "pad"."target" TO …;',
    ])
    expect(about(findings, 'schema godwit')).toMatchObject([
      { level: 'problem', todo: expect.stringContaining(`CREATE SCHEMA godwit AUTHORIZATION ${role}`) },
    ])
  })

  test('what is too much: tables that are only to be read', async () => {
    await using on = await opened(tables)
    expect(await found(on, 'read-only tables')).toMatchObject([
      {
        level: 'warning',
        detail: expect.stringContaining('bo.source'),
        todo: expect.stringContaining('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "bo"."source"'),
      },
    ])
    expect(await found(on, 'superuser')).toMatchObject([{ level: 'warning' }])
  })

  test('rows that a policy hides', async () => {
    await using on = await opened(
      `${tables} alter table bo.source enable row level security; grant usage on schema bo to ${role}; grant select on bo.source to ${role}`,
    )
    expect(await asRole(on, (f) => about(f, 'row security'))).toMatchObject([
      { level: 'problem', detail: expect.stringContaining('bo.source') },
    ])
    expect(await found(on, 'row security'), 'not from a superuser').toEqual([])
  })

  test('tables that are not there', async () => {
    await using on = await opened(tables)
    expect(await found(on, 'tables to read', { readOnly: ['bo.sauce'], writes: [] })).toMatchObject([
      { level: 'problem', detail: expect.stringContaining('bo.sauce') },
    ])
    expect(await found(on, 'tables to write', { readOnly: [], writes: ['pad.new', 'pad.target'] })).toMatchObject([
      { level: 'warning', detail: 'There is nothing called pad.new yet.' },
    ])
    expect(await found(on, 'tables to read')).toEqual([])
  })
})

describe('the state of tables', () => {
  test('sequences behind their column, rising and falling, with the words to mend it', async () => {
    await using on =
      await opened(`${tables} insert into pad.target (id) values (1), (50); create table pad.falling (id int generated by default as identity (increment -1) primary key);
      insert into pad.falling values (-1); create table pad.good (id bigserial primary key); insert into pad.good default values;
      create table pad.next_is_taken (id bigserial primary key); insert into pad.next_is_taken (id) values (1)`)
    const what = { readOnly: [], writes: ['pad.*'] }
    const [behind] = await found(on, 'sequences', what)
    expect(behind).toMatchObject({
      level: 'problem',
      detail: expect.stringMatching(/pad\.falling\.id goes to -1,.*pad\.next_is_taken\.id goes to 1,.*pad\.target\.id goes to 50/),
    })
    expect(behind!.detail).not.toContain('pad.good')
    for (const statement of behind!.todo!.split('\n')) await on.sql(statement.replace(/;$/, ''))
    expect(await found(on, 'sequences', what)).toMatchObject([{ level: 'ok' }])
    expect(await on.sql('insert into pad.target default values returning id')).toEqual([['51']])
  })

  test('invalid indexes', async () => {
    await using on = await opened(`${tables} insert into pad.target (a) values ('x'), ('x')`)
    await refusal(on.sql('create unique index concurrently broken on pad.target (a)'))
    const [invalid] = await found(on, 'invalid indexes')
    expect(invalid).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('pad.broken on pad.target'),
      todo: expect.stringContaining('DROP INDEX CONCURRENTLY pad.broken'),
    })
  })

  test('triggers that are off; foreign keys that are off are worse', async () => {
    const trigger =
      'create function pad.f() returns trigger language plpgsql set search_path = pg_catalog as $$ begin return new; end $$; create trigger touch before update on pad.target for each row execute function pad.f();'
    await using on = await opened(`${tables} ${trigger}`)
    expect(await found(on, 'disabled triggers')).toEqual([])
    await on.sql('alter table pad.target disable trigger touch')
    expect(await found(on, 'disabled triggers')).toMatchObject([
      { level: 'warning', detail: 'trigger touch on pad.target is switched off.' },
    ])
    await on.sql(
      'alter table pad.target add constraint to_other foreign key (id) references pad.other not valid; alter table pad.target disable trigger all',
    )
    expect(await found(on, 'disabled triggers')).toMatchObject([
      { level: 'problem', detail: expect.stringContaining('foreign key to_other on pad.target') },
    ])
  })

  test('triggers that count on the search_path of whoever writes', async () => {
    await using on =
      await opened(`${tables} create function pad.f() returns trigger language plpgsql as $$ begin insert into log values (1); return new; end $$;
      create trigger touch before insert on pad.target for each row execute function pad.f()`)
    expect(await found(on, 'triggers and search_path')).toMatchObject([
      { level: 'warning', detail: expect.stringContaining('touch on pad.target'), todo: 'ALTER FUNCTION pad.f() SET search_path = …;' },
    ])
    // and so it is
    expect((await on.db.session((s) => refusal(s.query('insert into pad.target default values')))).sqlstate).toBe('42P01')
    await on.sql('alter function pad.f() set search_path = pad')
    expect(await found(on, 'triggers and search_path')).toEqual([])
  })

  test('unlogged targets', async () => {
    await using on = await opened(`${tables} alter table pad.target set unlogged`)
    expect(await found(on, 'unlogged tables')).toMatchObject([{ level: 'warning', detail: expect.stringContaining('pad.target') }])
  })
})

describe('the state of the server', () => {
  test('transactions that have been open for long, and prepared ones', async () => {
    await using on = await opened(tables)
    expect(await found(on, 'prepared transactions')).toEqual([])
    const other = new pg.Client({ connectionString: on.url, application_name: 'forgotten' })
    await other.connect()
    try {
      await other.query('begin')
      await other.query('insert into pad.other values (1)')
      expect(await found(on, 'long transactions')).toMatchObject([{ level: 'ok' }])
      await new Promise((r) => setTimeout(r, 300))
      expect(await found(on, 'long transactions', { ...concern, longTransaction: 0.2 })).toMatchObject([
        { level: 'warning', detail: expect.stringContaining('forgotten, idle in transaction') },
      ])
      if ((await on.sql('show max_prepared_transactions'))[0]![0] === '0') return
      await other.query(`prepare transaction 'left over'`)
      expect(await found(on, 'prepared transactions')).toMatchObject([{ level: 'warning', detail: expect.stringContaining('left over') }])
      await other.query(`rollback prepared 'left over'`)
    } finally {
      await other.end()
    }
  })

  test.each([
    ['default_transaction_read_only', 'on', 'read-only', 'problem'],
    ['session_replication_role', 'replica', 'session_replication_role', 'problem'],
    ['synchronous_commit', 'off', 'synchronous_commit', 'warning'],
  ])('%s = %s, set for the database', async (name, value, title, level) => {
    await using on = await opened(tables)
    expect(await found(on, title)).toEqual([])
    await query(serverUrl(), `alter database "${new URL(on.url).pathname.slice(1)}" set ${name} = ${value}`)
    const db = await openPostgres({ url: on.url })
    expect(about(await examine(db, concern), title)).toMatchObject([{ level }])
    await db.close()
  })

  test('timeouts of the role are told, and do not hold for our sessions', async () => {
    await using on = await opened(tables)
    await query(serverUrl(), `alter database "${new URL(on.url).pathname.slice(1)}" set statement_timeout = '90s'`)
    const db = await openPostgres({ url: on.url })
    expect(about(await examine(db, concern), 'timeouts')).toMatchObject([
      { level: 'ok', detail: expect.stringContaining('statement_timeout = 90000 ms') },
    ])
    expect(await db.session((s) => s.query('show statement_timeout'))).toMatchObject({ rows: [{ statement_timeout: '0' }] })
    await db.close()
  })

  test('a pooler in transaction mode, and then nothing else', async () => {
    await using on = await opened(tables)
    await using pooler = await startTransactionPooler(on.url)
    const db = await openPostgres({ url: pooler.url })
    expect(await examine(db, concern)).toMatchObject([{ level: 'problem', title: 'pooler in transaction mode' }])
    await db.close()
  })

  test.each([
    ['SQL_ASCII', 'problem'],
    ['LATIN1', 'warning'],
  ])('an encoding of %s', async (encoding, level) => {
    const name = `gw_encoding_${encoding.toLowerCase()}_${process.pid}`
    await query(serverUrl(), `create database ${name} encoding '${encoding}' locale 'C' template template0`)
    const url = new URL(serverUrl())
    url.pathname = `/${name}`
    const db = await openPostgres({ url: url.href })
    try {
      expect(about(await examine(db, { readOnly: [], writes: [] }), 'encoding')).toMatchObject([{ level }])
    } finally {
      await db.close()
      await query(serverUrl(), `drop database ${name} with (force)`)
    }
  })

  test('examining changes nothing', async () => {
    await using on = await opened(tables)
    const digest = () => on.db.session(async (s) => (await canonicalDigest(s, { exclude: [] })).digest)
    const before = await digest()
    await examine(on.db, concern)
    expect(await digest()).toBe(before)
  })
})

test('the script of grants can be run, twice, and gives what it says and no more', async () => {
  await using on = await opened(`${tables} create schema "x""y"; create table "x""y"."a""b; drop table pad.other" (i serial primary key)`)
  const what = { readOnly: ['bo.*'], writes: ['pad.target', 'x"y.*'], login: 'evil"\ndrop table pad.other; --' }
  const script = grantsScript(await on.db.schema(), what)
  const roles = ['godwit_reader', 'godwit_writer', 'godwit_cutover', 'godwit_console']
  const wereThere = (await on.sql(`select from pg_roles where rolname like 'godwit\\_%'`)).length
  try {
    await on.sql(script)
    await on.sql(script)
    expect(await on.sql('select count(*) from pad.other'), 'no name became a statement').toEqual([['0']])
    for (const [runAs, level] of [
      ['godwit_writer', 'ok'],
      ['godwit_reader', 'problem'],
    ] as const) {
      const db = await openPostgres({ url: on.url, runAs })
      const findings = await examine(db, what)
      expect(about(findings, 'privileges')).toMatchObject([{ level }])
      expect(about(findings, 'read-only tables')).toMatchObject([{ level: 'ok' }])
      expect(about(findings, 'schema godwit')).toMatchObject([{ level }])
      await db.session(async (s) => {
        expect((await refusal(s.query('select * from pad.other'))).sqlstate).toBe('42501')
        if (runAs === 'godwit_writer') await s.query('insert into pad.target (a) values ($1)', ['x'])
        else expect((await refusal(s.query('insert into pad.target (a) values ($1)', ['x']))).sqlstate).toBe('42501')
      })
      await db.close()
    }
  } finally {
    await on.sql('drop schema if exists godwit cascade')
    if (wereThere === 0) for (const name of roles.toReversed()) await on.sql(`drop owned by ${name}; drop role ${name}`)
  }
})

const version = async (on: Opened) => (await on.sql('show server_version_num'))[0]![0]
