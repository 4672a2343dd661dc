// A maintenance window, by a clock that goes when it is told to: not before its time, closed to writes, and taken back at its hard end.
import { describe, expect, test } from 'vitest'
import { ddl, migration, window } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { life } from '../support/life.ts'
import { logicalClock } from '../support/logical-clock.ts'
import { openPostgresPlace, place } from '../targets/place.ts'

const hours = { from: '2026-12-05T22:00:00+01:00', to: '2 hours' }
const opens = Date.parse(hours.from)
const closes = opens + 2 * 60 * 60_000
const day = 24 * 60 * 60_000

const setup = () => 'create table stock (id int primary key, n int)'
const announce = { audience: 'all shops', impact: 'orders wait', instructions: 'keep them on paper' }

life('a window that closes tables to writes', {
  setup,
  clock: logicalClock(opens + 1000),
  steps: (_, { schema }) => window({ ...hours, announce, readOnly: [`${schema}.stock`] }),
})

{
  const clock = logicalClock(opens - 1000)
  life('a window that is announced and waited for', {
    setup,
    clock,
    steps: (_, { schema }) => window({ ...hours, announce, readOnly: [`${schema}.stock`] }),
    between: () => clock.at(opens + 1000),
  })
}

const cutover = (...steps: readonly Step[]) => migration('windowed', { cutover: steps })
const change = (n: number) => ddl(`made ${n}`, { forward: `create table public.made_${n} (id int)`, back: `drop table public.made_${n}` })

async function at(start: number) {
  const clock = logicalClock(start)
  const p = await place(openPostgresPlace, setup)
  return {
    clock,
    p,
    run: (...steps: readonly Step[]) => p.run(cutover(...steps), { clock }),
    [Symbol.asyncDispose]: () => p[Symbol.asyncDispose](),
  }
}

test.each([
  ['just before it', opens - 1, 'waiting'],
  ['at its beginning', opens, 'finished'],
  ['at its end', closes, 'finished'],
] as const)('%s', async (_, moment, state) => {
  await using here = await at(moment)
  expect((await here.run(...window(hours, change(1)))).state).toBe(state)
})

test('just after its end nothing is begun', async () => {
  await using here = await at(closes + 1)
  await expect(here.run(...window(hours, change(1)))).rejects.toMatchObject({ code: 'GW_WINDOW_OVER', exit: 4 })
  await expect(here.p.app.sql('select * from made_1')).rejects.toThrow()
})

/** The clock moves when this step is done. */
const takes = (clock: { at(m: number): void }, until: number): Step => ({
  kind: 'takes',
  title: 'takes long',
  at: undefined,
  params: {},
  doing: { says: [], do: async () => (clock.at(until), { done: 'at last' }), undo: async () => {} },
})

test('a step that would begin after the hard end: all of it is taken back, and tables take writes again', async () => {
  await using here = await at(opens)
  const steps = () => window({ ...hours, readOnly: ['public.stock'] }, change(1), takes(here.clock, closes + 1), change(2))
  await expect(here.run(...steps())).rejects.toMatchObject({
    code: 'GW_ROLLED_BACK',
    message: expect.stringMatching(/"made 2" was to begin by 2026-12-05T23:00:00/),
  })
  await expect(here.p.app.sql('select * from made_1')).rejects.toThrow()
  await here.p.app.sql('insert into stock values (1, 1)')
  await expect(here.run(...steps())).rejects.toMatchObject({ code: 'GW_WINDOW_OVER' })
})

test('through at the very end it holds; just after it, the last step itself is too late', async () => {
  await using here = await at(opens)
  expect((await here.run(...window(hours, takes(here.clock, closes)))).state).toBe('finished')
  await using late = await at(opens)
  await expect(late.run(...window(hours, takes(late.clock, closes + 1)))).rejects.toMatchObject({ code: 'GW_ROLLED_BACK' })
})

test('while it is open nobody writes, and is told until when', async () => {
  await using here = await at(opens)
  const stops: Step = {
    kind: 'stops',
    title: 'stops',
    at: undefined,
    params: {},
    doing: { says: [], do: async () => ({ waits: 'for a look', next: [] }) },
  }
  expect((await here.run(...window({ ...hours, readOnly: ['public.stock'] }, stops))).state).toBe('waiting')
  for (const sql of ['insert into stock values (1, 1)', 'update stock set n = 2', 'delete from stock', 'truncate stock'])
    await expect(here.p.app.sql(sql)).rejects.toThrow('public.stock takes no writes until 2026-12-05T23:00:00Z: maintenance')
  await here.p.app.sql('select * from stock')
})

describe('announced', () => {
  const hour = 60 * 60_000
  const announced = (from: number, notice?: string) =>
    window({
      from: new Date(from).toISOString().replace('.000Z', 'Z'),
      to: '2 hours',
      announce: { ...announce, ...(notice ? { notice } : {}) },
    })
  const said = (view: object) => JSON.stringify(view)

  test('a run that waits for it tells it, once for its time; moved, it tells that as well', async () => {
    await using here = await at(opens - 3 * hour)
    const view = said(await here.run(...announced(opens)))
    expect(view).toContain('all shops: orders wait')
    expect(view).toContain('keep them on paper')
    expect(view).toContain('it ends at 2026-12-05T23:00:00Z')
    expect(said(await here.run(...announced(opens + hour)))).toContain(
      'this is another time than was announced (2026-12-05T21:00:00Z to 2026-12-05T23:00:00Z)',
    )
    expect(said(await here.run(...announced(opens + hour)))).not.toContain('another time')
  })

  test('moved to an earlier time that nobody was told of, it waits for the time that was announced', async () => {
    await using here = await at(opens - 3 * hour)
    await here.run(...announced(opens))
    here.clock.at(opens - 1)
    const view = await here.run(...announced(opens - hour))
    expect([view.state, said(view)]).toEqual(['waiting', expect.stringContaining('until 2026-12-05T21:00:00Z, as was announced')])
    here.clock.at(opens)
    expect((await here.run(...announced(opens - hour))).state).toBe('finished')
  })

  test.each([
    ['just in time', opens - 2 * day, 'finished'],
    ['a moment too late', opens - 2 * day + 1, 'GW_NOT_ANNOUNCED'],
    ['not at all', undefined, 'GW_NOT_ANNOUNCED'],
  ] as const)('with notice, told %s', async (_, told, comes) => {
    await using here = await at(told ?? opens)
    const going = () => here.run(...announced(opens, '2 days'))
    if (told) await going()
    here.clock.at(opens)
    const came = await going().then(
      (v) => v.state,
      (e: { code: string }) => e.code,
    )
    expect(came).toBe(comes)
  })
})

test('a moment without a zone is refused, and so is an end before the beginning', () => {
  expect(() => window({ from: '2026-12-05T22:00:00', to: '2 hours' })).toThrow(/no moment with a time zone/)
  expect(() => window({ from: hours.from, to: '2026-12-05T21:00:00+01:00' })).toThrow(/ends before it begins/)
})
