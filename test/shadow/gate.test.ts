// The gate on a real database: opens after so many pairs in a row, and after nothing else.
import { expect, test } from 'vitest'
import { plan } from '../../src/api.ts'
import { none } from '../../src/index.ts'
import { gate, gated, hour, place, usual } from './place.ts'

const failing = `create or replace view v2_kpi as select 'total' as name, (sum(amount) * 1.02)::text as value from feed`
const mended = `create or replace view v2_kpi as select 'total' as name, sum(amount)::text as value from feed`

test('three pairs, an hour apart, open it; and it waits in between without doing anything', async () => {
  await using p = await place()
  const first = await p.go(gate())
  expect(first).toMatchObject({ state: 'waiting', gate: { until: p.clock.at + hour } })
  expect(first.said).toContain('1 of 3 pairs hold; the next is due at 2026-01-01 01:00 UTC')
  p.clock.at += hour - 1
  await p.go(gate())
  expect(await p.pairs()).toHaveLength(1)
  p.clock.at += 1
  await p.sql('update feed set amount = amount + 1 where id = 1')
  expect((await p.go(gate())).said).toContain('2 of 3 pairs hold')
  await p.nextHour()
  expect((await p.go(gate())).state).toBe('finished')
  expect(await p.pairs()).toHaveLength(3)
})

test('a pair that does not hold shuts it, names the cause, and counting begins anew', async () => {
  await using p = await place()
  await p.go(gate())
  await p.nextHour()
  await p.sql(failing)
  const no = await p.go(gate())
  expect(no.state).toBe('GW_PAIR_NO')
  expect(no.said).toContain('pair 2 is failed')
  expect(no.said).toContain('value total: differs: old 56, new 57.12, apart 2 %, allowed < 1 %')
  await p.sql(mended)
  // at once, and not an hour later
  expect((await p.go(gate())).said).toContain('1 of 3 pairs hold')
  await p.nextHour()
  await p.go(gate())
  await p.nextHour()
  expect((await p.go(gate())).state).toBe('finished')
  expect((await p.pairs()).map((pair) => pair.verdict)).toEqual(['passed', 'failed', 'passed', 'passed', 'passed'])
})

// each of these comparisons would once have been called green
test('a baseline of constants does not open it, though every pair holds', async () => {
  await using p = await place(`create or replace view v1_kpi as select 'total' as name, '55' as value from feed limit 1;`)
  const wide = { compare: { total: { within: '20 %' } } }
  for (let n = 1; n < 3; n++) {
    expect((await p.go(gate(wide))).state).toBe('waiting')
    await p.nextHour()
  }
  const no = await p.go(gate(wide))
  expect(no).toMatchObject({ state: 'GW_PAIRS_PROVE_NOTHING' })
  expect(no.said).toContain('it is a constant')
  expect((await p.pairs()).every((pair) => pair.verdict === 'passed')).toBe(true)
})

test('names alone are no comparison', async () => {
  await using p = await place(`create or replace view v2_kpi as select 'total' as name, '1' as value from feed limit 1;`)
  expect((await p.go(gate())).state).toBe('GW_PAIR_NO')
})

test('the same input in every pair proves nothing, unless somebody says why it may be', async () => {
  await using p = await place()
  for (let n = 1; n < 3; n++) {
    await p.go(gate())
    p.clock.at += hour
  }
  expect(await p.go(gate())).toMatchObject({ state: 'GW_PAIRS_PROVE_NOTHING' })
  await using q = await place()
  const still = { sameInput: 'figures of the month that has ended' }
  for (let n = 1; n < 3; n++) {
    await q.go(gate(still))
    q.clock.at += hour
  }
  expect(await q.go(gate(still))).toMatchObject({ state: 'finished' })
})

test('an input that moves while a pair is made is another input', async () => {
  await using p = await place(`create sequence ticks;`)
  const moving = { input: { sql: `select nextval('public.ticks') as tick from public.feed limit 1` } }
  expect((await p.go(gate(moving))).said).toContain('the two sides had another input')
})

test.each(['old', 'new'] as const)('an input that moves while the %s side runs is another input', async (which) => {
  await using p = await place('create sequence ticks;')
  const moves = { sql: `select name, value from public.v1_kpi, (select nextval('public.ticks')) as t` }
  const input = { sql: 'select last_value, is_called from public.ticks' }
  expect((await p.go(gate({ input, [which]: moves }))).said).toContain('another input')
})

test('no input, and no output of the old side, is not verified', async () => {
  await using p = await place()
  expect((await p.go(gate({ input: { sql: 'select id from public.feed where false' } }))).said).toContain('there is nothing in it')
  await using q = await place()
  const empty = await q.go(gate({ old: { sql: 'select name, value from public.kpi' } }))
  expect(empty.said).toContain('pair 1 is not verified')
  expect(empty.said).toContain('old side: it is empty')
})

test('values may agree while the data do not: a check with each pair is a gate of its own', async () => {
  await using p = await place()
  const identity = none('no amount is negative', {
    of: 'select count(*) from public.feed',
    rows: 'select id from public.feed where amount < 0',
  })
  const held = gate({ hold: [identity] })
  expect((await p.go(held)).state).toBe('waiting')
  p.clock.at += hour
  await p.sql('update feed set amount = amount - 100 where id = 1; update feed set amount = amount + 100 where id = 2')
  const no = await p.go(held)
  expect(no.said).toContain('check no amount is negative: 1 wrong of 10')
  expect((await p.pairs()).at(-1)!.values[0]!.verdict).toBe('passed')
})

test('rows by their key, from queries of their own', async () => {
  await using p = await place(`create table v2_feed as select * from feed;`)
  const rows = {
    key: ['id'],
    compare: { amount: { apart: '0.01' } },
    coverage: '90 %',
    old: { sql: 'select id, amount from public.feed' },
    new: { sql: 'select id, amount from public.v2_feed' },
  }
  expect((await p.go(gate({ rows }))).state).toBe('waiting')
  p.clock.at += hour
  await p.sql('delete from v2_feed where id = 1')
  expect((await p.go(gate({ rows }))).state).toBe('waiting')
  p.clock.at += hour
  await p.sql('delete from v2_feed where id = 2')
  const no = await p.go(gate({ rows }))
  expect(no.said).toContain('coverage: 8 of 10 old keys are there, and 90 % are wanted')
  expect((await p.pairs()).map((pair) => pair.rows!.coverage)).toEqual(['100 %', '90 %', '80 %'])
})

test('other terms begin anew', async () => {
  await using p = await place()
  await p.go(gate())
  await p.nextHour()
  expect((await p.go(gate({ compare: { total: { within: '2 %' } } }))).said).toContain('1 of 3 pairs hold')
})

test('who was killed after a pair was kept does not make it again', async () => {
  await using p = await place()
  await p.go(gate())
  // the run's state, and what it waited for, were never written
  await p.sql(`update godwit.run set state = 'running'; delete from godwit.event`)
  expect((await p.go(gate())).said).toContain('1 of 3 pairs hold')
  expect(await p.pairs()).toHaveLength(1)
})

test('a database that goes away is not a pair that failed', async () => {
  await using p = await place()
  await p.go(gate())
  await p.nextHour()
  const gone = { ...usual, new: { sql: 'select pg_terminate_backend(pg_backend_pid())::text as name, value from public.v2_kpi' } }
  expect((await p.go(gate(gone))).state).toBe('GW_DATABASE_AWAY')
  expect(await p.pairs()).toHaveLength(1)
})

test('a query that fails is a side that failed', async () => {
  await using p = await place()
  expect((await p.go(gate({ new: { sql: 'select name, value from public.gone' } }))).said).toContain('new side: it failed: relation')
})

const refused: [string, () => unknown, string][] = [
  ['one pair', () => gate({ pairs: 1 }), 'cannot tell an answer from a constant'],
  ['no pair', () => gate({ pairs: 0 }), 'cannot tell'],
  ['both sides one', () => gate({ new: usual.old }), 'it would be compared with itself'],
  ['a side of numbers', () => gate({ old: { sql: `select 2.20 as total` } }), 'asks no table'],
  ['nothing to compare', () => gate({ compare: {} }), 'compares nothing'],
  ['a tolerance that is none', () => gate({ compare: { total: { within: '1' } } }), 'without %'],
  ['no side', () => gate({ old: {} as never }), 'is none that can be run'],
  ['a reason that is none', () => gate({ ignore: { health: ' ' } }), 'without a reason'],
  ['rows with one side', () => gate({ rows: { key: ['id'], old: { sql: 'select 1 from x' } } }), 'need both or none'],
  ['rows without a key', () => gate({ rows: { key: [] } }), 'rows need a key'],
  ['a span of time that is none', () => gate({ every: 'hourly' }), 'is not a duration'],
]
test.each(refused)('%s is refused when it is written', (_, make, why) => expect(make).toThrow(why))

test('the plan says what will be compared, and is another plan with other limits', async () => {
  await using p = await place()
  const [one, two] = [await plan(gate(), p.db), await plan(gate({ compare: { total: { within: '2 %' } } }), p.db)]
  expect(one.steps.at(-1)!.doing!.says).toEqual([
    'waits for 3 pairs in a row that hold, one every 1 hour',
    'old: SQL   new: SQL   input: the rows of a query',
    'total < 1 %, at zero < 0.01',
  ])
  expect(one.id).not.toBe(two.id)
  expect((await plan(gated(), p.db)).id).not.toBe(one.id)
})
