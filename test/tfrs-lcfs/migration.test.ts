// SEEDS §3.1, A0: reports of the old database as versions in the new one. What is expected comes from the oracle, which knows nothing of
// the engine.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Event } from '../../src/api.ts'
import { query } from '../support/postgres.ts'
import { compare, expected, natives, nextIds, partedSchedules, print, type Two, targetRows, twoDatabases } from './databases.ts'
import { bookedFor, forgetMigrated, migrate, migratedDatabases, objections, quarantine, takeBack, verified } from './engine.ts'

afterAll(forgetMigrated)

const passes = async (two: Two) => {
  const result = await verified(two)
  expect([objections(result), result.verdict]).toEqual([[], 'passed'])
}

test('every row goes where the oracle says, nothing else is touched, and a second run writes nothing (I1–I7, I13)', async () => {
  await using two = await twoDatabases()
  const [sources, own, should] = [await print(two.source.url, 'tfrs'), await natives(two.target.url), await expected(two)]
  const view = await migrate(two)
  expect(await compare(two, should)).toEqual([])
  expect(await quarantine(two)).toEqual(should.held)
  expect(bookedFor(view)).toEqual(should.books)
  expect([should.reports.length, should.transfers.length, should.supplies.length, should.held.size]).toEqual([249, 385, 258, 154])
  expect(await partedSchedules(two)).toEqual([])
  expect(own).toHaveLength(40 + 60 + 30)
  const rebuilt = (await verified(two)).answers.filter((a) => a.title.includes('rebuilt')).map((a) => a.examined)
  expect(rebuilt).toEqual([860, 552])

  const first = await print(two.target.url, 'lcfs')
  await migrate(two)
  expect(await print(two.target.url, 'lcfs')).toEqual(first)
  expect(await quarantine(two)).toEqual(should.held)
  expect(await print(two.source.url, 'tfrs')).toEqual(sources)
  expect(await natives(two.target.url)).toEqual(own)
  await passes(two)
})

describe('however it is cut (I8)', () => {
  let whole: unknown[]
  beforeAll(async () => {
    await using two = await migratedDatabases()
    whole = await targetRows(two.target.url)
  })

  test('in units of a hundred, two at once', async () => {
    await using two = await twoDatabases()
    await migrate(two, { chunk: 100, workers: 2 })
    expect(await targetRows(two.target.url)).toEqual(whole)
  })

  // the first stop comes before any unit is done, the last among the last of them
  test.each([0, 12, 40])('broken off after unit %i and taken up again', async (units) => {
    await using two = await twoDatabases()
    const controller = new AbortController()
    let done = 0
    if (units === 0) controller.abort()
    const observe = (event: Event) => {
      if (event.type === 'step.progress' && ++done === units) controller.abort()
    }
    await expect(migrate(two, { chunk: 100, signal: controller.signal, observe })).rejects.toMatchObject({ code: 'GW_INTERRUPTED' })
    await migrate(two)
    expect(await targetRows(two.target.url)).toEqual(whole)
  })

  test('killed, and taken up again', async () => {
    await using two = await twoDatabases()
    const args = [fileURLToPath(new URL('./run-once.ts', import.meta.url)), two.reader, two.target.url]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    let done = 0
    for await (const line of createInterface({ input: child.stdout })) if (line === 'step.progress' && ++done === 20) child.kill('SIGKILL')
    expect(await gone).toBe('SIGKILL')
    await migrate(two)
    expect(await targetRows(two.target.url)).toEqual(whole)
    await passes(two)
  })
})

describe('the old application goes on (I9)', () => {
  const supplemental = (of: number, id: number) => `
    insert into tfrs.workflow_state values (${id}, 'Submitted', 'Unreviewed', 'Unreviewed', 'Unreviewed');
    insert into tfrs.compliance_report select ${id}, ${id}, 1, organization_id, compliance_period_id, ${id}, null, id, root_report_id, ${id}, traversal + 1, null, 'late', now(), now()
      from tfrs.compliance_report where id = ${of};
    insert into tfrs.schedule_a_record select ${id} * 100 + id, ${id}, quantity + 7, trading_partner, postal_address, fuel_class_id, transfer_type_id from tfrs.schedule_a_record where schedule_id = ${of} and id % 2 = 0;
    insert into tfrs.compliance_report_snapshot (compliance_report_id, snapshot) select ${id}, replace(snapshot::text, ',000', ',001')::json from tfrs.compliance_report_snapshot where compliance_report_id = ${of};
    insert into tfrs.compliance_report_history (compliance_report_id, status_id, create_timestamp) values (${id}, 9001, now());`

  test('a second run brings what has come, changed and gone since', async () => {
    await using two = await migratedDatabases()
    const own = await natives(two.target.url)
    const last =
      'select id from tfrs.compliance_report r where type_id = 1 and not exists (select from tfrs.compliance_report o where o.supplements_id = r.id)'
    const chains = await query(
      two.source.url,
      `${last} and (nickname is null) and exists (select from tfrs.compliance_report_snapshot s where s.compliance_report_id = r.id) order by id limit 2`,
    )
    await query(two.source.url, chains.map(([id], i) => supplemental(Number(id), 5000 + i)).join(''))
    await query(
      two.source.url,
      `update tfrs.workflow_state set fuel_supplier_status = 'Submitted' where fuel_supplier_status = 'Draft' and id < 3000;
       update tfrs.schedule_a_record set quantity = quantity + 1 where id % 50 = 0; delete from tfrs.schedule_a_record where id % 70 = 0;
       delete from tfrs.compliance_report_snapshot where compliance_report_id = 1009;
       update tfrs.compliance_report set supplements_id = root_report_id where supplements_id = 999999`,
    )
    const should = await expected(two)
    await migrate(two)
    expect(await compare(two, should)).toEqual([])
    expect(await quarantine(two)).toEqual(should.held)
    expect(await natives(two.target.url)).toEqual(own)
    await passes(two)
  })
})

test('taken back, all is as it was, and it can be run again (I10)', async () => {
  await using two = await twoDatabases()
  const before = [await print(two.source.url, 'tfrs'), await print(two.target.url, 'lcfs'), await nextIds(two.target.url)]
  await migrate(two)
  const rows = await targetRows(two.target.url)
  await takeBack(two)
  expect([await print(two.source.url, 'tfrs'), await print(two.target.url, 'lcfs'), await nextIds(two.target.url)]).toEqual(before)
  await migrate(two)
  expect(await targetRows(two.target.url)).toEqual(rows)
})

test('the application goes on with free ids, and what it has written is not taken back (I10, I11)', async () => {
  await using two = await migratedDatabases()
  const { url } = two.target
  const own = await natives(url)
  await query(
    url,
    `with r as (insert into lcfs.compliance_report (organization_id, compliance_period_id, current_status, compliance_report_group_uuid, version, create_user) values (101, 15, 'Draft', 'new', 0, 'bceid1') returning compliance_report_id)
      insert into lcfs.compliance_report_history (compliance_report_id, status) select compliance_report_id, 'Draft' from r`,
  )
  await passes(two)
  await takeBack(two)
  expect((await natives(url)).length).toBe(own.length + 2)
  expect(await query(url, 'select count(*) from lcfs.fuel_supply')).toEqual([['0']])
})

test('an empty source proves nothing (I14)', async () => {
  await using two = await twoDatabases()
  const tables = await query(two.source.url, `select string_agg('tfrs.' || tablename, ', ') from pg_tables where schemaname = 'tfrs'`)
  await query(two.source.url, `truncate ${tables[0]![0]}`)
  await expect(migrate(two)).rejects.toMatchObject({ code: 'GW_VERIFY_NO', exit: 4 })
  expect((await verified(two)).verdict).toBe('not verified')
})

test('a report that the new database does not take is counted, and costs no other its rows (I16)', async () => {
  await using two = await twoDatabases()
  // the second of five: what it stated is passed over, and the third is held against the first
  const [[refused]] = (await query(
    two.source.url,
    `select id from tfrs.compliance_report where traversal = 1 and root_report_id in (select root_report_id from tfrs.compliance_report where traversal = 4) order by id limit 1`,
  )) as [[string]]
  await query(two.target.url, `alter table lcfs.compliance_report add constraint not_this_one check (legacy_id <> ${refused})`)
  const should = await expected(two, refused)
  // the books close all the same; that a report is missing is for somebody to know
  await expect(migrate(two)).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
  expect(await query(two.target.url, `select read, migrated, quarantined from godwit.books where mapping = 'reports'`)).toEqual([
    ['292', '242', '15'],
  ])
  expect(await compare(two, should)).toEqual([])
  expect(await quarantine(two)).toEqual(should.held)
  expect(objections(await verified(two))).toEqual([
    'a report has gone, unless its chain, its organization or its deletion stands against it: failed',
  ])

  await query(two.target.url, 'alter table lcfs.compliance_report drop constraint not_this_one')
  await migrate(two)
  expect(await compare(two, await expected(two))).toEqual([])
  await passes(two)
})

test('where the main reports wait, their exclusions wait with them, and nothing stands for them', async () => {
  await using two = await twoDatabases()
  await query(
    two.source.url,
    'update tfrs.compliance_report set supplements_id = 999999 where id in (select r.id from tfrs.compliance_report r join tfrs.compliance_report x on x.type_id = 2 and (x.organization_id, x.compliance_period_id) = (r.organization_id, r.compliance_period_id) where r.supplements_id is null and r.type_id = 1 and x.id = 3000 + 3 * 4)',
  )
  const should = await expected(two)
  expect([...should.held].filter(([key, why]) => key.startsWith('agreements') && why === 'PARENT_QUARANTINED')).toHaveLength(3)
  await migrate(two)
  expect(await compare(two, should)).toEqual([])
  expect(await quarantine(two)).toEqual(should.held)
})

test('a figure that cannot be read keeps back its row, and only the check that counts on it says so', async () => {
  await using two = await twoDatabases()
  const bad = `with one as (select min(compliance_report_id) as id from tfrs.compliance_report_snapshot where compliance_report_id > 1006 and snapshot #>> '{schedule_b,records,0,quantity}' is not null)
    update tfrs.compliance_report_snapshot set snapshot = jsonb_set(snapshot::jsonb, '{schedule_b,records,0,quantity}', '"12 or so"')::json from one where compliance_report_id = one.id returning one.id`
  const [[report]] = (await query(two.source.url, bad)) as [[string]]
  await expect(migrate(two)).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
  const held = [...(await quarantine(two))].filter(([, why]) => why === 'CAST_NUMERIC')
  expect(held).toEqual([[`supplies ["${report}", "1", "false"]`, 'CAST_NUMERIC']])
  expect(objections(await verified(two))).toEqual(['every report with a snapshot has the schedule B that it stated: failed'])
})

test('one report lost behind our back is missed', async () => {
  await using two = await migratedDatabases()
  const lost = `(select compliance_report_id from lcfs.compliance_report where create_user = 'tfrs' and legacy_id = 1006)`
  await query(
    two.target.url,
    ['compliance_report_history', 'compliance_report_summary', 'notional_transfer', 'fuel_supply', 'compliance_report']
      .map((table) => `delete from lcfs.${table} where compliance_report_id = ${lost};`)
      .join(' '),
  )
  const { answers } = await verified(two)
  const failed = answers.filter((a) => a.verdict === 'failed').map((a) => a.title)
  expect(failed).toContain('a report has gone, unless its chain, its organization or its deletion stands against it')
  expect(failed).toContain('rows of reports.report equal to the mapping')
})
