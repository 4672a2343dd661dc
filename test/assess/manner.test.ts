// How the audit goes about it: it needs no more than the right to read, writes nothing, and says what it had no time for.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import pad from '../../examples/pad/migration.ts'
import { connect } from '../../src/api.ts'
import { failsAt } from '../../src/assess/verdict.ts'
import { lookingAt } from '../../src/databases/postgres/looking.ts'
import { bigint, int, into, mapping, migration, table, text } from '../../src/index.ts'
import { padDatabase } from '../pad/database.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { assessed, ofRows, told } from './asking.ts'

const old = table('old', { id: bigint().key(), n: int().null(), name: text().null() })
const made = table('made', { id: bigint().key(), name: text().null() })
const rows = migration(
  'rows',
  mapping(old, (r) => into(made, { id: r.id, name: r.name }), { ignore: { n: 'not wanted' } }),
)
const tables = 'create table old (id bigint primary key, n int, name text); create table made (id bigint primary key, name text);'

test('a role that can only read sees the same, and leaves no trace', async () => {
  await using fresh = await padDatabase()
  const role = `reader_${process.pid}`
  const byOwner = await assessed(pad, fresh.url)
  await query(
    fresh.url,
    `create role ${role} login password 'r'; revoke all on schema public from public; revoke temp, create on database "${fresh.name}" from public;
     grant usage on schema pad, bo to ${role}; grant select on all tables in schema pad, bo to ${role}`,
  )
  try {
    const url = new URL(fresh.url)
    url.username = role
    url.password = 'r'
    const written = async () =>
      query(
        fresh.url,
        `select (select count(*) from pg_class), (select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables), (select count(*) from pg_namespace)`,
      )
    const before = await written()
    const byReader = await assessed(pad, url.href)
    expect(told(ofRows(byReader))).toEqual(told(ofRows(byOwner)))
    expect(byReader.notLookedAt.filter((u) => !byOwner.notLookedAt.some((o) => o.what === u.what)).map((u) => u.what)).toEqual([
      'long transactions',
    ])
    expect(byReader.asked).toBeGreaterThan(100)
    expect(await written()).toEqual(before)
    // what a run needs is told, and does not make the audit say no
    expect(byReader.findings.filter((f) => f.kind === 'privileges').map((f) => f.grade)).toEqual(['warning', 'warning'])
  } finally {
    await query(fresh.url, `drop owned by ${role}; drop role ${role}`)
  }
})

test('a role that may not read a table is told so, by the name of the table', async () => {
  await using fresh = await freshDatabase()
  const role = `blind_${process.pid}`
  await query(fresh.url, `${tables} create role ${role} login password 'r'; grant select on made to ${role}`)
  try {
    const url = new URL(fresh.url)
    url.username = role
    url.password = 'r'
    const a = await assessed(rows, url.href)
    expect(a.notLookedAt.map((u) => `${u.what}: ${u.why}`)).toContain('public.old: permission denied for table old')
  } finally {
    await query(fresh.url, `drop owned by ${role}; drop role ${role}`)
  }
})

test('a question that would write is refused by the server', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, tables)
  const db = await connect(fresh.url)
  try {
    await expect(lookingAt(db).look(`insert into public.old values (1, 1, 'x') returning id`, 1000)).rejects.toMatchObject({
      sqlstate: '25006',
    })
  } finally {
    await db.close()
  }
})

test('what takes too long is left out by name, and the rest is asked', async () => {
  await using fresh = await freshDatabase()
  await query(
    fresh.url,
    `${tables} insert into old select g, g, ' ' from generate_series(1, 20) g;
     create function slow(n int) returns boolean language plpgsql as $$ begin perform pg_sleep(60); return true; end $$;
     alter table old add constraint careful check (slow(n)) not valid; alter table old add constraint quick check (n < 20) not valid`,
  )
  const a = await assessed(rows, fresh.url, { patienceMs: 300 })
  expect(a.notLookedAt.map((u) => `${u.what}: ${u.why}`)).toContainEqual(expect.stringMatching(/^unknown codes of public\.old \(n\): /))
  expect(told(ofRows(a))).toEqual([
    'warning unknown codes: 1 of 20 rows of old are not as quick (n < 20) wants them: it is NOT VALID and was never asked of them.',
  ])
})

test('where all of it takes too long, a sample is asked, and said to be one', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, `${tables} insert into old select g, g, 'n' from generate_series(1, 20000) g; analyze old`)
  // a row that the sample does not have, and that takes forever
  const [[id]] = (await query(
    fresh.url,
    `select min(id) from old where id not in (select id from old tablesample system (50) repeatable (1))`,
  )) as [[string]]
  await query(
    fresh.url,
    `create function slow(n int) returns boolean language plpgsql as $$ begin if n = ${id} then perform pg_sleep(60); end if; return n % 2 = 0; end $$;
     alter table old add constraint even check (slow(n)) not valid`,
  )
  const a = await assessed(rows, fresh.url, { patienceMs: 5000 })
  const [even] = ofRows(a)
  expect(even).toMatchObject({ kind: 'unknown codes', sampled: 'about one row in 2' })
  const [[in2]] = (await query(fresh.url, `select count(*) from old tablesample system (50) repeatable (1) where n % 2 = 1`)) as [[string]]
  expect(even!.found).toBe(Number(in2))
  expect(even!.examples).toHaveLength(5)
})

test('an engine that cannot be stopped is asked of as many rows as it goes through in time', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'godwit-assess-'))
  const file = path.join(folder, 'app.db')
  const db = new DatabaseSync(file)
  db.exec(
    `create table old (id integer primary key, n integer, name text unique not null); create table made (id integer primary key, name text)`,
  )
  db.exec(
    `insert into old select value, value, ' ' || value from (with recursive g(value) as (select 1 union all select value + 1 from g where value < 1000) select value from g)`,
  )
  db.exec(`update old set n = 'text' where id % 5 = 0`)
  db.close()
  try {
    const a = await assessed(
      migration(
        'rows',
        mapping(
          table('main.old', { id: bigint().key(), n: int().null(), name: text() }),
          (r) => into(table('main.made', { id: bigint().key(), name: text().null() }), { id: r.id, name: r.name }),
          { ignore: { n: 'x' } },
        ),
      ),
      `sqlite:${file}`,
      { patienceMs: 1 },
    )
    expect(ofRows(a).map((f) => [f.kind, f.found, f.of, f.sampled])).toEqual([['types as stored', 200, 200, 'about one row in 5']])
    expect(a.notLookedAt.map((u) => u.what)).toContain('collation of main.old (name)')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('nothing in the sources is nothing to migrate, and no success', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, `${tables} insert into made values (1, 'somebody')`)
  const a = await assessed(rows, fresh.url)
  expect(a.verdict.outcome).toBe('nothing to migrate')
  expect(told(ofRows(a))).toEqual(['error volumes: There is nothing to migrate: old has no rows.'])
  expect([failsAt(a, 'error'), failsAt(a, 'warning')]).toEqual([true, true])
})

test('what makes it fail: errors always, warnings if asked', () => {
  const of = (grade: 'error' | 'warning' | 'note') => ({ verdict: { outcome: 'ready' }, findings: [{ grade }] }) as never
  expect((['error', 'warning', 'note'] as const).map((g) => [failsAt(of(g), 'error'), failsAt(of(g), 'warning')])).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ])
})

test('whoever stops it stops it', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, `${tables} insert into old values (1, 1, 'x')`)
  const stop = new AbortController()
  stop.abort(new Error('enough'))
  await expect(assessed(rows, fresh.url, { signal: stop.signal })).rejects.toThrow('enough')
})
