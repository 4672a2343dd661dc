// How a run is cut, by how many, and where it is stopped in order, changes nothing in what it comes to.
import { describe, expect, test } from 'vitest'
import { bigint, into, mapping, migration, table, text } from '../../src/index.ts'
import { plans } from '../crash/plans.ts'
import { stateOf } from '../crash/state.ts'
import { parts, place } from './engine.ts'

describe.each(plans)('$name', ({ setup, migration: m }) => {
  test('G2: units of 1, 7, 100 and all, by one, two and three', async () => {
    await using reference = await place(setup)
    await reference.run(m, { chunk: 7, workers: 1 })
    const should = await stateOf(reference.url)
    for (const [chunk, workers] of [
      [1, 1],
      [1, 3],
      [7, 2],
      [7, 3],
      [100, 1],
      [100_000, 2],
    ] as const) {
      await using p = await place(setup)
      await p.run(m, { chunk, workers })
      expect([chunk, workers, await parts(should, await stateOf(p.url))]).toEqual([chunk, workers, undefined])
    }
  })

  test('G2: stopped by a limit again and again', async () => {
    await using whole = await place(setup)
    await whole.run(m)
    await using p = await place(setup)
    const views = []
    for (let state = 'paused'; state === 'paused' && views.length < 60; views.push(state))
      state = (await p.run(m, { limit: 5, chunk: 3 })).state
    expect(views.length).toBeGreaterThan(6)
    expect(await parts(await stateOf(whole.url), await stateOf(p.url))).toBeUndefined()
  })

  test('G2: stopped by a budget, raised and gone on with', async () => {
    await using whole = await place(setup)
    await whole.run(m)
    await using p = await place(setup)
    await expect(p.run(m, { budget: { rows: 1, percent: 100 } })).rejects.toMatchObject({ code: 'GW_BUDGET', exit: 6 })
    expect(await p.sql(`select state from godwit.run`)).toEqual([['failed']])
    await p.run(m)
    expect(await parts(await stateOf(whole.url), await stateOf(p.url))).toBeUndefined()
  })

  test('G2: asked to stop after any unit, and gone on with', async () => {
    await using whole = await place(setup)
    await whole.run(m)
    const should = await stateOf(whole.url)
    for (const units of [0, 1, 3, 5]) {
      await using p = await place(setup)
      const stop = new AbortController()
      let seen = 0
      const observe = (e: { type: string }) => {
        if (e.type === 'step.progress' && ++seen > units) stop.abort()
      }
      await expect(p.run(m, { signal: stop.signal, observe, workers: 2 })).rejects.toMatchObject({ code: 'GW_INTERRUPTED', exit: 130 })
      await p.run(m)
      expect([units, await parts(should, await stateOf(p.url))]).toEqual([units, undefined])
    }
  })
})

const a = table('src.a', { id: bigint().key(), parent: bigint().null(), name: text() })
const b = table('tgt.b', { id: bigint().key(), parent: bigint().null(), name: text() })
const kept = migration(
  'kept',
  mapping(a, (r) => into(b, { id: r.id, parent: r.parent, name: r.name }), { name: 'm' }),
)

test.each(['', ' deferrable'])('G2: keys that are kept, with a reference to a later row of the same table%s', async (deferrable) => {
  const states: unknown[] = []
  for (const [chunk, workers] of [
    [100, 1],
    [4, 1],
    [1, 1],
    [4, 2],
  ] as const) {
    await using p =
      await place(`create schema src; create schema tgt; create table src.a (id bigint primary key, parent bigint, name text not null); insert into src.a select i, case when i < 30 then 31 - i end, 'n' || i from generate_series(1, 30) i;
      create table tgt.b (id bigint primary key, parent bigint references tgt.b${deferrable}, name text not null)`)
    await p.run(kept, { chunk, workers })
    states.push([await p.quarantine(kept), await p.sql('select * from tgt.b order by id')])
  }
  for (const state of states.slice(1)) expect(state).toEqual(states[0])
  expect((states[0] as [unknown])[0]).toEqual([])
})

test('G2: of two rows that only an index over an expression tells to be twins, both go to quarantine, however the run is cut', async () => {
  const c = table('tgt.c', { id: bigint().key().default(), name: text() })
  const m = migration(
    'twins',
    mapping(a, (r) => into(c, { name: r.name }), { name: 'm', ignore: { parent: 'not wanted' } }),
  )
  for (const [chunk, workers] of [
    [100, 1],
    [4, 1],
    [1, 2],
  ] as const) {
    await using p =
      await place(`create schema src; create schema tgt; create table src.a (id bigint primary key, parent bigint, name text not null); insert into src.a select i, null, case when i = 3 then 'N17' else 'n' || i end from generate_series(1, 20) i;
      create table tgt.c (id bigserial primary key, name text not null); create unique index c_lower on tgt.c (lower(name))`)
    await p.run(m, { chunk, workers })
    expect([chunk, workers, (await p.quarantine(m)).map((q) => q.split(' ')[1])]).toEqual([chunk, workers, ['3', '17']])
  }
})
