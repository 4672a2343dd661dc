// The whole example, either way: what stands there, a second run, an application that goes on before and after, and all of it taken back.
import pg from 'pg'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Migration } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { query } from '../support/postgres.ts'

vi.setConfig({ testTimeout: 600_000 })
afterAll(() => vi.unstubAllEnvs())

const rows = (lines: readonly string[]) => lines.filter((l) => !l.startsWith('next value'))

describe.each(['online', 'offline'] as const)('%s', (way) => {
  const engine = async () => {
    vi.stubEnv('UUID_WAY', way)
    vi.resetModules()
    return import('./engine.ts')
  }

  test('there, again, written by new keys, and back', async () => {
    const { all, asWritten, before, migrate, objections, takeBack, uuidDatabase, writing } = await engine()
    await using db = await uuidDatabase()
    const [was, dump] = [await before(db.url), await dumpOf(db.url)]
    for (const m of all) await migrate(db.url, m)
    expect(await objections(db.url, was, true)).toEqual([])
    expect(await writing(db.url)).toEqual(asWritten)
    const there = await dumpOf(db.url)
    // a second run changes nothing
    for (const m of all) await migrate(db.url, m)
    expect(rows(await dumpOf(db.url))).toEqual(rows(there))
    // what the new application has written is there with numbers, and what it has not is as it was
    await query(
      db.url,
      `insert into t.users (email, hashed_password, manager_id) select 'new@x.test', 'x', user_id from t.users where email = 'u1@x.test';
        insert into t.reports (report_name, owner_id, lob_id) select 'new', user_id, l.lob_id from t.users, t.lobs l where email = 'new@x.test' and lob_name = 'LOB 2';
        insert into t.notifications (user_ref, body) select 'user:' || user_id, 'new' from t.users where email = 'new@x.test'`,
    )
    for (const m of all.toReversed()) await takeBack(db.url, m)
    const [[made]] = (await query(db.url, `select user_id::text from t.users where email = 'new@x.test'`)) as [[string]]
    expect(Number(made)).toBeGreaterThan(1000)
    expect(
      await query(
        db.url,
        `select u.manager_id, r.owner_id = u.user_id, n.user_ref from t.users u join t.reports r on r.report_name = 'new' join t.notifications n on n.body = 'new' where u.email = 'new@x.test'`,
      ),
    ).toEqual([['1', 't', `user:${made}`]])
    await query(
      db.url,
      `delete from t.notifications where body = 'new'; delete from t.reports where report_name = 'new'; delete from t.users where email = 'new@x.test'`,
    )
    expect(rows(await dumpOf(db.url))).toEqual(rows(dump))
    // the same keys once more
    for (const m of all) await migrate(db.url, m)
    expect(await objections(db.url, was, true)).toEqual([])
  })
})

test('an application that writes old keys all the while: everything of it is there, and it has noticed nothing', async () => {
  vi.stubEnv('UUID_WAY', 'online')
  vi.resetModules()
  const { all, before, leaves, migrate, people, takeBack, uuidDatabase, workflow, last, objections } = await import('./engine.ts')
  await using db = await uuidDatabase()
  await migrate(db.url, leaves)
  const at = { work: true, written: 0 }
  const app = new pg.Client({ connectionString: db.url })
  await app.connect()
  /** It learns keys from the database, of whichever kind they are, as it would anyway. */
  const round = async (n: number) => {
    await app.query(
      `insert into t.users (email, hashed_password, manager_id) select $1, 'x', user_id from t.users where email = 'u2@x.test'`,
      [`w${n}@x.test`],
    )
    await app.query(`insert into t.user_roles (user_id, role) select user_id, 'viewer' from t.users where email = $1`, [`w${n}@x.test`])
    await app.query(
      `insert into t.reports (report_name, owner_id, lob_id, created_by_id) select $1, o.user_id, l.lob_id, u.user_id from t.users u, t.users o, t.lobs l where u.email = $2 and o.email = 'u3@x.test' and lob_name = 'LOB 1'`,
      [`w${n}`, `w${n}@x.test`],
    )
    await app.query(
      `insert into t.planning_attributes (phase_id, attribute_name, created_by_id) select phase_id, $1, user_id from t.workflow_phases, t.users where phase_name = 'Planning' and email = 'u4@x.test' order by phase_data::text limit 1`,
      [`w${n}`],
    )
    await app.query(`update t.planning_attributes set master_attribute_id = id where attribute_name = $1`, [`w${n}`])
    await app.query(
      `insert into t.test_cases (phase_id, attribute_id, tester_id, evidence) select phase_id, id, u.user_id, jsonb_build_object('doc', $1::text) from t.planning_attributes, t.users u, generate_series(1, 2) where attribute_name = $1 and email = $2`,
      [`w${n}`, `w${n}@x.test`],
    )
    if (n % 2) {
      await app.query('update t.test_cases set tester_id = null where tester_id = (select user_id from t.users where email = $1)', [
        `w${n}@x.test`,
      ])
      await app.query('delete from t.users where email = $1', [`w${n}@x.test`])
    }
    at.written++
  }
  const work = (async () => {
    // some twenty times a second, as an application does
    for (let n = 0; at.work; n++) {
      await round(n)
      await new Promise((r) => setTimeout(r, 30))
    }
  })()
  const phases: Migration[] = [people, workflow, last]
  for (const m of phases) await migrate(db.url, m)
  at.work = false
  await work
  await app.end()
  expect(at.written).toBeGreaterThan(20)
  const n = String(at.written)
  const gone = String(Math.floor(at.written / 2))
  const found = `select (select count(*) from t.users where email like 'w%@x.test')::text, (select count(*) from t.user_roles r join t.users using (user_id) where email like 'w%@x.test')::text,
    (select count(*) from t.reports r left join t.users u on u.user_id = r.created_by_id where report_name like 'w%' and u.user_id is null)::text, (select count(*) from t.reports where report_name like 'w%')::text,
    (select count(*) from t.planning_attributes where attribute_name like 'w%' and master_attribute_id = id)::text, (select count(*) from t.test_cases c join t.planning_attributes a on a.id = c.attribute_id where attribute_name like 'w%')::text`
  const wanted = [String(at.written - Number(gone)), String(at.written - Number(gone)), gone, n, n, String(2 * at.written)]
  expect(await query(db.url, found)).toEqual([wanted])
  // no pair is missing, of any row
  for (const [table, column] of Object.entries({
    users: 'user_id',
    reports: 'report_id',
    planning_attributes: 'id',
    test_cases: 'test_case_id',
  }))
    expect(await query(db.url, `select count(*) from t.${table} where _retired_${column} is null or ${column} is null`)).toEqual([['0']])
  const was = await before(db.url)
  for (const m of all.toReversed()) await takeBack(db.url, m)
  expect(await query(db.url, found)).toEqual([wanted])
  // and from what stands there now the same comes again
  const numbers = await before(db.url)
  for (const m of all) await migrate(db.url, m)
  expect((await objections(db.url, numbers, true)).filter((o) => /^(gone|come): /.test(o))).toEqual([])
  expect((await before(db.url)).rows['users']!.map((r) => r['user_id']).toSorted()).toEqual(
    was.rows['users']!.map((r) => r['user_id']).toSorted(),
  )
})
