// A gate for people: who may open it, with what, for which plan, and for how long.
import { describe, expect, test } from 'vitest'
import { signReply } from '../../src/api.ts'
import { approve } from '../../src/index.ts'
import { gatherReport, renderReport } from '../../src/report/index.ts'
import { type Asked, type Given, standingOf } from '../../src/steps/approval.ts'
import { engines } from '../targets/engines.ts'
import { openPostgresPlace } from '../targets/place.ts'
import { day, type Gated, gated, HandClock, minute, people, second } from './doors.ts'

const waits = { state: 'waiting', gate: { step: 'cutover.1', next: ['godwit approve r1', 'godwit reject r1 --why "…"'] } }
const kept = (g: Gated) =>
  g.place.app.sql('select person, verdict, proof, step, question, note from godwit.approval order by seq') as Promise<
    readonly (readonly (string | null)[])[]
  >

describe.each(engines)('%s', (_, open) => {
  test('it is shut until those who are asked have said yes, whatever is restarted between', async () => {
    await using g = await gated(open)
    const m = g.migration(approve('are the totals right?', { by: ['dba', 'business'] }))
    expect(await g.run(m)).toMatchObject(waits)
    expect(await g.run(m)).toMatchObject({ gate: { why: expect.stringContaining('needs somebody of dba and somebody of business') } })
    expect(await g.approve('ada', { note: 'seen' })).toMatchObject({ step: 'cutover.1', lacking: ['somebody of business'] })
    expect(await g.run(m)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('ada (dba; signed) said yes') } })
    expect(g.world.isOn).toBe(false)
    expect(await g.approve('bob')).toMatchObject({ lacking: [] })
    const view = await g.run(m)
    expect(view).toMatchObject({ state: 'finished' })
    expect(g.world.isOn).toBe(true)
    expect(view.steps.find((s) => s.id === 'cutover.1')).toMatchObject({
      note: 'approved by ada (dba; signed) and bob (business; claimed, not proved)',
    })
  })
})

const opened = () => gated(openPostgresPlace)
const dba = approve('are the totals right?', { by: ['dba'] })

test('what was said stands in the ledger with its question, and in the audit', async () => {
  await using g = await opened()
  await g.run(g.migration(dba))
  await g.approve('alovelace', { note: 'seen on Monday' })
  expect(await kept(g)).toEqual([['ada', 'approved', 'signed', 'cutover.1', 'are the totals right?', 'seen on Monday']])
  const [entry] = await g.place.app.sql(`select who, run, plan, detail from godwit.audit where what = 'approved'`)
  expect(entry).toMatchObject(['ada', '1', expect.any(String), expect.stringContaining('seen on Monday')])
})

test('nothing is approved before it is asked, nor once it has been answered', async () => {
  await using g = await opened()
  const m = g.migration(dba)
  await g.run(m, { to: 'verify' })
  await expect(g.approve('ada')).rejects.toMatchObject({ code: 'GW_NOT_ASKED' })
  await g.run(m)
  await expect(g.approve('ada', { step: 'cutover.2' })).rejects.toMatchObject({
    code: 'GW_NOT_ASKED',
    hint: expect.stringContaining('cutover.1'),
  })
  await expect(g.approve('ada', { run: 'r2' })).rejects.toMatchObject({ code: 'GW_RUN_UNKNOWN' })
  await g.approve('ada')
  await g.run(m)
  await expect(g.approve('cyn')).rejects.toMatchObject({ code: 'GW_NOT_ASKED' })
})

test('who is not known, has another role or has no key here is refused, and nothing is kept', async () => {
  await using g = await opened()
  const m = g.migration(dba)
  await g.run(m)
  await expect(g.approve('adda')).rejects.toMatchObject({
    code: 'GW_PERSON_UNKNOWN',
    message: expect.stringContaining("Did you mean 'ada'?"),
  })
  await expect(g.approve('bob')).rejects.toMatchObject({ code: 'GW_APPROVAL_ROLE', message: expect.stringContaining('bob is business') })
  await expect(g.approve('bob', { as: ['dba'] })).rejects.toMatchObject({ code: 'GW_APPROVAL_ROLE' })
  await expect(g.approve('cyn', { as: ['business'] })).rejects.toMatchObject({ code: 'GW_APPROVAL_ROLE' })
  await expect(g.approve('kim')).rejects.toMatchObject({ code: 'GW_KEY_MISSING', message: expect.stringContaining('${KIM_KEY}') })
  await expect(g.reject('bob', 'no')).rejects.toMatchObject({ code: 'GW_APPROVAL_ROLE' })
  expect(await kept(g)).toEqual([])
  expect(await g.run(m)).toMatchObject(waits)
})

test('without a list of people anybody may claim a role, and it is said that nothing was proved', async () => {
  await using g = await opened()
  const m = g.migration(dba)
  await g.run(m)
  await expect(g.approve('eve', { people: {} })).rejects.toMatchObject({ code: 'GW_APPROVAL_ROLE', hint: expect.stringContaining('--as') })
  await g.approve('eve', { people: {}, as: ['dba'] })
  const view = await g.run(m)
  expect(view.steps.find((s) => s.id === 'cutover.1')?.note).toBe('approved by eve (dba; claimed, not proved)')
})

test('a no ends the run with 4; it stands until the same person says yes', async () => {
  await using g = await opened()
  const m = g.migration(dba)
  await g.run(m)
  await g.reject('ada', 'the totals of May are off')
  const no = { code: 'GW_REJECTED', exit: 4, message: expect.stringContaining('ada said no to "are the totals right?"') }
  await expect(g.run(m)).rejects.toMatchObject(no)
  g.clock.pass(minute)
  await g.approve('cyn')
  await expect(g.run(m)).rejects.toMatchObject({ ...no, message: expect.stringContaining('the totals of May are off') })
  expect(g.world.isOn).toBe(false)
  g.clock.pass(minute)
  await g.approve('ada')
  expect(await g.run(m)).toMatchObject({ state: 'finished' })
})

test('another plan is asked for anew, and what was said of the one before opens nothing', async () => {
  await using g = await opened()
  const m = g.migration(dba, approve('and the second?'))
  const first = await g.run(m)
  const late = g.reply(first)
  await g.approve('ada')
  const changed = g.migration(dba, approve('and the second, with other words?'))
  const second = await g.run(changed)
  expect(second).toMatchObject({
    state: 'waiting',
    gate: { step: 'cutover.1', why: expect.stringContaining(`ada said was said of plan ${first.plan}`) },
  })
  await expect(g.take(late)).rejects.toMatchObject({ code: 'GW_APPROVAL_PLAN' })
  expect(await g.run(changed)).toMatchObject({ gate: { step: 'cutover.1', why: expect.stringContaining('said was said of plan') } })
  await g.approve('cyn')
  expect(await g.run(changed)).toMatchObject({ state: 'waiting', gate: { step: 'cutover.2' } })
})

test('a question of a plan that the run has left is not answered any more', async () => {
  await using g = await opened()
  await g.run(g.migration(dba))
  // the run comes to another plan, and stops before it comes to the question again
  await g.run(g.migration(dba, approve('one more')), { to: 'verify' })
  await expect(g.approve('ada')).rejects.toMatchObject({
    code: 'GW_APPROVAL_PLAN',
    message: expect.stringContaining('The question is about plan'),
  })
})

test('a cutover that was taken back is asked for anew', async () => {
  await using g = await opened()
  const m = g.migration(dba)
  await g.run(m)
  await g.approve('ada')
  g.world.rollBack = 'it does not hold'
  await expect(g.run(m)).rejects.toMatchObject({ code: 'GW_ROLLED_BACK' })
  g.world.rollBack = undefined
  expect(await g.run(m)).toMatchObject(waits)
})

describe('four eyes', () => {
  test('two people, and neither who began the run nor who came to the question with it', async () => {
    await using g = await opened()
    const m = g.migration(approve('are the totals right?', { fourEyes: true }))
    await g.run(m, { by: 'alovelace', to: 'verify' })
    await g.run(m, { by: 'bob' })
    await expect(g.approve('ada')).rejects.toMatchObject({ code: 'GW_APPROVAL_SELF' })
    await expect(g.approve('bob')).rejects.toMatchObject({ code: 'GW_APPROVAL_SELF' })
    await g.approve('cyn')
    await g.approve('cyn')
    expect(await g.run(m)).toMatchObject({ state: 'waiting', gate: { why: expect.stringContaining('needs one more person') } })
    await g.approve('kim', { people: { ...people, kim: { roles: ['dba'] } } })
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('the number of people is the number of people, just below it and at it', async () => {
    await using g = await opened()
    const m = g.migration(approve('are the totals right?', { fourEyes: 3 }))
    await g.run(m)
    await g.approve('ada')
    await g.approve('bob')
    expect(await g.run(m)).toMatchObject(waits)
    await g.approve('cyn')
    expect(await g.run(m)).toMatchObject({ state: 'finished' })
  })

  test('who began the run may say no', async () => {
    await using g = await opened()
    const m = g.migration(approve('are the totals right?', { fourEyes: true }))
    await g.run(m, { by: 'bob' })
    await g.reject('bob', 'I have second thoughts')
    await expect(g.run(m)).rejects.toMatchObject({ code: 'GW_REJECTED' })
  })
})

describe('for how long a yes counts', () => {
  const weekly = approve('are the totals right?', { expires: '7 days' })

  test.each([
    ['just before its time is over', 7 * day - 1, 'finished'],
    ['at the very end of it', 7 * day, 'waiting'],
    ['just after it', 7 * day + 1, 'waiting'],
  ])('%s', async (_, ms, state) => {
    await using g = await opened()
    const m = g.migration(weekly)
    await g.run(m)
    await g.approve('ada')
    g.clock.pass(ms)
    const view = await g.run(m)
    expect(view.state).toBe(state)
    if (state === 'waiting') {
      expect(view.gate?.why).toContain('that of ada of 2026-12-01 00:00 UTC has expired after 7 days')
      await g.approve('ada')
      expect(await g.run(m)).toMatchObject({ state: 'finished' })
    }
  })

  test('an answer that was signed too long ago is not taken', async () => {
    await using g = await opened()
    const reply = g.reply(await g.run(g.migration(weekly)))
    g.clock.pass(7 * day)
    await expect(g.take(reply)).rejects.toMatchObject({ code: 'GW_APPROVAL_EXPIRED' })
  })
})

describe('signed elsewhere', () => {
  test('as other programs sign it', () => {
    const at = { run: 'r4', step: 'cutover.1', plan: '7f3a91c02b5d', verdict: 'approved', by: 'ada', at: '2026-12-01T09:00:00Z' } as const
    // printf … | openssl dgst -sha256 -hmac k, as docs/guide/gates.md has it
    const { signature } = signReply('k', { ...at, nonce: '0b6c1f0e-5a55-4f0e-9f5c-2f7f0a4f6d11', note: 'checked' })
    expect(signature).toBe('v1=496aa8c29261dc0eacdc81fe9b8bbf1abc8149e3d374034a19960d34a4a31bcb')
  })

  test('it is taken once: a second time changes nothing', async () => {
    await using g = await opened()
    const m = g.migration(dba)
    const reply = g.reply(await g.run(m))
    await g.take(reply)
    await expect(g.take(reply)).rejects.toMatchObject({ code: 'GW_APPROVAL_REPLAYED' })
    await g.reject('ada', 'after all')
    // what was said before the no cannot be sent again to undo it
    await expect(g.take(reply)).rejects.toMatchObject({ code: 'GW_APPROVAL_REPLAYED' })
    await expect(g.run(m)).rejects.toMatchObject({ code: 'GW_REJECTED' })
  })

  test.each([
    ['another verdict', { verdict: 'rejected' }],
    ['another person', { by: 'cyn' }],
    ['somebody without a key', { by: 'bob' }],
    ['nobody of the list', { by: 'eve' }],
    ['a name that every object has', { by: 'constructor' }],
    ['another run', { run: 'r2' }],
    ['another step', { step: 'cutover.9' }],
    ['another plan', { plan: '000000000000' }],
    ['another time', { at: '2026-12-01T00:00:01.000Z' }],
    ['another nonce', { nonce: 'another-nonce-of-the-test' }],
    ['a role', { as: ['dba'] }],
    ['a note', { note: 'x' }],
  ])('changed to %s, its signature does not fit', async (_, change) => {
    await using g = await opened()
    const reply = g.reply(await g.run(g.migration(dba)))
    await expect(g.take({ ...reply, ...change } as typeof reply)).rejects.toMatchObject({ code: 'GW_APPROVAL_SIGNATURE' })
    expect(await kept(g)).toEqual([])
  })

  test('with another key it does not fit either', async () => {
    await using g = await opened()
    const view = await g.run(g.migration(dba))
    await expect(g.take(g.reply(view, {}, 'the-key-of-ada-1816'))).rejects.toMatchObject({ code: 'GW_APPROVAL_SIGNATURE' })
  })

  test.each([
    ['at the window', 5 * minute, undefined],
    ['just after it', 5 * minute + 1, 'GW_APPROVAL_EXPIRED'],
  ])('five minutes ago, %s', async (_, ms, code) => {
    await using g = await opened()
    const reply = g.reply(await g.run(g.migration(dba)))
    g.clock.pass(ms)
    const came = g.take(reply, 5 * minute)
    await (code ? expect(came).rejects.toMatchObject({ code }) : expect(came).resolves.toMatchObject({ lacking: [] }))
  })

  test.each([
    ['clocks that are apart a little', 5 * minute, undefined],
    ['a time that has not come', 5 * minute + second, 'GW_APPROVAL_EXPIRED'],
  ])('by %s', async (_, ms, code) => {
    await using g = await opened()
    const view = await g.run(g.migration(dba))
    const came = g.take(g.reply(view, { at: new Date(g.clock.now() + ms).toISOString() }))
    await (code ? expect(came).rejects.toMatchObject({ code }) : expect(came).resolves.toMatchObject({ lacking: [] }))
  })

  test('what was signed before the question was put is not about it', async () => {
    await using g = await opened()
    const m = g.migration(dba)
    const view = await g.run(m)
    const before = new Date(g.clock.now() - 5 * minute - second).toISOString()
    await expect(g.take(g.reply(view, { at: before }))).rejects.toMatchObject({ code: 'GW_APPROVAL_EXPIRED' })
  })
})

describe('what cannot be a gate is refused when it is written', () => {
  test.each([
    ['no question', () => approve(' ')],
    ['a question of two lines', () => approve('a\nb')],
    ['one eye', () => approve('q', { fourEyes: 1 })],
    ['a yes that counts for no time', () => approve('q', { expires: '0 days' })],
    ['a role without a name', () => approve('q', { by: [''] })],
  ])('%s', (_, make) => expect(make).toThrow(expect.objectContaining({ code: 'GW_CANNOT_PLAN' })))

  test('a gate in verify, where nobody would come to it', async () => {
    await using g = await opened()
    const m = { ...g.migration(), steps: [{ phase: 'verify' as const, step: approve('q') }] }
    await expect(g.place.plan(m)).rejects.toMatchObject({ code: 'GW_CANNOT_PLAN' })
  })
})

describe('what answers come to', () => {
  const clock = new HandClock()
  const asked: Asked = {
    request: 'q',
    plan: 'p',
    question: 'well?',
    roles: ['dba', 'business'],
    people: 2,
    fourEyes: true,
    expiresMs: day,
    at: clock.now(),
    own: ['root'],
  }
  const yes = (person: string, roles: string[], at = clock.now(), verdict: Given['verdict'] = 'approved'): Given => ({
    person,
    roles,
    verdict,
    at,
    note: undefined,
    proof: 'claimed',
  })

  test.each<[string, Given[], string[]]>([
    ['nobody', [], ['somebody of dba', 'somebody of business']],
    ['one for both roles', [yes('cyn', ['dba', 'business'])], ['one more person']],
    ['two of one role', [yes('ada', ['dba']), yes('kim', ['dba'])], ['somebody of business']],
    ['one for each', [yes('ada', ['dba']), yes('bob', ['business'])], []],
    ['whoever began it', [yes('root', ['dba']), yes('bob', ['business'])], ['somebody of dba']],
    ['at the end of its time', [yes('ada', ['dba'], clock.now() - day), yes('bob', ['business'])], ['somebody of dba']],
    ['just before it', [yes('ada', ['dba'], clock.now() - day + 1), yes('bob', ['business'])], []],
    ['by a clock that went back', [yes('ada', ['dba'], clock.now() + 5 * minute + 1), yes('bob', ['business'])], ['somebody of dba']],
    ['by clocks that are a little apart', [yes('ada', ['dba'], clock.now() + 5 * minute), yes('bob', ['business'])], []],
  ])('%s', (_, given, lacking) => expect(standingOf(asked, given, clock.now()).lacking).toEqual(lacking))

  test('the last word of each counts', () => {
    const first = yes('ada', ['dba'], clock.now() - 2)
    const no = yes('ada', ['dba'], clock.now() - 1, 'rejected')
    expect(standingOf(asked, [no, first], clock.now()).rejected).toEqual(no)
    expect(standingOf(asked, [no, first, yes('ada', ['dba'])], clock.now()).rejected).toBeUndefined()
  })
})

test('the report tells who said what, and what of it was not proved', async () => {
  await using g = await opened()
  const m = g.migration(approve('are the totals right?', { by: ['dba', 'business'] }))
  await g.run(m)
  await g.approve('ada')
  await g.approve('bob', { note: 'seen on Monday' })
  const report = await gatherReport(await g.place.plan(m), g.place.db)
  expect(report.approvals).toMatchObject([
    { person: 'ada', proof: 'signed', at: '2026-12-01T00:00:00.000Z' },
    { person: 'bob', proof: 'claimed', note: 'seen on Monday' },
  ])
  for (const format of ['text', 'markdown', 'html'] as const) {
    const text = renderReport(report, format)
    expect(text.replaceAll(/\s+/g, ' ')).toContain('approved by ada for dba, signed with a key of theirs')
    expect(text.replaceAll(/\s+/g, ' ')).toContain('approved by bob for business, claimed and not proved')
    expect(text).toContain('seen on Monday')
  }
})
