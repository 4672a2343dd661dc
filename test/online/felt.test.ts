// G10: what those at work feel of a step is seen while it is done, and a change that keeps them waiting for too long gives way.
import pg from 'pg'
import { expect, test } from 'vitest'
import { connect, plan, run } from '../../src/api.ts'
import type { Phase } from '../../src/events/phase.ts'
import { migration } from '../../src/index.ts'
import type { Hands } from '../../src/steps/hands.ts'
import type { Step } from '../../src/steps/step.ts'
import { freshDatabase } from '../support/postgres.ts'

const lock = 'lock table public.orders in access exclusive mode'

/** A step that keeps everybody away from a table for so long. */
const keeps = (doing: (hands: Hands) => Promise<void>): Step => ({
  kind: 'keeps',
  title: 'keeps orders to itself',
  at: undefined,
  params: {},
  changes: ['public.orders'],
  doing: {
    says: ['it keeps orders to itself'],
    do: async (hands) => {
      await doing(hands)
      return { done: 'done' }
    },
    undo: async () => {},
  },
})

interface Felt {
  readonly waited: number
  readonly note: string
  readonly said: readonly string[]
}

/** Somebody asks for the table once, while the step is at it. */
async function felt(phase: Phase, doing: (hands: Hands) => Promise<void>, asks = true): Promise<Felt> {
  await using fresh = await freshDatabase()
  const app = new pg.Client({ connectionString: fresh.url, application_name: 'the shop' })
  await app.connect()
  const db = await connect(fresh.url)
  try {
    await app.query('create table orders (id int primary key)')
    const said: string[] = []
    let note = ''
    const going = run(await plan(migration('beside', { [phase]: [keeps(doing)] }), db), db, {
      observe: (e) => {
        if (e.type === 'step.waiting') said.push(e.why)
        if (e.type === 'step.done') note = e.note ?? ''
      },
    })
    const waited = asks ? await answered(app) : 0
    await going
    return { waited, note, said }
  } finally {
    await app.end()
    await db.close()
  }
}

async function answered(app: pg.Client): Promise<number> {
  await expect
    .poll(
      async () =>
        (await app.query(`select from pg_locks where relation = 'orders'::regclass and mode = 'AccessExclusiveLock' and granted`)).rowCount,
      {
        timeout: 20_000,
        interval: 5,
      },
    )
    .toBe(1)
  const began = performance.now()
  await app.query('select count(*) from orders')
  return performance.now() - began
}

const most = (note: string) => Number(/^done; nobody waited for it longer than (\d+) ms$/.exec(note)?.[1])

test('a change for which somebody waits too long gives way, and is made when nobody waits', async () => {
  const { waited, note, said } = await felt('expand', (hands) => hands.schema.reshape([lock, 'select pg_sleep(3)']))
  expect(said).toContainEqual(expect.stringContaining('somebody waited for it longer than 500 ms (55P03); trying again'))
  expect(waited).toBeLessThan(2500)
  expect(most(note)).toBeGreaterThan(500)
}, 60_000)

test('a change of places may be waited for longer', async () => {
  const { waited, note, said } = await felt('cutover', (hands) => hands.schema.reshape([lock, 'select pg_sleep(1.5)']))
  expect(said).toEqual([])
  expect(waited).toBeGreaterThan(700)
  expect(most(note)).toBeGreaterThan(waited * 0.8)
}, 60_000)

test('what may take as long as it takes does not give way, and it is told how long somebody waited', async () => {
  const { waited, note, said } = await felt('expand', (hands) => hands.schema.validate([lock, 'select pg_sleep(1.5)']))
  expect(said).toEqual([])
  expect(most(note)).toBeGreaterThan(waited * 0.8)
}, 60_000)

test('nobody waited', async () => {
  const { note, said } = await felt('expand', (hands) => hands.schema.validate([lock, 'select pg_sleep(1.5)']), false)
  expect(said).toEqual([])
  expect(most(note)).toBeLessThan(1000)
}, 60_000)

test('what is only tried gives way as well', async () => {
  const { waited, said } = await felt('expand', async (hands) => void (await hands.schema.trial([lock, 'select pg_sleep(3)'], 'select 1')))
  expect(said).toContainEqual(expect.stringContaining('somebody waited for it longer than 500 ms (55P03); trying again'))
  expect(waited).toBeLessThan(2500)
}, 60_000)
