// COPY passed on from one session to another as the messages that the server writes.
import { expect, test } from 'vitest'
import type { Database } from '../../src/databases/database.ts'
import { opened, refusal } from './open.ts'

const out = (query: string) => `copy (${query}) to stdout (format binary)`
const into = 'copy public.t from stdin (format binary)'

const passed = (db: Database, query: string): Promise<number> =>
  db.session((from) => from.messagesOut(out(query), (messages) => db.session((to) => to.messagesIn(into, messages))))

/** Rows as long as these are cut by packets at every place; some are longer than all that is taken at once. */
const rows = `select g as id, repeat(chr(97 + g % 26), case when g % 500 = 0 then 300000 else (g * 37) % 211 end) as a from generate_series(1, 3000) g`
const sums = (from: string) => `select count(*)::text as n, md5(string_agg(t::text, '' order by id)) as all from ${from} t`

test('arrives whole, wherever the packets cut it', async () => {
  await using on = await opened('create table t (id int, a text)')
  expect(await passed(on.db, rows)).toBe(3000)
  const [there, here] = await on.db.session(async (s) => [await s.query(sums(`(${rows})`)), await s.query(sums('public.t'))] as const)
  expect(here.rows).toEqual(there.rows)
})

test.each([
  ['of no rows', 'select 1, null::text where false', 0],
  ['with notices in between', `select g, public.said(g) from generate_series(1, 2000) g`, 2000],
])('%s', async (_, query, count) => {
  await using on = await opened(
    `create table t (id int, a text);
      create function said(n int) returns text language plpgsql as $$ begin raise notice 'row %, and much more to say of it', n; return repeat('x', n % 100); end $$`,
  )
  expect(await passed(on.db, query)).toBe(count)
  expect((await on.db.session((s) => s.query(sums('public.t')))).rows[0]!['n']).toBe(String(count))
})

test('a source that fails in the middle leaves nothing, and the session that took the rows goes on', async () => {
  await using on = await opened('create table t (id int, a text)')
  await on.db.session(async (to) => {
    const pid = to.pid
    const failing = on.db.session((from) =>
      from.messagesOut(out(`select g, (10 / (20000 - g))::text from generate_series(1, 30000) g`), (messages) =>
        to.messagesIn(into, messages),
      ),
    )
    expect((await refusal(failing)).sqlstate).toBe('22012')
    expect((await to.query('select count(*)::text as n, pg_backend_pid()::text as pid from public.t')).rows).toEqual([
      { n: '0', pid: String(pid) },
    ])
  })
})

test('a target that refuses a row ends the reading', async () => {
  await using on = await opened('create table t (id int, a text check (length(a) < 100))')
  const query = `select g, repeat('x', g / 100) from generate_series(1, 100000) g`
  expect((await refusal(passed(on.db, query))).sqlstate).toBe('23514')
  expect(await passed(on.db, 'select 1, $$good$$')).toBe(1)
})
