// What a migration meets besides rows: a machine that dies, a second runner, an application that does not wait, rows in odd places.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import pad from '../../examples/pad/migration.ts'
import { connect, plan, quarantineRetry, run, trace } from '../../src/api.ts'
import { query } from '../support/postgres.ts'
import { compareWithOracle, fateDifferences } from './compare.ts'
import { counts, given, nativePrint, padDatabase, sourcePrint, targetPrint } from './database.ts'
import { migrate, migratedDatabase, objections, quarantine, readOnly, takeBack, verified } from './engine.ts'
import { expectedOf } from './oracle.ts'

vi.setConfig({ testTimeout: 240_000 })

const passes = async (url: string) => {
  const result = await verified(url)
  expect([objections(result), result.verdict]).toEqual([[], 'passed'])
}

describe('the process is killed', () => {
  /** Killed the hard way once it has told of so many units: nothing in it gets to say goodbye. */
  async function killAfter(url: string, units: number): Promise<void> {
    const script = fileURLToPath(new URL('./run-once.ts', import.meta.url))
    const child = spawn(process.execPath, [script, url, '20'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    let done = 0
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === (units === 0 ? 'step.started' : 'step.progress') && ++done >= Math.max(units, 1)) child.kill('SIGKILL')
    }
    expect(await gone).toBe('SIGKILL')
  }

  test.each([0, 1, 26, 51])('after unit %i of 52', async (units) => {
    await using db = await padDatabase()
    const natives = await nativePrint(db.url)
    await killAfter(db.url, units)
    expect((await counts(db.url))['requests']).toBeLessThan(1015)
    await migrate(db.url, { chunk: 20 })
    expect(await compareWithOracle(db.url)).toEqual([])
    expect(fateDifferences(expectedOf(await given(db.url)), await quarantine(db.url))).toEqual([])
    expect(await nativePrint(db.url)).toEqual(natives)
    await passes(db.url)
  })

  test('and what it has done is taken back', async () => {
    await using db = await padDatabase()
    const before = await targetPrint(db.url)
    await killAfter(db.url, 26)
    await takeBack(db.url)
    expect(await targetPrint(db.url)).toEqual(before)
  })
})

test('of two runners at once one works, and no row goes twice', async () => {
  await using db = await padDatabase()
  const both = await Promise.allSettled([migrate(db.url, { chunk: 20 }), migrate(db.url, { chunk: 20 })])
  expect(both.some((r) => r.status === 'fulfilled')).toBe(true)
  for (const r of both) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'GW_LOCKED' })
  expect(await compareWithOracle(db.url)).toEqual([])
})

test('the new application writes while the rows go', async () => {
  await using db = await padDatabase()
  const writes: Promise<unknown>[] = []
  const write = () =>
    query(
      db.url,
      `with q as (insert into pad.pad_request(created_at, updated_at, employee_id, security_id, direction, quantity, estimated_value, status)
         values (now(), now(), 105, 1, 'BUY', 1, 1, 'pending_manager') returning id)
       insert into pad.audit_log("timestamp", action_type, action_status, actor_type, entity_id, request_id) select now(), 'request_submitted', 'success', 'user', id, id from q`,
    )
  await migrate(db.url, { chunk: 20, workers: 2, observe: (e) => void (e.type === 'step.progress' && writes.push(write())) })
  await Promise.all(writes)
  expect(writes.length).toBeGreaterThan(40)
  expect(await compareWithOracle(db.url)).toEqual([])
  const [mine] = await query(
    db.url,
    'select count(*), count(a.id) from pad.pad_request q left join pad.audit_log a on a.request_id = q.id where q.reference_id is null',
  )
  expect(mine).toEqual([String(writes.length), String(writes.length)])
  await passes(db.url)
})

const copiesOf16 = (url: string, ids: string) =>
  query(
    url,
    `create temp table copied as select s.* from pad.personal_account_dealing s where id = 16;
     insert into pad.personal_account_dealing select (json_populate_record(c, json_build_object('id', n))).* from copied c, unnest(array[${ids}]) n`,
  )

test.each([
  ['below and in the gap', '0, 1001, 1500, 2033'],
  ['far above', '900000000000'],
])('legacy rows come later with ids %s', async (_, ids) => {
  await using db = await migratedDatabase()
  await copiesOf16(db.url, ids)
  await migrate(db.url)
  expect(await compareWithOracle(db.url)).toEqual([])
  await passes(db.url)
  // the application's next id is no business of how legacy ids are spread
  const [[next] = []] = await query(db.url, `select nextval('pad.pad_request_id_seq')`)
  expect(Number(next)).toBeLessThan(100_000)

  const natives = await nativePrint(db.url)
  await takeBack(db.url)
  expect(await nativePrint(db.url)).toEqual(natives)
  expect(await query(db.url, 'select count(*) from pad.pad_request')).toEqual([['40']])
})

test('a legacy row that is gone takes its target rows with it', async () => {
  await using db = await migratedDatabase()
  await query(db.url, 'delete from pad.personal_account_dealing where id in (15, 16, 2008)')
  await migrate(db.url)
  expect(await compareWithOracle(db.url)).toEqual([])
  expect(fateDifferences(expectedOf(await given(db.url)), await quarantine(db.url))).toEqual([])
  await passes(db.url)
})

test('an employee who comes back into the reference frees the rows that waited', async () => {
  await using db = await migratedDatabase()
  await query(db.url, `insert into bo.oracle_employee values (99999, 'back', null), (88888, 'back too', null)`)
  await migrate(db.url)
  expect(await compareWithOracle(db.url)).toEqual([])
  expect(await counts(db.url)).toMatchObject({ requests: 1017 })
})

test('a mended row goes when it is tried again by itself', async () => {
  await using db = await migratedDatabase()
  await query(db.url, `update pad.personal_account_dealing set value = '1,234.56' where id = 2008`)
  await planned(db.url, async (p, d) =>
    expect(await quarantineRetry(p, d, { keys: ['2008'] })).toMatchObject({ tried: 1, migrated: 1, still: 0 }),
  )
  expect(await compareWithOracle(db.url)).toEqual([])
  expect((await quarantine(db.url)).map((q) => q.source)).not.toContain('2008')
  await passes(db.url)
})

test('a dry run tells the same and leaves nothing', async () => {
  await using db = await padDatabase()
  const before = [await targetPrint(db.url), await sourcePrint(db.url)]
  const view = await planned(db.url, (p, d) => run(p, d, { dryRun: true, budget: { rows: 2000, percent: 100 } }))
  expect(view.steps.flatMap((s) => s.books).at(-1)?.totals).toEqual({ read: 1032, migrated: 1015, quarantined: 17, filtered: 0, warned: 3 })
  expect([await targetPrint(db.url), await sourcePrint(db.url)]).toEqual(before)
})

test('more dirt than is allowed stops the run, and it goes on with a larger allowance', async () => {
  await using db = await padDatabase()
  const budget = { rows: 1000, percent: 1 }
  await expect(planned(db.url, (p, d) => run(p, d, { chunk: 100, budget }))).rejects.toMatchObject({ code: 'GW_BUDGET', exit: 6 })
  await migrate(db.url)
  expect(await compareWithOracle(db.url)).toEqual([])
})

test('a row can be followed there and back', async () => {
  await using db = await migratedDatabase()
  await planned(db.url, async (p, d) => {
    const there = await trace(p, d, 'personal_account_dealing:15')
    expect(there).toMatchObject({ fate: 'migrated' })
    const made = there.made.filter((m) => m.there && m.table !== 'pad.security')
    const perTable = { 'pad.audit_log': 3, 'pad.pad_approval': 2, 'pad.pad_execution': 1, 'pad.pad_request': 1 }
    expect(Object.fromEntries(Object.keys(perTable).map((t) => [t, made.filter((m) => m.table === t).length]))).toEqual(perTable)
    for (const { table, key } of made) expect((await trace(p, d, `${table}:${key}`)).source).toMatchObject({ key: '15' })
    expect(await trace(p, d, 'personal_account_dealing:2011')).toMatchObject({
      fate: 'quarantined',
      quarantine: { code: 'LOOKUP_AMBIGUOUS' },
    })
    expect(await trace(p, d, 'pad_request:1')).toMatchObject({ fate: 'not ours' })
  })
})

test('the warnings name their rows', async () => {
  await using db = await migratedDatabase()
  const keys = (await query(db.url, 'select key from godwit.warning order by 1')).map(([k]) => k)
  expect(keys).toEqual(
    expectedOf(await given(db.url))
      .warnings.map((w) => w.source)
      .toSorted(),
  )
})

async function planned<T>(
  url: string,
  work: (p: Awaited<ReturnType<typeof plan>>, db: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const db = await connect(url)
  try {
    return await work(await plan(pad, db, { readOnly }), db)
  } finally {
    await db.close()
  }
}
