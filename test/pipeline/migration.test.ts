// SEEDS §3.6, A3: the rows. What is expected comes from the oracle, which knows nothing of the engine or of the example's own words.
import { describe, expect, test, vi } from 'vitest'
import { query } from '../support/postgres.ts'
import { anHourOfBusiness, compare, expected, loansNow, one, paymentsNow, pipelineDatabase, sourcePrint, targetPrint } from './database.ts'
import { migrate, migratedDatabase, project, quarantine, takeBack } from './engine.ts'
import { cents, identityBroken, money, sum } from './oracle.ts'

vi.setConfig({ testTimeout: 240_000 })

const again = (url: string) => migrate(url, { root: project(), to: 'verify' })

test('every row goes where the oracle says, and a second run writes nothing (I1, I2, I6, I7, I13)', async () => {
  await using db = await pipelineDatabase()
  const source = await sourcePrint(db.url)
  const should = await expected(db.url)
  const view = await migrate(db.url, { root: project(), to: 'verify' })
  expect(await compare(db.url, should)).toEqual([])
  expect(await sourcePrint(db.url)).toEqual(source)
  const books = view.steps.flatMap((s) => s.books.map((b) => [b.mapping, b.totals]))
  expect(Object.fromEntries(books)).toEqual({
    loans: { read: 2000, migrated: 2000, quarantined: 0, filtered: 0, warned: 0 },
    payments: { read: 4004, migrated: 4001, quarantined: 3, filtered: 0, warned: 0 },
  })
  const before = await targetPrint(db.url)
  await again(db.url)
  expect(await targetPrint(db.url)).toEqual(before)
})

test('payments without a loan wait, with their reason and their sum (I1, I2)', async () => {
  await using db = await migratedDatabase()
  const { held, payments } = await expected(db.url)
  const waiting = await quarantine(db.url)
  expect(waiting.map((q) => q.key).toSorted()).toEqual([...held.keys()].toSorted())
  expect(new Set(waiting.map((q) => q.code))).toEqual(new Set(['LOOKUP_MISS']))
  expect(money([...held.values()].reduce((a, b) => a + b, 0n))).toBe('1267.50')
  const all = (await query(db.url, 'select principal from v1.real_payment')).reduce((a, [p]) => a + cents(p!)!, 0n)
  expect(sum(payments, 'principal')).toBe(all - 126_750n)
})

test('principal − paid = outstanding, loan by loan, by other arithmetic than the database has', async () => {
  await using db = await migratedDatabase()
  const [loans, payments] = [await loansNow(db.url), await paymentsNow(db.url)]
  expect([loans.length, identityBroken({ loans, payments })]).toEqual([2000, []])
})

test('the fixture holds what is hard: merges by the short number, rebates, what is no number, what was written off', async () => {
  await using db = await migratedDatabase()
  expect(await one(db.url, 'select count(*) from (select loan_no from analytics.fact_loans group by 1 having count(*) > 1) x')).toBe('324')
  expect(Number(await one(db.url, 'select count(*) from analytics.fact_payments where interest = -12.50'))).toBeGreaterThan(100)
  expect(await one(db.url, `select count(*) from v1.real_payment where fees like '%E-14'`)).toBe('324')
  expect(Number(await one(db.url, 'select count(*) from analytics.fact_loans where is_writeoff'))).toBeGreaterThan(10)
})

test('the figures of V2 are those of the oracle, to the tenth place', async () => {
  await using db = await migratedDatabase()
  const { kpis } = await expected(db.url)
  const found = await query(
    db.url,
    `select name, case name when 'CollectionRate' then value else trunc(value, 10) end from pipeline.v2_kpis`,
  )
  expect(Object.fromEntries(found)).toEqual(kpis)
})

describe('the tape goes on', () => {
  test('what has changed, come and gone follows, and nothing else is written', async () => {
    await using db = await migratedDatabase()
    const quiet = `select md5(string_agg(f::text || xmin, ',' order by f)) from analytics.fact_loans f where status <> 'Current' and loan_no <> 'N00001'`
    const before = await one(db.url, quiet)
    await anHourOfBusiness(db.url)
    await query(
      db.url,
      `insert into v1.loan_tape select 'BBB - N00001', customer_id, 'BBB', product_type, disburse_date, maturity_date, 500, 500, interest_rate, term, currency, 0, 'Current', null
         from v1.loan_tape limit 1;
       delete from v1.real_payment where principal = '0.00'`,
    )
    const should = await expected(db.url)
    await again(db.url)
    expect(await compare(db.url, should)).toEqual([])
    expect(await one(db.url, quiet)).toBe(before)
  })

  test('a payment goes when its loan has come', async () => {
    await using db = await migratedDatabase()
    await query(
      db.url,
      `insert into v1.loan_tape select 'AAA - L99901', customer_id, 'AAA', product_type, disburse_date, maturity_date, 20, 10, interest_rate, term, currency, 0, 'Current', null from v1.loan_tape limit 1`,
    )
    const should = await expected(db.url)
    await again(db.url)
    expect(await compare(db.url, should)).toEqual([])
    expect(await quarantine(db.url)).toHaveLength(2)
  })
})

/** One row made bad, and why it does not go. */
const bad: readonly [string, string, string][] = [
  ['an amount that is null where there must be one', `update v1.real_payment set tax = 'null' where row_no = 5`, 'NULL_NOT_ALLOWED'],
  ['an amount of another form', `update v1.real_payment set fees = '1.234,56' where row_no = 5`, 'CAST_NUMERIC'],
  ['an amount with a third place', `update v1.real_payment set fees = '1.005' where row_no = 5`, 'PRECISION_LOSS'],
  ['an amount that the new table has no place for', `update v1.real_payment set other = '3.00' where row_no = 5`, 'RULE'],
  ['an amount that is too large', `update v1.real_payment set interest = '9.99E+90' where row_no = 5`, 'OUT_OF_RANGE'],
]

test.each(bad)('%s waits', async (_, harm, code) => {
  await using db = await pipelineDatabase()
  await query(db.url, harm)
  await migrate(db.url, { root: project(), to: 'backfill' })
  const waiting = await quarantine(db.url)
  expect(waiting.filter((q) => q.key === '5').map((q) => q.code)).toEqual([code])
  expect(await one(db.url, 'select count(*) from analytics.fact_payments where payment_id = 5')).toBe('0')
})

test('a loan that is owed and not in the snapshot goes, and is counted (I16)', async () => {
  await using db = await pipelineDatabase()
  await query(db.url, `delete from v1.par_balance where loan_id in (select loan_id from v1.par_balance order by 1 limit 5)`)
  const view = await migrate(db.url, { root: project(), to: 'verify' })
  expect(view.steps.flatMap((s) => s.books).find((b) => b.mapping === 'loans')?.totals).toMatchObject({ migrated: 2000, warned: 5 })
})

test('taken back, all is as it was, and nothing of V1 was touched (I6, I10)', async () => {
  await using db = await pipelineDatabase()
  const [source, root] = [await sourcePrint(db.url), project()]
  await migrate(db.url, { root, to: 'verify' })
  await takeBack(db.url, { root })
  expect(await query(db.url, 'select (select count(*) from analytics.fact_loans), (select count(*) from analytics.fact_payments)')).toEqual(
    [['0', '0']],
  )
  expect(await sourcePrint(db.url)).toEqual(source)
})

test('nothing on the tape is no baseline, and nothing is written (I14)', async () => {
  await using db = await pipelineDatabase()
  await query(db.url, 'delete from v1.loan_tape')
  await expect(migrate(db.url, { root: project() })).rejects.toMatchObject({ code: 'GW_BASELINE_EMPTY', exit: 4 })
  expect(await one(db.url, 'select count(*) from analytics.fact_payments')).toBe('0')
})
