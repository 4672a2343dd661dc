// SEEDS §3.6: the gate of the example with its own terms, fewer pairs. Each way in which two engines may agree without anything being shown.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { sideBySide } from '../../examples/pipeline/cutover.ts'
import { factLoans } from '../../examples/pipeline/schema.ts'
import { migration, none, type Shadow, shadow } from '../../src/index.ts'
import { type FreshDatabase, query } from '../support/postgres.ts'
import { anHourOfBusiness, one } from './database.ts'
import { Day, hour, migratedDatabase } from './engine.ts'

vi.setConfig({ testTimeout: 240_000 })

let db: FreshDatabase
beforeEach(async () => {
  db = await migratedDatabase()
  return () => db.drop()
})

/** The gate by itself, so that what is compared can be harmed without being brought over anew. */
const gate = (more: Partial<Shadow> = {}) =>
  new Day(
    db.url,
    migration('gate', {
      verify: [
        none('no payment without a number', { of: factLoans, rows: 'select * from analytics.fact_payments where payment_id is null' }),
      ],
      cutover: [shadow({ ...sideBySide, pairs: 3, ...more })],
    }),
  )

/** An hour in which a loan is paid off a little, on the tape and in the new tables. */
async function nextHour(day: Day): Promise<void> {
  day.clock.pass(hour)
  await anHourOfBusiness(db.url)
  await query(
    db.url,
    `update analytics.fact_loans f set outstanding = t.outstanding_balance from v1.loan_tape t
       where t.loan_id = f.company || ' - ' || f.loan_no and f.outstanding <> t.outstanding_balance;
     insert into analytics.fact_payments select row_no, company, loan_ref, paid_on, principal::numeric, 0, 0, 0
       from v1.real_payment where paid_on = '2026-01-01' on conflict do nothing`,
  )
}

const v2 = (kpi: string, value: string) => `
  alter view pipeline.v2_kpis rename to v2_honest;
  create view pipeline.v2_kpis as select name, case when name = '${kpi}' then ${value} else value end as value, version from pipeline.v2_honest`

test('three pairs that hold open it', async () => {
  const day = gate()
  for (let n = 1; n < 3; n++) {
    expect(await day.go()).toMatchObject({ state: 'waiting', said: expect.stringContaining(`${n} of 3 pairs hold`) })
    await nextHour(day)
  }
  expect(await day.go()).toMatchObject({ state: 'finished' })
  expect(
    await query(db.url, `select engine, count(*), min(status), max(status) from analytics.pipeline_runs group by 1 order by 1`),
  ).toEqual([
    ['v1', '3', 'completed', 'completed'],
    ['v2', '3', 'completed', 'completed'],
  ])
  expect(
    await one(
      db.url,
      `select count(*) from analytics.pipeline_runs a join analytics.pipeline_runs b using (as_of, input_sha256) where a.engine = 'v1' and b.engine = 'v2'`,
    ),
  ).toBe('3')
})

describe.each(['PAR30', 'PAR90', 'CollectionRate'])('%s', (kpi) => {
  const v1 = `(select value from pipeline.v1_kpis where name = '${kpi}')`
  test.each([
    ['a little below the limit it holds', `${v1} * 1.0099`, 'waiting'],
    ['at the limit, to the last digit, it does not', `${v1} * 1.01`, 'GW_PAIR_NO'],
    ['below it by as much, it does not either', `${v1} * 0.99`, 'GW_PAIR_NO'],
  ])('%s', async (_, value, state) => {
    await query(db.url, v2(kpi, value))
    expect(await gate().go()).toMatchObject({ state })
  })
})

/** What two engines may look like without anything having been compared, and what the gate says of it. */
const vacuous: readonly [string, string, string][] = [
  ['mutant 38, names alone: a value that is another', v2('PAR90', '1.1669'), 'value PAR90: differs'],
  [
    'a figure that V2 does not have',
    `alter view pipeline.v2_kpis rename to v2_honest; create view pipeline.v2_kpis as select * from pipeline.v2_honest where name <> 'PAR90'`,
    'value PAR90: missing now',
  ],
  ['a renamed input that is filled with zeros', v2('PAR90', '0'), 'value PAR90: filled with zeros'],
  ['an engine that computes nothing', v2('PAR30', 'null'), 'value PAR30: missing now'],
  ['an empty V1', 'delete from v1.loan_tape', 'input: there is nothing in it'],
  ['a V1 that fails', v1As('select name, value / 0 as value, version from pipeline.v1_honest'), 'old side: it is empty'],
  ['a V1 that is a copy of V2', v1As('select * from pipeline.v2_kpis'), 'it is a copy of the new side'],
  [
    'rows that were not brought over',
    `update v1.loan_tape set dpd = dpd + 1 where loan_id = 'AAA - L00017'`,
    'input: the two sides had another input',
  ],
  [
    'rows that were cut off',
    `delete from analytics.fact_payments where company = 'BBB' and loan_no = 'L00003'`,
    'input: the two sides had another input',
  ],
]
function v1As(select: string): string {
  return `alter view pipeline.v1_kpis rename to v1_honest; create view pipeline.v1_kpis as ${select}`
}

test.each(vacuous)('%s', async (_, harm, why) => {
  await query(db.url, harm)
  const no = await gate().go()
  expect(no).toMatchObject({ state: 'GW_PAIR_NO', said: expect.stringContaining(why) })
})

test('mutant 39, constants for a baseline: every pair holds, and it stays shut', async () => {
  const constants = (await query(db.url, 'select name, round(value, 4) from pipeline.v1_kpis')).map(
    ([name, value]) => `('${name}', ${value}, '1.0')`,
  )
  await query(db.url, v1As(`select * from (values ${constants.join(', ')}) x(name, value, version)`))
  const day = gate()
  for (let n = 1; n < 3; n++) {
    expect(await day.go()).toMatchObject({ state: 'waiting' })
    await nextHour(day)
  }
  expect(await day.go()).toMatchObject({ state: 'GW_PAIRS_PROVE_NOTHING', said: expect.stringContaining('it is a constant') })
})

test('a tape that stands still makes one pair, however often it is compared', async () => {
  const day = gate()
  for (let n = 1; n < 3; n++) {
    await day.go()
    day.clock.pass(hour)
  }
  expect(await day.go()).toMatchObject({ state: 'GW_PAIRS_PROVE_NOTHING' })
})

test('the figures may agree while the data do not: each loan by itself is a gate of its own', async () => {
  // a cent from one loan to another, on the tape as well: every sum is as before
  const cent = (table: string, id: string, column: string) =>
    `update ${table} set ${column} = ${column} + case when ${id} = 'AAA - L00017' then 0.01 else -0.01 end where ${id} in ('AAA - L00017', 'AAA - L00018')`
  await query(
    db.url,
    `${cent('v1.loan_tape', 'loan_id', 'outstanding_balance')}; ${cent('analytics.fact_loans', "company || ' - ' || loan_no", 'outstanding')}`,
  )
  const no = await gate().go()
  expect(no).toMatchObject({ state: 'GW_PAIR_NO', said: expect.stringContaining('principal − paid = outstanding, loan by loan') })
  expect(no.said).not.toContain('value ')
})

test('a figure that only V2 has is noted, and keeps nothing shut', async () => {
  await query(
    db.url,
    `alter view pipeline.v2_kpis rename to v2_honest; create view pipeline.v2_kpis as select * from pipeline.v2_honest union all select 'Health', 7.1, '2.0'`,
  )
  expect(await gate().go()).toMatchObject({ state: 'waiting' })
  expect(await one(db.url, `select body ->> 'notes' from godwit.shadow`)).toContain('Health')
})

test('a figure that only V1 has keeps it shut', async () => {
  await query(db.url, v1As(`select * from pipeline.v1_honest union all select 'Health', 7.1, '1.0'`))
  expect(await gate().go()).toMatchObject({ state: 'GW_PAIR_NO', said: expect.stringContaining('Health') })
})
