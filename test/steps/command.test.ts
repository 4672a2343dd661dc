// Programs and services as a part of the change: done once, taken back by what stands beside them, and never again where nobody knows whether it took effect.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect, plan, type RunOptions, run, undo } from '../../src/api.ts'
import { call, command, migration, performance, smoke } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { quickClock } from '../crash/process.ts'
import { life } from '../support/life.ts'
import { freshDatabase } from '../support/postgres.ts'
import { serving } from './serving.ts'
import { temporary } from './temporary.ts'

const node = (script: string, ...args: string[]) => [process.execPath, '-e', `const fs = require('fs'); ${script}`, ...args] as const
const append = (word: string) => node(`fs.appendFileSync('said', '${word} ')`)

life('a program with a way to see whether it is done', {
  setup: () => 'create table other (id int primary key)',
  world: () => {
    const root = temporary({ state: 'old' })
    return { root, state: () => readFileSync(path.join(root, 'state'), 'utf8') }
  },
  steps: () => [
    command('switch', {
      run: node(`fs.writeFileSync('state', 'new')`),
      undo: node(`fs.writeFileSync('state', 'old')`),
      there: node(`process.exit(fs.readFileSync('state', 'utf8') === 'new' ? 0 : 1)`),
    }),
  ],
  once: async ({ state }) => expect(state()).toBe('new'),
})

/** A service that is switched by one address and asked at another. */
async function switched() {
  let state = 'old'
  const server = await serving((method, body) => {
    if (method === 'POST') state = (JSON.parse(body) as { to: string }).to
    return [200, JSON.stringify({ state })]
  })
  return { url: server.url, state: () => state, end: async () => void (await server[Symbol.asyncDispose]()) }
}

life('a call with a way to see whether it is done', {
  setup: () => 'create table other (id int primary key)',
  world: switched,
  steps: ({ url }) => [
    call('switch', {
      request: { url, body: { to: 'new' } },
      undo: { url, body: { to: 'old' } },
      there: { url },
      expect: { json: { state: 'new' } },
    }),
  ],
  once: async ({ state }) => expect(state()).toBe('new'),
})

life('a call that does no harm twice, and a look behind it', {
  setup: () => 'create table other (id int primary key)',
  world: switched,
  steps: ({ url }) => [
    call('switch', { request: { url, body: { to: 'new' } }, undo: { url, body: { to: 'old' } }, repeatable: true }),
    smoke('it is new', { request: { url }, expect: { json: { state: 'new' } }, tries: 1 }),
  ],
  once: async ({ state }) => expect(state()).toBe('new'),
})

life('looks by a program and by a question', {
  setup: () => 'create table other (id int primary key); insert into other values (7)',
  looks: true,
  steps: (_, { schema }) => [
    smoke('a program', { command: node(`process.stdout.write('all is well')`), expect: { prints: 'well' }, tries: 1 }),
    smoke('a question', { sql: `select id from ${schema}.other`, expect: { value: 7 }, tries: 1 }),
  ],
})

life('times before and after', {
  setup: () => 'create table other (id int primary key); insert into other values (7)',
  steps: (_, { schema }) => {
    const timed = performance('lists', { all: `select id from ${schema}.other` }, { regression: '1000000 %', runs: 1, warmUp: 0 })
    return [timed.before, timed.after]
  },
})

async function at(variables: Readonly<Record<string, string>> = {}) {
  const fresh = await freshDatabase()
  const db = await connect(fresh.url)
  const root = temporary({ said: '' })
  onTestFinished(async () => {
    await db.close()
    await fresh.drop()
  })
  const made = (steps: readonly Step[]) => plan(migration('commands', { cutover: steps }), db)
  const around: RunOptions = { root, clock: quickClock, variable: (name) => variables[name] }
  return {
    said: () => readFileSync(path.join(root, 'said'), 'utf8').trim(),
    run: async (...steps: readonly Step[]) => run(await made(steps), db, around),
    undo: async (...steps: readonly Step[]) => undo(await made(steps), db, around),
  }
}

/** As if the process had died when it had just been done. */
const dying = (step: Step): Step => ({
  ...step,
  doing: {
    ...step.doing!,
    do: async (hands) => {
      await step.doing!.do(hands)
      throw new Error('died')
    },
  },
})

test('begun by a process that is gone, and not safe to be done twice: it is not done again, and an undo takes it back', async () => {
  const here = await at()
  const step = command('once', { run: append('done'), undo: append('back') })
  await expect(here.run(dying(step))).rejects.toThrow('died')
  await expect(here.run(step)).rejects.toMatchObject({ code: 'GW_OUTCOME_UNKNOWN', exit: 4 })
  expect(here.said()).toBe('done')
  await here.undo(step)
  expect(here.said()).toBe('done back')
  await here.run(step)
  expect(here.said()).toBe('done back done')
})

test('one that said no itself may be asked again', async () => {
  const here = await at()
  const script = `fs.appendFileSync('said', 'try '); console.error('not yet'); process.exit(fs.readFileSync('said', 'utf8').length > 5 ? 0 : 3)`
  const step = command('not yet', { run: node(script), undo: null })
  await expect(here.run(step)).rejects.toMatchObject({
    code: 'GW_COMMAND_FAILED',
    message: expect.stringMatching(/ended with exit 3\.\n {2}not yet/),
  })
  await here.run(step)
  expect(here.said()).toBe('try try')
})

test('what is repeatable is tried again, so often and no more', async () => {
  const here = await at()
  const failing = node(`fs.appendFileSync('said', 'x'); process.exit(1)`)
  const step = command('failing', { run: failing, undo: null, repeatable: true, retries: 2, pause: '1ms' })
  await expect(here.run(step)).rejects.toMatchObject({ code: 'GW_COMMAND_FAILED' })
  expect(here.said()).toBe('xxx')
  expect(() => command('unsafe', { run: failing, undo: null, retries: 1 })).toThrow(/nothing says that it does no harm twice/)
})

test('its time is a budget: it is ended, and said so', async () => {
  const here = await at()
  const step = command('slow', { run: node('setInterval(() => {}, 1000)'), undo: null, timeout: '300ms' })
  await expect(here.run(step)).rejects.toMatchObject({ message: expect.stringContaining('was not done within 300ms and was ended') })
})

test('a step that cannot be taken back refuses the undo of the run, by name', async () => {
  const here = await at()
  const step = command('mail', { run: append('sent'), undo: { irreversible: 'a mail cannot be unsent' } })
  await here.run(step)
  await expect(here.undo(step)).rejects.toMatchObject({
    code: 'GW_UNDO_REFUSED',
    message: expect.stringContaining('a mail cannot be unsent'),
  })
})

test('secrets go in by the environment, never by arguments, and come out hidden', async () => {
  const here = await at({ TOKEN: 'very-secret-value' })
  const loud = node(`console.error('token ' + process.env.GIVEN); process.exit(1)`)
  const step = command('loud', { run: loud, undo: null, env: { GIVEN: `\${TOKEN}` } })
  await expect(here.run(step)).rejects.toMatchObject({ message: expect.stringMatching(/token ‹secret›$/) })
  expect(() => command('told all', { run: ['curl', `\${TOKEN}`], undo: null })).toThrow(/everyone on the machine can read/)
})

test('a call is made with the same key each time, tried again while it fails, and held to what is expected', async () => {
  const here = await at({ KEY: 'key-of-the-service' })
  const calls: { method: string; key: unknown; body: string }[] = []
  let failing = 2
  await using server = await serving((method, body, headers) => {
    calls.push({ method, key: headers['idempotency-key'] ?? headers['idempotency-key-undo'], body })
    if (failing-- > 0) return [503, `busy, ${headers['authorization']}`]
    return [200, JSON.stringify({ state: { version: 2, extra: true } })]
  })
  const headers = { authorization: `Bearer \${KEY}` }
  const step = call('switch', {
    request: { url: `${server.url}/switch?token=\${KEY}`, headers, body: { to: 'v2' } },
    undo: { url: `${server.url}/switch`, headers, body: { to: 'v1' } },
    expect: { status: 200, json: { state: { version: 2 } } },
    idempotencyKey: true,
    retries: 2,
    pause: '1ms',
  })
  await here.run(step)
  expect(calls.map((c) => c.method)).toEqual(['POST', 'POST', 'POST'])
  expect(new Set(calls.map((c) => c.key)).size).toBe(1)
  expect(calls[0]!.key).toMatch(/^[0-9a-f]{32}$/)
  await here.undo(step)
  expect(calls.at(-1)).toMatchObject({ body: '{"to":"v1"}' })
  expect(calls.at(-1)!.key).not.toBe(undefined)

  failing = 9
  await expect(here.run(step)).rejects.toMatchObject({
    code: 'GW_CALL_REFUSED',
    message: expect.stringMatching(/answered 503, expected 200\.\n {2}busy, Bearer ‹secret›/),
  })
  failing = 0
  const other = call('other', { request: { url: server.url }, undo: null, expect: { json: { state: { version: 3 } } } })
  await expect(here.run(other)).rejects.toMatchObject({ message: expect.stringContaining('state.version is 2, expected 3') })
})

test('a call whose answer never came is not made twice, unless it may be', async () => {
  const here = await at()
  let calls = 0
  await using server = await serving(() => (calls++, [200, '{}']))
  const request = { url: server.url }
  const step = call('once', { request, undo: null })
  await expect(here.run(dying(step))).rejects.toThrow('died')
  await expect(here.run(step)).rejects.toMatchObject({ code: 'GW_OUTCOME_UNKNOWN' })
  expect(calls).toBe(1)
  await here.run(call('once', { request, undo: null, there: { url: server.url } }))
  expect(calls).toBe(2)
})

test('a smoke check tries as often as it may, and then takes the cutover back or stops, as it is told', async () => {
  const here = await at()
  let looked = 0
  await using server = await serving(() => [++looked < 3 ? 500 : 200, '{"up":true}'])
  const switched = command('switch', { run: append('new'), undo: append('old') })
  const up = (tries: number, otherwise?: 'stop') =>
    smoke('up', { request: { url: server.url }, expect: { json: { up: true } }, tries, every: '1ms', ...(otherwise ? { otherwise } : {}) })
  await expect(here.run(switched, up(2))).rejects.toMatchObject({
    code: 'GW_ROLLED_BACK',
    exit: 4,
    message: expect.stringContaining('no after 2 tries'),
  })
  expect([looked, here.said()]).toEqual([2, 'new old'])
  looked = 0
  await expect(here.run(switched, up(2, 'stop'))).rejects.toMatchObject({ code: 'GW_SMOKE_NO', exit: 4 })
  expect(here.said()).toBe('new old new')
  const view = await here.run(switched, up(2, 'stop'))
  expect(view.state).toBe('finished')
})

test.each([
  ['no row', 'select 1 where false', { value: 1 }, 'gives 0 rows'],
  ['nothing in it', 'select null', { value: 1 }, 'nothing in one'],
  ['below', 'select 4', { atLeast: 5 }, 'it is 4, expected at least 5'],
  ['at', 'select 5', { atLeast: 5 }, undefined],
  ['other', `select 'a'`, { value: 'b' }, 'it is a, expected b'],
] as const)('a question with %s', async (_, sql, expected, why) => {
  const here = await at()
  const ran = here.run(smoke('asked', { sql, expect: expected, tries: 1, otherwise: 'stop' }))
  if (why === undefined) expect((await ran).state).toBe('finished')
  else await expect(ran).rejects.toMatchObject({ code: 'GW_SMOKE_NO', message: expect.stringContaining(why) })
})
