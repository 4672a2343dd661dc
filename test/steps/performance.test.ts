// Queries before and after: the limit is met exactly where it is met, and what is not measured is not passed.
import { describe, expect, test } from 'vitest'
import { ddl, migration, performance } from '../../src/index.ts'
import { compared } from '../../src/steps/performance/compare.ts'
import { type Measured, percentiles } from '../../src/steps/performance/measure.ts'
import { engines } from '../targets/engines.ts'
import { openPostgresPlace, place } from '../targets/place.ts'

const measured = (ms: number, plan: string[] = []): Measured => ({ p50: ms / 2, p95: ms, p99: ms * 2, rows: 1, plan })
const terms = { limit: 20, percentile: 95, leastMs: 1 } as const

test.each([
  ['just below the limit', 10, 11.999, false],
  ['at the limit', 10, 12, false],
  ['just above the limit', 10, 12.001, true],
  ['at the limit, where binary fractions would lie', 0.1 * 30, 0.12 * 30, false],
  ['faster', 10, 1.5, false],
  ['from nothing to what is fast enough', 0, 1, false],
  ['from nothing to more', 0, 1.001, true],
  ['many times slower, and fast enough all the same', 0.1, 1, false],
] as const)('%s', (_, before, after, slower) => {
  expect(compared('q', measured(before), measured(after), terms).slower).toBe(slower)
})

test('which percentile it is judged by', () => {
  const [before, after] = [measured(10), { ...measured(10), p99: 99 }]
  expect(compared('q', before, after, terms).slower).toBe(false)
  expect(compared('q', before, after, { ...terms, percentile: 99 }).slower).toBe(true)
})

test('what changed in the plan is said', () => {
  const { says } = compared('open orders', measured(10, ['Index Scan on o using o_state']), measured(30, ['Seq Scan on o']), terms)
  expect(says).toBe(
    'open orders: p95 10 ms → 30 ms (+200 %); p50 5 → 15, p99 20 → 60 ms; its plan had Index Scan on o using o_state, and has Seq Scan on o',
  )
})

test('percentiles are times that were measured', () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(percentiles(times)).toEqual({ p50: 50, p95: 95, p99: 99 })
  expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7 })
})

const few = { runs: 3, warmUp: 1 }

describe.each(engines)('%s', (name, open) => {
  test('an index that goes is found in the plan, and blocks where it is slower', async () => {
    await using p = await place(
      open,
      ({ word }) =>
        `create table o (id int primary key, state ${word} not null); create index o_state on o (state); ${name === 'Postgres' ? `insert into o select i, 's' || i from generate_series(1, 5000) i; insert into o values (0, 'a'); analyze o` : `insert into o values (1, 'a'), (2, 'b')`}`,
    )
    const table = `${p.kind.schema}.o`
    const looked = performance('lists', { open: `select id, state from ${table} where state = 'a'` }, { regression: '1000000 %', ...few })
    const drop = { Postgres: 'drop index public.o_state', SQLite: 'drop index o_state', MariaDB: 'drop index o_state on o' }[name]
    const m = migration('timed', {
      assess: [looked.before],
      cutover: [
        ddl('index', {
          forward: drop,
          back: name === 'Postgres' ? 'create index o_state on public.o (state)' : 'create index o_state on o (state)',
        }),
        looked.after,
      ],
    })
    const view = await p.run(m)
    expect(view.steps.at(-1)!.note).toMatch(/its plan had .*o_state.*, and has/)
  })
})

test('nothing measured before, or nothing found, is not verified', async () => {
  await using p = await place(openPostgresPlace, () => 'create table o (id int primary key)')
  const looked = performance('lists', { all: 'select * from public.o' }, { regression: '20 %', ...few })
  const before = migration('before', { assess: [looked.before] })
  await expect(p.run(before)).rejects.toMatchObject({ code: 'GW_NOT_MEASURED', message: expect.stringContaining('gives no rows') })
  await p.app.sql('insert into o values (1)')
  const after = migration('after', { cutover: [looked.after] })
  const refused = { code: 'GW_NOT_MEASURED', exit: 4, message: expect.stringContaining('Nothing was measured before') }
  await expect(p.run(after)).rejects.toMatchObject(refused)
})

test('slower than allowed stops the run, and the next one measures anew', async () => {
  await using p = await place(openPostgresPlace, () => 'create table o (id int primary key); insert into o values (1)')
  const looked = performance(
    'lists',
    { all: { before: 'select id from public.o', after: 'select id, pg_sleep(2) from public.o' } },
    { regression: '50 %', runs: 1, warmUp: 0 },
  )
  const m = migration('timed', { assess: [looked.before], cutover: [looked.after] })
  await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_SLOWER', exit: 4, message: expect.stringMatching(/all: p95 [\d.]+ ms → \d+/) })
})
