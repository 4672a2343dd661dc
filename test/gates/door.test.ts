// Signed answers over HTTP: what is sent, and what is taken of it.
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { connect as open } from '../../src/api.ts'
import { approve } from '../../src/index.ts'
import { type Listening, listen } from '../../src/run/gates/listen.ts'
import { openPostgresPlace } from '../targets/place.ts'
import { type Gated, gated, minute, people } from './doors.ts'

interface Door extends AsyncDisposable {
  readonly gated: Gated
  readonly at: Listening
  readonly opened: () => number
  post(body: unknown): Promise<{ status: number; body: Record<string, unknown> }>
}

async function door(): Promise<Door> {
  const g = await gated(openPostgresPlace)
  let opened = 0
  const at = await listen({
    people,
    clock: g.clock,
    withDatabase: async (work) => {
      opened++
      const db = await open(g.place.url)
      try {
        return await work(db)
      } finally {
        await db.close()
      }
    },
  })
  const post = async (body: unknown) => {
    const reply = await fetch(`http://127.0.0.1:${at.port}/`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  const dispose = async () => {
    await at.close()
    await g[Symbol.asyncDispose]()
  }
  return { gated: g, at, opened: () => opened, post, [Symbol.asyncDispose]: dispose }
}

const question = () => approve('are the totals right?', { by: ['dba'] })

test('a signed yes opens the gate; the same a second time is refused', async () => {
  await using d = await door()
  const m = d.gated.migration(question())
  const reply = d.gated.reply(await d.gated.run(m))
  expect(await d.post(reply)).toMatchObject({
    status: 200,
    body: { run: 'r1', step: 'cutover.1', person: 'ada', verdict: 'approved', lacking: [] },
  })
  expect(await d.post(reply)).toMatchObject({ status: 409, body: { code: 'GW_APPROVAL_REPLAYED' } })
  expect(await d.gated.run(m)).toMatchObject({ state: 'finished' })
})

test('the same sent ten times at once is recorded once', async () => {
  await using d = await door()
  const reply = d.gated.reply(await d.gated.run(d.gated.migration(question())))
  const came = await Promise.all(Array.from({ length: 10 }, () => d.post(reply)))
  expect(came.filter((r) => r.status === 200)).toHaveLength(1)
  expect(came.filter((r) => r.body['code'] === 'GW_APPROVAL_REPLAYED')).toHaveLength(9)
})

test('a signed no stops the run, and says why', async () => {
  await using d = await door()
  const m = d.gated.migration(question())
  const view = await d.gated.run(m)
  expect(await d.post(d.gated.reply(view, { verdict: 'rejected', note: 'May is off' }))).toMatchObject({
    status: 200,
    body: { verdict: 'rejected' },
  })
  await expect(d.gated.run(m)).rejects.toMatchObject({ code: 'GW_REJECTED', message: expect.stringContaining('May is off') })
})

test.each([
  ['at the end of five minutes', 5 * minute, 200, undefined],
  ['after five minutes', 5 * minute + 1, 409, 'GW_APPROVAL_EXPIRED'],
])('sent %s', async (_, ms, status, code) => {
  await using d = await door()
  const reply = d.gated.reply(await d.gated.run(d.gated.migration(question())))
  d.gated.clock.pass(ms)
  const came = await d.post(reply)
  expect([came.status, came.body['code']]).toEqual([status, code])
})

test('who cannot sign learns nothing, and nothing is opened for them', async () => {
  await using d = await door()
  const view = await d.gated.run(d.gated.migration(question()))
  const refused = { status: 401, body: { code: 'GW_APPROVAL_SIGNATURE' } }
  const replies = [
    d.gated.reply(view, {}, 'another key altogether'),
    d.gated.reply(view, { by: 'bob' }, 'bob has none'),
    d.gated.reply(view, { by: 'kim' }, 'kim has one elsewhere'),
    d.gated.reply(view, { by: 'nobody' }, 'whatever it is'),
    { ...d.gated.reply(view), signature: 'v1=' },
  ]
  for (const reply of replies) expect(await d.post(reply)).toMatchObject(refused)
  const [first, ...rest] = await Promise.all(replies.map((r) => d.post(r)))
  for (const each of rest) expect(each.body).toEqual(first!.body)
  expect(d.opened()).toBe(0)
})

test.each([
  ['no JSON', 'approved'],
  ['no object', [1]],
  ['nothing in it', {}],
  ['a part too many', { extra: 1 }],
  ['a line break in a note', { note: 'a\nb' }],
  ['a number for a name', { by: 7 }],
  ['a time without a zone', { at: '2026-12-01T00:00:00' }],
  ['a nonce that is short', { nonce: 'short' }],
  ['rows without the quarantine', { rows: 3 }],
  ['too much of it', { note: 'x'.repeat(20_000) }],
])('%s is no reply', async (_, given) => {
  await using d = await door()
  const whole = d.gated.reply({ plan: 'p' } as never)
  const body = typeof given === 'string' || Array.isArray(given) || !Object.keys(given).length ? given : { ...whole, ...given }
  expect(await d.post(body)).toMatchObject({ status: 400, body: { code: 'GW_APPROVAL_UNREADABLE' } })
  expect(d.opened()).toBe(0)
})

test('only this machine is listened to, and only by POST', async () => {
  await using d = await door()
  expect(d.at.host).toBe('127.0.0.1')
  const reply = await fetch(`http://127.0.0.1:${d.at.port}/`)
  expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST'])
})

test('one who begins a request and says no more keeps nobody waiting, and the door from closing neither', async () => {
  await using d = await door()
  const reply = d.gated.reply(await d.gated.run(d.gated.migration(question())))
  const socket = connect(d.at.port, '127.0.0.1')
  socket.on('error', () => {})
  await new Promise<void>((done) => socket.once('connect', () => done()))
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
  expect(await d.post(reply)).toMatchObject({ status: 200 })
  await d.at.close()
  socket.destroy()
})
