// Gates for time: they open at their very end and not before, whatever is restarted and whatever clocks do.
import { describe, expect, test } from 'vitest'
import { run } from '../../src/api.ts'
import { budget, hold, none, type Table, wait } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { span } from '../../src/steps/times.ts'
import { setup, step, tables, things, World } from '../life/doors.ts'
import { engines } from '../targets/engines.ts'
import { openPostgresPlace, place } from '../targets/place.ts'
import { day, type Gated, gated, HandClock, hour, minute, second } from './doors.ts'

const opened = () => gated(openPostgresPlace)
const two = engines.filter(([name]) => name !== 'MariaDB')

describe.each(two)('wait, %s', (_, open) => {
  test('the clock starts when the run comes there, and is kept', async () => {
    await using g = await gated(open)
    const m = g.migration(wait('30 days', { why: 'the old sheets may be asked for' }))
    const began = g.clock.now()
    expect(await g.run(m)).toMatchObject({
      state: 'waiting',
      gate: { why: expect.stringContaining('30 days of 30 days are left'), until: began + 30 * day },
    })
    g.clock.pass(30 * day - 1)
    expect(await g.run(m)).toMatchObject({ state: 'waiting', gate: { until: began + 30 * day } })
    expect(g.world.isOn).toBe(false)
    g.clock.pass(1)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })
})

describe('wait', () => {
  test('just after its end it is open as well', async () => {
    await using g = await opened()
    const m = g.migration(wait('2 weeks', { why: 'soak' }))
    await g.run(m)
    g.clock.pass(14 * day + 1)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('a clock that went back opens nothing, and says so; mended, the time counts from where it did', async () => {
    await using g = await opened()
    const m = g.migration(wait('30 days', { why: 'soak' }))
    await g.run(m)
    g.clock.pass(-second)
    expect(await g.run(m)).toMatchObject({
      state: 'waiting',
      gate: { why: expect.stringContaining('the clock of this machine has gone back') },
    })
    g.clock.pass(30 * day)
    expect(await g.run(m)).toMatchObject({ state: 'waiting' })
    g.clock.pass(second)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('a clock that goes on while one looks has not gone back', async () => {
    await using g = await opened()
    const stands = g.clock.now
    g.clock.now = () => (g.clock.pass(1), stands())
    const view = await g.run(g.migration(wait('30 days', { why: 'soak' })))
    expect(view).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('of 30 days are left') } })
  })

  test('since the cutover: from when it began, and not from when the run came to the gate', async () => {
    await using g = await opened()
    const began = g.clock.now()
    const slow = step('a slow look', {
      says: [],
      gate: true,
      do: async () => (g.clock.now() - began < 3 * day ? { waits: 'slow', next: [] } : { done: 'x' }),
    })
    const m = things(g.place.kind, g.world, { gates: [], late: [slow, wait('7 days', { why: 'soak', since: 'cutover' })] })
    await g.run(m)
    expect(g.world.isOn).toBe(true)
    g.clock.pass(3 * day)
    expect(await g.run(m)).toMatchObject({
      state: 'waiting',
      gate: { why: expect.stringContaining('4 days of 7 days are left'), until: began + 7 * day },
    })
    g.clock.pass(4 * day - 1)
    expect(await g.run(m)).toMatchObject({ state: 'waiting' })
    g.clock.pass(1)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('since a cutover that has not begun is a mistake', async () => {
    await using g = await opened()
    await expect(g.run(g.migration(wait('7 days', { why: 'soak', since: 'cutover' })))).rejects.toMatchObject({
      code: 'GW_WAIT_SINCE',
      exit: 2,
    })
  })

  test('another plan does not make less time go by', async () => {
    await using g = await opened()
    const soak = wait('30 days', { why: 'soak' })
    await g.run(g.migration(soak))
    g.clock.pass(20 * day)
    const other = g.migration(soak, wait('1 day', { why: 'one more' }))
    expect(await g.run(other)).toMatchObject({ gate: { step: 'cutover.1', why: expect.stringContaining('10 days of 30 days are left') } })
  })

  test.each([
    ['no time', () => wait('0 days', { why: 'x' })],
    ['no reason', () => wait('1 day', { why: ' ' })],
  ])('%s is refused when it is written', (_, make) => expect(make).toThrow(expect.objectContaining({ code: 'GW_CANNOT_PLAN' })))
})

const clean = (made: Table): Step => none('no thing without a name', { of: made, rows: `select id from ${made.id} where name = ''` })
const held = (more: { for?: string; every?: string; misses?: number } = {}) =>
  hold(none('no thing is nameless', { of: 'select count(*) from public.thing', rows: `select id from public.thing where name = ''` }), {
    for: '6 h',
    every: '1 h',
    ...more,
  })

/** Looks again and again, an hour apart, and gives the last view. */
async function hours(g: Gated, m: ReturnType<Gated['migration']>, n: number, step = hour) {
  let view = await g.run(m)
  for (let i = 0; i < n; i++) {
    g.clock.pass(step)
    view = await g.run(m)
  }
  return view
}
const spoil = (g: Gated) => g.place.app.sql(`insert into public.thing (id, name) values (900, '')`)
const mend = (g: Gated) => g.place.app.sql(`delete from public.thing where id = 900`)

describe('hold', () => {
  test('it opens at the very end of its time, and not at the look before', async () => {
    await using g = await opened()
    const m = g.migration(held())
    expect(await hours(g, m, 5)).toMatchObject({
      state: 'waiting',
      gate: { why: expect.stringContaining('has held for 5 h of 6 h (6 looks, 0 misses)') },
    })
    g.clock.pass(hour - 1)
    expect(await g.run(m)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('6 looks') } })
    g.clock.pass(1)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('it is asked when it is due, and not before', async () => {
    await using g = await opened()
    const m = g.migration(held())
    const began = g.clock.now()
    expect(await g.run(m)).toMatchObject({ gate: { until: began + hour } })
    await spoil(g)
    g.clock.pass(hour - 1)
    expect(await g.run(m)).toMatchObject({ gate: { why: expect.stringContaining('1 look, 0 misses'), until: began + hour } })
    g.clock.pass(1)
    expect(await g.run(m)).toMatchObject({
      gate: { why: expect.stringContaining('does not hold yet; the clock was started anew 1 time, last: 2026-12-01 01:00 UTC 1 wrong of') },
    })
  })

  test('one miss too many starts the clock anew, from the next look that passes', async () => {
    await using g = await opened()
    const m = g.migration(held())
    await hours(g, m, 5)
    await spoil(g)
    g.clock.pass(hour)
    expect(await g.run(m)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('started anew 1 time') } })
    await mend(g)
    g.clock.pass(hour)
    expect(await hours(g, m, 5)).toMatchObject({
      state: 'waiting',
      gate: { why: expect.stringContaining('5 h of 6 h (6 looks, 0 misses)') },
    })
    g.clock.pass(hour)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test.each([
    ['as many misses as it may have', 1, 'finished'],
    ['one more', 0, 'waiting'],
  ])('%s', async (_, misses, state) => {
    await using g = await opened()
    const m = g.migration(held({ misses }))
    await hours(g, m, 2)
    await spoil(g)
    g.clock.pass(hour)
    await g.run(m)
    await mend(g)
    g.clock.pass(hour)
    expect((await hours(g, m, 2)).state).toBe(state)
  })

  test('what opens is a look that passed: a miss at the end is looked at again', async () => {
    await using g = await opened()
    const m = g.migration(held({ misses: 1 }))
    await hours(g, m, 5)
    await spoil(g)
    g.clock.pass(hour)
    expect(await g.run(m)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('6 h of 6 h (7 looks, 1 miss)') } })
    await mend(g)
    g.clock.pass(hour)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('a check over nothing is a miss', async () => {
    await using g = await opened()
    const m = g.migration(
      hold(none('nothing', { of: 'select count(*) from public.thing where id < 0', rows: 'select id from public.thing where id < 0' }), {
        for: '2 h',
        every: '1 h',
      }),
    )
    expect(await hours(g, m, 4)).toMatchObject({
      state: 'waiting',
      gate: { why: expect.stringContaining('not verified: nothing was compared') },
    })
  })

  test.each([
    ['at its limit', 2 * hour, '2 h of 6 h (2 looks'],
    ['beyond it', 2 * hour + 1, 'started anew 1 time, last: nobody looked from'],
  ])('a gap %s', async (_, gap, why) => {
    await using g = await opened()
    expect(await hours(g, g.migration(held()), 1, gap)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining(why) } })
  })

  test('two looks a week apart prove nothing of the week', async () => {
    await using g = await opened()
    const m = g.migration(held({ for: '7 days' }))
    expect(await hours(g, m, 1, 7 * day)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('(1 look') } })
  })

  test('its last look falls on the end, also between two steps of its time', async () => {
    await using g = await opened()
    const m = g.migration(held({ for: '90 min' }))
    await hours(g, m, 1)
    g.clock.pass(30 * minute - 1)
    expect(await g.run(m)).toMatchObject({ state: 'waiting' })
    g.clock.pass(1)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('a clock that went back counts nothing', async () => {
    await using g = await opened()
    const m = g.migration(held())
    await hours(g, m, 2)
    g.clock.pass(-3 * hour)
    expect(await g.run(m)).toMatchObject({
      state: 'waiting',
      gate: { why: expect.stringContaining('the clock of this machine has gone back') },
    })
    g.clock.pass(4 * hour)
    expect(await g.run(m)).toMatchObject({ gate: { why: expect.stringContaining('3 h of 6 h (4 looks') } })
  })

  test('what held under another plan held of other rows', async () => {
    await using g = await opened()
    await hours(g, g.migration(held()), 5)
    g.clock.pass(hour)
    const other = g.migration(held(), wait('1 day', { why: 'one more' }))
    expect(await g.run(other)).toMatchObject({ gate: { step: 'cutover.1', why: expect.stringContaining('(1 look') } })
  })

  test('whoever was killed before it was noted finds it open', async () => {
    await using g = await opened()
    const m = g.migration(held(), step('shut', { says: [], gate: true, do: async () => ({ waits: 'shut', next: [] }) }))
    expect(await hours(g, m, 6)).toMatchObject({ gate: { step: 'cutover.2' } })
    await g.place.app.sql(`delete from godwit.mark where step = 'cutover.1'`)
    g.clock.pass(minute)
    expect(await g.run(m)).toMatchObject({ gate: { step: 'cutover.2' } })
  })

  test.each([
    ['less time than two looks take', () => held({ for: '59 min' })],
    ['no time between looks', () => held({ every: '0 s' })],
    ['half a miss', () => held({ misses: 0.5 })],
    ['what is no check', () => hold(wait('1 day', { why: 'x' }), { for: '7 days', every: '1 h' })],
  ])('%s is refused when it is written', (_, make) => expect(make).toThrow(expect.objectContaining({ code: 'GW_CANNOT_PLAN' })))
})

test('hold in a SQLite file: the check is asked of the rows as they are there now', async () => {
  const [, open] = two.find(([name]) => name === 'SQLite')!
  await using g = await gated(open)
  const m = g.migration(hold(clean(tables(g.place.kind).made), { for: '2 h', every: '1 h' }))
  await hours(g, m, 1)
  await g.place.app.sql(`insert into main.thing (id, name) values (900, '')`)
  g.clock.pass(hour)
  expect(await g.run(m)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('1 wrong of') } })
  await g.place.app.sql(`delete from main.thing where id = 900`)
  g.clock.pass(hour)
  expect(await hours(g, m, 2)).toMatchObject({ state: 'finished' })
})

describe('budget', () => {
  /** A step that takes its time, by the clock of the run. */
  const slow = (clock: HandClock, title: string, ms: number): Step =>
    step(title, { says: [], gate: true, do: async () => (clock.pass(ms), { done: title }) })

  test.each([
    ['just below', 50 * minute - 1, undefined],
    ['at', 50 * minute, 'GW_TIME_BUDGET'],
    ['above', 50 * minute + 1, 'GW_TIME_BUDGET'],
  ])('%s its limit', async (_, ms, code) => {
    await using g = await opened()
    const m = g.migration(budget('50 min'), slow(g.clock, 'slow', ms))
    if (!code) return expect(await g.run(m)).toMatchObject({ state: 'finished' })
    await expect(g.run(m)).rejects.toMatchObject({ code, exit: 6, message: expect.stringContaining('stopped before the switch') })
    expect(g.world.isOn).toBe(false)
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
    expect(g.world.isOn).toBe(true)
  })

  test('rows: the unit under way is finished, and the next process goes on behind it', async () => {
    await using p = await place(openPostgresPlace, setup)
    const clock = new HandClock()
    const m = things(p.kind, new World(), {
      gates: [step('shut', { says: [], gate: true, do: async () => ({ waits: 'shut', next: [] }) })],
    })
    const limited = { ...m, steps: [...m.steps, { phase: 'backfill' as const, step: budget('1 min') }] }
    const observe = (e: { type: string }) => e.type === 'step.progress' && clock.pass(minute)
    const counts: number[] = []
    for (let ended: unknown; (ended as { state?: string } | undefined)?.state !== 'waiting' && counts.length < 10; ) {
      const planned = await p.plan(limited, { chunk: 3 })
      ended = await run(planned, p.db, { clock, observe }).catch((e: unknown) => e)
      counts.push((await p.rows('thing')).length - 1)
      if (!('state' in (ended as object)))
        expect(ended).toMatchObject({ code: 'GW_TIME_BUDGET', exit: 6, message: expect.stringContaining('the rest of old_thing') })
    }
    expect(counts.slice(0, 4)).toEqual([3, 6, 9, 12])
  })

  test('no time at all is refused when it is written', () =>
    expect(() => budget('0 s')).toThrow(expect.objectContaining({ code: 'GW_CANNOT_PLAN' })))
})

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [second, '1 s'],
  [90 * second, '1 min 30 s'],
  [day - 1, '23 h 59 min'],
  [day, '1 day'],
  [29 * day + 3 * hour + minute, '29 days 3 h'],
  [2 * day + minute, '2 days'],
])('%i ms are %s', (ms, text) => expect(span(ms)).toBe(text))
