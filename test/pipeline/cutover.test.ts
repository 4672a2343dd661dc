// SEEDS §3.6: the whole day in logical time. Twenty-four pairs, a yes, the switch, twenty-four hours of watch, and the way back.
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { copyOf, type FreshDatabase, query } from '../support/postgres.ts'
import { anHourOfBusiness, compare, expected, one, pipelineDatabase, sourcePrint } from './database.ts'
import { Day, hour, takeBack, takeCutoverBack } from './engine.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 600_000 })

const pairs = (url: string) =>
  query(
    url,
    `select count(*), count(distinct body -> 'input' ->> 'old'), min(body ->> 'verdict'), max(body ->> 'verdict') from godwit.shadow where body ->> 'kind' = 'pair'`,
  )
const serves = (url: string) => one(url, 'select engine from pipeline.serving')
const runs = (url: string) => query(url, 'select engine, status, count(*) from analytics.pipeline_runs group by 1, 2 order by 1, 2')

/** How long a run takes is said by these tests, and not by the machine. */
const took = (time: string) =>
  `update analytics.pipeline_runs set latency_ms = 1000; create or replace function pipeline.took(began timestamptz) returns interval language sql as 'select interval ''${time}'''`

let switched: FreshDatabase

beforeAll(async () => {
  switched = await pipelineDatabase()
  await query(switched.url, took('1 second'))
  return () => switched.drop()
})

const midnight = '2026-01-02T00:00:00Z'

test('twenty-four pairs an hour apart, each over what was brought over by then; not twenty-three, and not without somebody who says yes', async () => {
  const { url } = switched
  const day = new Day(url)
  const said: string[] = []
  for (let n = 1; n <= 24; n++) {
    expect(await day.go({ to: 'verify' })).toMatchObject({ state: 'paused' })
    const { state, said: why } = await day.go()
    said.push(why)
    expect([state, await serves(url)]).toEqual(['waiting', 'v1'])
    // asked again within the hour nothing is made
    if (n === 1) expect((await day.go()).said).toContain('1 of 24 pairs hold')
    await anHourOfBusiness(url)
    if (n < 24) day.clock.pass(hour)
  }
  expect(said[22]).toContain('23 of 24 pairs hold')
  expect(said[23]).toContain('may V2 serve?')
  expect(await pairs(url)).toEqual([['24', '24', 'passed', 'passed']])
  expect(await runs(url)).toEqual([
    ['v1', 'completed', '24'],
    ['v2', 'completed', '24'],
  ])
  const apart = `select count(*) from analytics.pipeline_runs a join analytics.pipeline_runs b using (as_of) where a.engine = 'v1' and b.engine = 'v2'`
  expect(await one(url, `${apart} and a.input_sha256 <> b.input_sha256`)).toBe('0')
  expect(await one(url, `${apart} and a.input_sha256 = b.input_sha256`)).toBe('24')
  // the last payment is of after the last pair: what is served must be of all rows
  await day.go({ to: 'verify' })
  expect(await compare(url, await expected(url))).toEqual([])

  day.clock.at(midnight)
  await day.go()
  await day.approve()
  expect(await day.go()).toMatchObject({ state: 'waiting', said: expect.stringContaining('the first day') })
  expect([await serves(url), await one(url, 'select distinct engine from analytics.published')]).toEqual(['v2', 'v2'])
}, 600_000)

describe('V2 serves', () => {
  let db: FreshDatabase
  let day: Day
  beforeEach(async () => {
    db = await copyOf(switched)
    day = new Day(db.url, undefined, midnight)
    return () => db.drop()
  })

  const nextHour = () => {
    day.clock.pass(hour)
    return day.go()
  }
  const breaks = `create or replace view pipeline.v2_kpis as select name, value / 0 as value, version from pipeline.v1_kpis`
  const mends = `create or replace view pipeline.v2_kpis as select name, value, '2.0' as version from pipeline.v1_kpis`
  /** V2's figure as so much of the one that V1 had last. */
  const drifted = (kpi: string, times: string) =>
    `create or replace view pipeline.v2_kpis as select k.name, case when k.name = '${kpi}' then (select "${kpi}" from pipeline.last_run where engine = 'v1') * ${times} else k.value end as value, '2.0' as version
       from pipeline.v1_kpis k`

  test('a quiet day: V1 makes no run, and it is over', async () => {
    for (let n = 1; n < 24; n++) expect(await nextHour()).toMatchObject({ state: 'waiting' })
    expect(await nextHour()).toMatchObject({ state: 'finished' })
    expect(await one(db.url, `select count(*) from analytics.pipeline_runs where engine = 'v1'`)).toBe('24')
    expect(await one(db.url, `select count(*) from analytics.pipeline_runs where engine = 'v2' and as_of >= '${midnight}'`)).toBe('25')
  })

  test('a drill: the third failed run in a row takes it back, V1 has figures out within five minutes, and those of V2 stay, superseded', async () => {
    const [source, facts] = [await sourcePrint(db.url), await one(db.url, 'select count(*) from analytics.fact_loans')]
    await nextHour()
    const figures = await one(db.url, `select count(*) from analytics.kpi_values where kpi_def_version = '2.0'`)
    await query(db.url, breaks)
    for (const n of [1, 2]) expect([n, (await nextHour()).state]).toEqual([n, 'waiting'])
    expect(await serves(db.url)).toBe('v2')
    expect(await nextHour()).toMatchObject({ state: 'GW_ROLLED_BACK', said: expect.stringContaining('3 failed in a row, 2 are borne') })

    day.clock.pass(5 * 60_000)
    await query(db.url, `select * from pipeline.hour('${day.at()}')`)
    expect(await query(db.url, 'select distinct engine, kpi_def_version, as_of from analytics.published')).toEqual([
      ['v1', '1.0', '2026-01-02 04:05:00+00'],
    ])
    expect(await runs(db.url)).toEqual([
      ['v1', 'completed', '25'],
      ['v2', 'failed', '3'],
      ['v2', 'superseded', '26'],
    ])
    expect(await one(db.url, `select count(*) from analytics.kpi_values where kpi_def_version = '2.0'`)).toBe(figures)
    expect([await sourcePrint(db.url), await one(db.url, 'select count(*) from analytics.fact_loans')]).toEqual([source, facts])
  })

  test('two failed runs, one that succeeds, and two more are borne', async () => {
    for (const sql of [breaks, breaks, mends, breaks, breaks]) {
      await query(db.url, sql)
      expect(await nextHour()).toMatchObject({ state: 'waiting' })
    }
    expect(await serves(db.url)).toBe('v2')
  })

  test.each(['PAR30', 'PAR90', 'CollectionRate'])('%s may drift by five in a hundred, and not by more', async (kpi) => {
    await query(db.url, drifted(kpi, '1.05'))
    expect(await nextHour()).toMatchObject({ state: 'waiting' })
    await query(db.url, drifted(kpi, '1.0500000001'))
    expect(await nextHour()).toMatchObject({ state: 'GW_ROLLED_BACK', said: expect.stringContaining(`drift of ${kpi}`) })
    expect(await serves(db.url)).toBe('v1')
  })

  test('it may take twice as long, and not longer', async () => {
    await query(db.url, took('2 seconds'))
    expect(await nextHour()).toMatchObject({ state: 'waiting' })
    await query(db.url, took('2.001 seconds'))
    expect(await nextHour()).toMatchObject({ state: 'GW_ROLLED_BACK', said: expect.stringContaining('latency') })
  })

  test('rows that were computed and not written take it back', async () => {
    await query(
      db.url,
      `create function lose() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger lose before insert on analytics.kpi_values for each row when (new.kpi_name = 'PAR90' and new.kpi_def_version = '2.0') execute function lose()`,
    )
    expect(await nextHour()).toMatchObject({ state: 'GW_ROLLED_BACK', said: expect.stringContaining('rows_written 2, rows_computed 3') })
  })

  test('a run that wrote nothing is no success (I16)', async () => {
    await query(db.url, `create or replace view pipeline.v2_kpis as select name, value, version from pipeline.v1_kpis where false`)
    for (const n of [1, 2]) expect([n, (await nextHour()).state]).toEqual([n, 'waiting'])
    expect(await nextHour()).toMatchObject({ state: 'GW_ROLLED_BACK' })
  })

  test('to the last moment of the day it is taken back', async () => {
    await query(db.url, drifted('PAR30', '1.2'))
    day.clock.pass(24 * hour)
    expect([(await day.go()).state, await serves(db.url)]).toEqual(['GW_ROLLED_BACK', 'v1'])
  })

  test('after it somebody is called instead, and V2 goes on', async () => {
    await query(db.url, drifted('PAR30', '1.2'))
    day.clock.pass(24 * hour + 1)
    expect([(await day.go()).state, await serves(db.url)]).toEqual(['GW_INCIDENT', 'v2'])
  })

  test('taken back by hand it is marked as well, and everything is waited for anew', async () => {
    await takeCutoverBack(db.url, { root: day.root, clock: day.clock })
    expect([
      await serves(db.url),
      await one(db.url, `select count(*) from analytics.pipeline_runs where engine = 'v2' and status = 'completed'`),
    ]).toEqual(['v1', '0'])
    await anHourOfBusiness(db.url)
    await day.go({ to: 'verify' })
    expect(await day.go()).toMatchObject({ state: 'waiting', said: expect.stringContaining('1 of 24 pairs hold') })
  })

  test('taken back as a whole, the rows go, the runs stay, and V1 is as it was', async () => {
    const source = await sourcePrint(db.url)
    const all = await one(db.url, 'select count(*) from analytics.pipeline_runs')
    await takeBack(db.url, { root: day.root, clock: day.clock })
    expect(await one(db.url, 'select (select count(*) from analytics.fact_loans) + (select count(*) from analytics.fact_payments)')).toBe(
      '0',
    )
    expect([await serves(db.url), await one(db.url, 'select count(*) from analytics.pipeline_runs'), await sourcePrint(db.url)]).toEqual([
      'v1',
      all,
      source,
    ])
  })
})
