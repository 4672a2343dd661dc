// The schema where everything points at everything, with an application at work from the first move to the last: what it has written is
// there, no statement of its has failed or waited longer than it would, and what hangs on the tables is what it was.
import path from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { connect, type Database, plan, run, undo } from '../../src/api.ts'
import { type Migration, migration, none, rekey } from '../../src/index.ts'
import type { Hands } from '../../src/steps/hands.ts'
import { catalogue } from '../../src/steps/online/rekey/catalogue.ts'
import type { Step } from '../../src/steps/step.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const moments = ['W1', 'W2', 'W3'] as const
const retyped = ['users', 'planning_attributes', 'test_cases']

/** By names, which stay: an application that learns its keys from the database does not know of which kind they are. */
const acts = (w: string): string[] => [
  `insert into t.users (email, hashed_password) values ('${w}@x.test', 'x')`,
  `insert into t.reports (report_name, owner_id, lob_id) select '${w}', user_id, (select lob_id from t.lobs order by lob_name limit 1) from t.users where email = '${w}@x.test'`,
  `insert into t.planning_attributes (phase_id, attribute_name, created_by_id) select (select phase_id from t.workflow_phases order by phase_order, cycle_id, report_id limit 1), '${w}', user_id from t.users where email = '${w}@x.test'`,
  `update t.planning_attributes set master_attribute_id = id where attribute_name = '${w}'`,
  `insert into t.test_cases (phase_id, attribute_id, tester_id) select phase_id, id, created_by_id from t.planning_attributes, generate_series(1, 2) where attribute_name = '${w}'`,
  `delete from t.users where email = 'leaves-${w}@x.test'`,
  `update t.reports set created_by_id = null where report_name = 'set-${w}'`,
]

const written = (w: string): string => `select
  (select count(*) from t.users u join t.reports r on r.owner_id = u.user_id where u.email = '${w}@x.test' and r.report_name = '${w}') as report,
  (select count(*) from t.planning_attributes a join t.users u on u.user_id = a.created_by_id where a.attribute_name = '${w}' and a.master_attribute_id = a.id and u.email = '${w}@x.test') as itself,
  (select count(*) from t.test_cases c join t.planning_attributes a on a.id = c.attribute_id join t.users u on u.user_id = c.tester_id where a.attribute_name = '${w}' and u.email = '${w}@x.test') as cases,
  (select count(*) from t.users where email = 'leaves-${w}@x.test') + (select count(*) from t.user_roles where role = 'leaves-${w}') as left_behind,
  (select count(*) from t.reports where report_name = 'set-${w}' and created_by_id is not null) as still_set`

const names = retyped.flatMap((name) => moments.map((w) => `${w}-${name}`))
/** Whoever leaves has a role, and whoever is let go of stands in a report. */
const ahead = names.map(
  (w) =>
    `insert into t.users (email, hashed_password) values ('leaves-${w}@x.test', 'x'); insert into t.user_roles select user_id, 'leaves-${w}' from t.users where email = 'leaves-${w}@x.test'; insert into t.reports (report_name, owner_id, lob_id, created_by_id) values ('set-${w}', 1, 1, 2)`,
)
const ready = `drop trigger users_touch on t.users; drop function t.touch; drop function t.phase_owner(int); drop index t.ix_rep_expr`

/** Twenty statements a second of each kind. A second is more than the budget for a lock, and then it would have failed. */
async function atWork(url: string) {
  const [reader, writer] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })]
  const failed: string[] = []
  const at = { work: true, done: 0 }
  const go = async (client: pg.Client, statements: readonly string[]) => {
    await client.connect()
    await client.query(`set lock_timeout = '1s'`)
    while (at.work)
      for (const sql of statements) {
        await client.query(sql).catch((problem: Error) => failed.push(`${problem.message}: ${sql}`))
        at.done++
        await new Promise((r) => setTimeout(r, 50))
      }
    await client.end()
  }
  const both = [
    go(reader, [
      `select count(*) from t.users u join t.reports r on r.owner_id = u.user_id`,
      `select count(*) from t.v_phase_load`,
      `select a.id::text from t.planning_attributes a join t.test_cases c on c.attribute_id = a.id limit 5`,
    ]),
    go(writer, [
      `insert into t.login_events (user_id, at) select user_id, now() from t.users where email = 'u7@x.test'`,
      `update t.reports r set created_by_id = u.user_id from t.users u where u.email = 'u9@x.test' and r.report_name = 'Report 3'`,
      `update t.test_cases set evidence = evidence || '{"seen": true}' where attribute_id = (select id from t.planning_attributes where attribute_name = 'Attr 2' order by phase_id limit 1)`,
    ]),
  ]
  return {
    at,
    async end() {
      at.work = false
      await Promise.all(both)
      return failed
    },
  }
}

/** W1 before the first row is filled, W2 between two tables. */
const meanwhile = (step: Step, act: (moment: 'W1' | 'W2') => Promise<void>): Step => {
  let sweeps = 0
  const lent = (hands: Hands): Hands => ({
    ...hands,
    schema: {
      ...hands.schema,
      async sweep(what) {
        sweeps++
        if (sweeps <= 2) await act(sweeps === 1 ? 'W1' : 'W2')
        return hands.schema.sweep(what)
      },
    },
  })
  return { ...step, doing: { ...step.doing!, do: (hands) => step.doing!.do(lent(hands)) } }
}

test('an application at work beside every phase, there and back', { timeout: 600_000 }, async () => {
  await using fresh = await freshDatabase({ load: [path.join(import.meta.dirname, '../../examples/uuid/source.sql')] })
  const sql = (text: string) => query(fresh.url, text)
  await sql(`${ready}; ${ahead.join('; ')}`)
  const db = await connect(fresh.url)
  const app = await atWork(fresh.url)
  const act = (w: string) => sql(acts(w).join('; '))
  const ran: Migration[] = []
  try {
    for (const name of retyped) {
      const made = rekey(`t.${name}`, { way: 'online', not: ['t.audit_logs.record_id', 't.notifications.user_ref'] })
      const m = migration(`uuid-${name}`, {
        ...made,
        expand: made.expand.map((s) => meanwhile(s, async (w) => void (await act(`${w}-${name}`)))),
      })
      const hung = await hanging(sql, name)
      await run(await plan(m, db), db, { to: 'verify' })
      await act(`W3-${name}`)
      await run(await plan(m, db), db)
      ran.push(m)
      expect(await hanging(sql, name)).toEqual(hung)
      for (const w of moments) expect(await sql(written(`${w}-${name}`)), `${w} of ${name}`).toEqual([['1', '1', '2', '0', '0']])
      expect(await torn(sql, name), name).toEqual([])
    }
    const seen = app.at.done
    for (const m of ran.toReversed()) await undo(await plan(m, db, { recorded: true }), db)
    expect(app.at.done).toBeGreaterThan(seen)
    for (const w of names) expect(await sql(written(w)), `${w}, with numbers again`).toEqual([['1', '1', '2', '0', '0']])
  } finally {
    const failed = await app.end()
    await db.close()
    expect([...new Set(failed)]).toEqual([])
  }
})

type Asked = (text: string) => Promise<readonly (readonly (string | null)[])[]>

/** Who points at it, and it. */
const pointing = async (sql: Asked, name: string) =>
  (
    await sql(
      `select k.conrelid::regclass::text, (select attname from pg_attribute where attrelid = k.conrelid and attnum = k.conkey[1]) from pg_constraint k where k.contype = 'f' and k.confrelid = 't.${name}'::regclass and cardinality(k.conkey) = 1
        union select i.indrelid::regclass::text, a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indisprimary and i.indrelid = 't.${name}'::regclass order by 1, 2`,
    )
  ).map(([id, column]) => ({ id: id!, column: column! }))

/** What hangs on the tables, but for the types. */
async function hanging(sql: Asked, name: string): Promise<readonly string[]> {
  const members = (await pointing(sql, name)).map((m) => ({ ...m, fresh: '', away: `_retired_${m.column}`, isKey: false, stays: false }))
  const tables = [...new Set(members.map((m) => m.id))]
  const lines = (await sql(`select line from (${catalogue({ members, tables })}) x order by line`)).map(([line]) => line!)
  expect(lines.length).toBeGreaterThan(20)
  return lines
}

/** Rows whose old key and whose new key do not belong to the same row. */
async function torn(sql: Asked, name: string): Promise<readonly string[]> {
  const [first, ...rest] = await pointing(sql, name)
  const all = [first!, ...rest]
  const key = all.find((m) => m.id === `t.${name}` && /^(user_id|id|test_case_id)$/.test(m.column))!
  const found: string[] = []
  for (const { id, column } of all) {
    const [row] = await sql(
      `select count(*) from ${id} x left join ${key.id} p on p.${key.column} = x.${column} where p._retired_${key.column} is distinct from x._retired_${column}`,
    )
    if (row![0] !== '0') found.push(`${id}.${column}: ${row![0]}`)
  }
  return found
}

test('a check of the pairs before there are any has looked at nothing, and says so', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, 'create schema keys; create table keys.pair (new_key uuid primary key)')
  const db: Database = await connect(fresh.url)
  try {
    const check = none('pairs without a key', {
      rows: 'select * from keys.pair where new_key is null',
      of: 'select count(*) from keys.pair',
    })
    const m = migration('checked', { verify: [check] })
    await expect(plan(m, db).then((p) => run(p, db))).rejects.toThrow(/not verified: pairs without a key \(compared 0 rows/)
  } finally {
    await db.close()
  }
})
