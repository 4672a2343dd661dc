// The hours after the cutover, in logical time: what is taken back by rule, what is borne, and when somebody is called instead.
import { expect, test } from 'vitest'
import { ddl, type Watch, watch } from '../../src/index.ts'
import { gate, gated, hour, place } from './place.ts'

const tables = `create table live (one boolean primary key default true check (one), total text, ms text, wrote text, made text, status text); insert into live values (true, '100', '100', '20', '20', 'ok');
  create table baseline (total text, ms text); insert into baseline values ('100', '100'); create table serving (engine text);`

const usual: Watch = {
  title: 'the first day',
  for: '24 hours',
  every: '1 hour',
  measure: { sql: 'select total, ms, wrote, made, status from public.live' },
  against: { sql: 'select total, ms from public.baseline' },
  success: { status: 'ok' },
  rules: { failures: 2, drift: { total: '5 %' }, latency: { times: 2, value: 'ms' }, written: ['wrote', 'made'] },
}
const serve = ddl('serve V2', { forward: `insert into public.serving values ('v2')`, back: `delete from public.serving` })
const watched = (more: Partial<Watch> = {}) => gated(serve, watch({ ...usual, ...more }))

type Place = Awaited<ReturnType<typeof place>>
const serving = async (p: Place) => (await p.sql('select engine from serving')).length
const set = (p: Place, what: string) => p.sql(`update live set ${what}`)
const after = async (p: Place, hours: number, m = watched()) => {
  p.clock.at += hours * hour
  return p.go(m)
}

test('a quiet day: 25 measures, and it goes on', async () => {
  await using p = await place(tables)
  expect((await p.go(watched())).said).toContain('nothing of 24 hours watched, all rules hold')
  for (let n = 1; n < 24; n++) expect((await after(p, 1)).state).toBe('waiting')
  expect((await after(p, 1)).state).toBe('finished')
  expect(await p.pairs()).toHaveLength(25)
  expect(await serving(p)).toBe(1)
})

test.each<[string, string, string]>([
  ['drift', `total = '105'`, `total = '105.0001'`],
  ['latency', `ms = '200'`, `ms = '200.1'`],
  ['written', `wrote = '20'`, `wrote = '19'`],
])('%s: at the limit it holds, above it the cutover is taken back', async (rule, at, above) => {
  await using p = await place(tables)
  await p.go(watched())
  await set(p, at)
  expect((await after(p, 1)).state).toBe('waiting')
  await set(p, above)
  const back = await after(p, 1)
  expect(back.state).toBe('GW_ROLLED_BACK')
  expect(back.said).toContain(`the first day, 2 h after it began: ${rule}`)
  expect(back.said).toContain('taken back  serve V2')
  expect(await serving(p)).toBe(0)
  expect(await p.sql('select count(*) from v2.loan')).toEqual([['20']])
})

test('two failed measures in a row are borne, the third is not', async () => {
  await using p = await place(tables)
  await p.go(watched())
  await set(p, `status = 'error'`)
  expect((await after(p, 1)).said).toContain('the last measure failed (its status is error, and not ok)')
  expect((await after(p, 1)).state).toBe('waiting')
  await set(p, `status = 'ok'`)
  expect((await after(p, 1)).state).toBe('waiting')
  await set(p, `wrote = '0', made = '0'`)
  await after(p, 1)
  expect((await after(p, 1)).state).toBe('waiting')
  expect((await after(p, 1)).state).toBe('GW_ROLLED_BACK')
  expect(await serving(p)).toBe(0)
})

test.each([
  ['in the last hour', 24, 'GW_ROLLED_BACK', 0],
  ['a moment after it', 24 + 1 / 3600, 'GW_INCIDENT', 1],
])('a rule that is broken %s', async (_, hours, state, still) => {
  await using p = await place(tables)
  await p.go(watched())
  for (let n = 1; n < 24; n++) await after(p, 1)
  await set(p, `total = '200'`)
  const last = await after(p, hours - 23)
  expect(last.state).toBe(state)
  expect(await serving(p)).toBe(still)
})

test('an incident keeps the run from going on, until a measure holds again', async () => {
  await using p = await place(tables)
  await p.go(watched())
  for (let n = 1; n < 24; n++) await after(p, 1)
  await set(p, `total = '200'`)
  expect((await after(p, 2)).said).toContain('drift of total: differs: 200 against 100, apart 100 %, allowed ≤ 5 %')
  expect((await p.go(watched())).state).toBe('GW_INCIDENT')
  await set(p, `total = '100'`)
  expect((await p.go(watched())).state).toBe('finished')
})

test('who was away has not watched: hours in which nobody looked do not count', async () => {
  await using p = await place(tables)
  await p.go(watched())
  expect((await after(p, 30)).said).toContain('1 h of 24 hours watched')
})

test('after it was taken back, all is waited for and watched anew', async () => {
  await using p = await place(tables)
  await p.go(watched())
  await set(p, `total = '200'`)
  await after(p, 1)
  await set(p, `total = '100'`)
  expect((await after(p, 1)).said).toContain('nothing of 24 hours watched')
  expect(await serving(p)).toBe(1)
  expect((await p.pairs()).length).toBe(3)
})

test('who was killed while taking it back goes on with that, and does not measure again', async () => {
  await using p = await place(tables)
  await p.go(watched())
  await p.sql(
    `insert into godwit.shadow select run, step, n + 1, at, jsonb_set(jsonb_set(body, '{held}', 'false'), '{rules,0}', '{"rule": "written", "verdict": "failed", "says": "19 of 20"}') from godwit.shadow`,
  )
  expect((await p.go(watched())).state).toBe('GW_ROLLED_BACK')
  expect(await serving(p)).toBe(0)
})

test('a rule that never had anything to hold against is not verified', async () => {
  await using p = await place(tables)
  await p.sql('update baseline set ms = null')
  const short = watched({ for: '1 hour' })
  await p.go(short)
  const no = await after(p, 1, short)
  expect(no.state).toBe('GW_WATCH_SAW_NOTHING')
  expect(no.said).toContain('seen to hold: latency')
})

test('measures that all fail, and are borne, verify nothing', async () => {
  await using p = await place(tables)
  await set(p, `status = 'error'`)
  const short = watched({ for: '1 hour' })
  await p.go(short)
  expect((await after(p, 1, short)).state).toBe('GW_WATCH_SAW_NOTHING')
})

test.each<[string, Partial<Watch>, string]>([
  ['no rule', { rules: {} }, 'it has no rule'],
  ['a measure of nothing', { measure: { sql: 'select 1 as total' } }, 'asks no table'],
  ['a measure against itself', { against: usual.measure }, 'held against itself'],
  ['measures further apart than it lasts', { every: '25 hours' }, 'further apart than it lasts'],
  ['a limit that is none', { rules: { drift: { total: '5' } } }, 'without %'],
])('%s is refused when it is written', (_, more, why) => expect(() => watched(more)).toThrow(why))

test('gate, cutover, watch: pairs are made anew after a cutover that was taken back', async () => {
  await using p = await place(tables)
  const [pairs] = gate().steps.map((s) => s.step)
  const whole = gated(pairs!, serve, watch(usual))
  for (let n = 1; n < 3; n++) {
    await p.go(whole)
    await p.nextHour()
  }
  expect((await p.go(whole)).said).toContain('the first day: nothing of 24 hours watched')
  await set(p, `total = '200'`)
  expect((await after(p, 1, whole)).state).toBe('GW_ROLLED_BACK')
  await set(p, `total = '100'`)
  expect((await after(p, 1, whole)).said).toContain('totals of both engines: 1 of 3 pairs hold')
  expect(await serving(p)).toBe(0)
})
