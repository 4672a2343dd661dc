// Flags: what stood there is kept, what is set is read back, and nothing of anybody else's is overwritten.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect, plan, run, undo } from '../../src/api.ts'
import { envFile, flag, flagCommand, flagProvider, flagRow, flagService, flags, migration, openFeature, smoke } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { quickClock } from '../crash/process.ts'
import { life } from '../support/life.ts'
import { freshDatabase } from '../support/postgres.ts'
import { serving } from './serving.ts'
import { temporary } from './temporary.ts'

const nothing = () => 'create table other (id int primary key)'

const text = '# of the shop\nexport PORT=80 # for all\r\nUSE_V2_API="false"  # until autumn\nLAST=\'a b\''

const inFile = () => {
  const root = temporary({ '.env': text })
  return { root, file: path.join(root, '.env'), state: () => readFileSync(path.join(root, '.env'), 'utf8') }
}

life('a flag in a file', {
  setup: nothing,
  world: inFile,
  steps: () => [flag('USE_V2_API', { to: true, in: envFile('.env') }), flag('new', { to: 'a "b"', in: envFile('.env', 'NEW') })],
  once: async ({ state }) => expect(state()).toBe(`${text.replace('"false"', '"true"')}\r\nNEW='a "b"'`),
})

life('a flag in a row', {
  setup: () =>
    `create table feature (name varchar(40) primary key, value varchar(40)); insert into feature values ('v2', 'it''s \\off'), ('v1', 'on')`,
  steps: (_, kind) => [flag('v2', { to: "it's \\on", in: flagRow(`${kind.schema}.feature`, { where: { name: 'v2' }, column: 'value' }) })],
  once: async (_, place) => expect(await place.sql(`select value from feature order by name`)).toEqual([['on'], ["it's \\on"]]),
})

const program = (root: string) =>
  flagCommand({
    get: [process.execPath, '-e', 'process.stdout.write(require("fs").readFileSync("flag","utf8"))'],
    set: (value) => [process.execPath, '-e', 'require("fs").writeFileSync("flag", process.argv[1])', value],
    env: { ROOT: root },
  })

const elsewhere = 'it stands outside of the database, as the file does'

life('a flag that a program is in charge of', {
  setup: nothing,
  not: { SQLite: elsewhere, MariaDB: elsewhere },
  world: () => {
    const root = temporary({ flag: 'old' })
    return { root, state: () => readFileSync(path.join(root, 'flag'), 'utf8') }
  },
  steps: ({ root }) => [flag('way', { to: 'new', in: program(root) })],
  once: async ({ state }) => expect(state()).toBe('new'),
})

const cutover = (...steps: readonly Step[]) => migration('flags', { cutover: steps })

/** One database and one file for what can go wrong. */
async function at(value = 'off') {
  const fresh = await freshDatabase()
  const db = await connect(fresh.url)
  const root = temporary({ '.env': `FLAG=${value}\n` })
  onTestFinished(async () => {
    await db.close()
    await fresh.drop()
  })
  return {
    write: (text: string) => writeFileSync(path.join(root, '.env'), text),
    text: () => readFileSync(path.join(root, '.env'), 'utf8'),
    run: async (...steps: readonly Step[]) => run(await plan(cutover(...steps), db), db, { root, clock: quickClock }),
    undo: async (...steps: readonly Step[]) => undo(await plan(cutover(...steps), db), db, { root, clock: quickClock }),
  }
}

test('somebody has changed it since: an undo leaves it alone and says so, and goes on when it is settled', async () => {
  const here = await at()
  const step = flag('FLAG', { to: 'on', in: envFile('.env') })
  await here.run(step)
  here.write('FLAG=other\n')
  await expect(here.undo(step)).rejects.toMatchObject({ code: 'GW_FLAG_CHANGED_SINCE', message: expect.stringContaining("is 'other' now") })
  expect(here.text()).toBe('FLAG=other\n')
  here.write('FLAG=on\n')
  await here.undo(step)
  expect(here.text()).toBe('FLAG=off\n')
})

test('a flag that does not stick stops the run, and what is after it is not done', async () => {
  const here = await at()
  let asked = 0
  const stubborn = flagProvider({ name: 'a cache', get: () => (asked++, 'off'), set: () => undefined })
  const steps = [flag('way', { to: 'on', in: stubborn, within: '400ms' }), flag('FLAG', { to: 'on', in: envFile('.env') })]
  await expect(here.run(...steps)).rejects.toMatchObject({
    code: 'GW_FLAG_DID_NOT_STICK',
    message: "way was set to 'on' in a cache, and read back it is 'off'.",
  })
  expect(asked).toBeGreaterThan(2)
  expect(here.text()).toBe('FLAG=off\n')
})

test('what cannot be put back is not begun', async () => {
  const here = await at()
  let set = 0
  const place = flagProvider({ name: 'a service', get: () => null, set: () => void set++ })
  await expect(here.run(flag('way', { to: 'on', in: place }))).rejects.toMatchObject({ code: 'GW_FLAG_MISSING', exit: 2 })
  await expect(here.run(flag('way', { to: 'on', in: envFile('none.env') }))).rejects.toMatchObject({ code: 'GW_FLAG_MISSING' })
  expect(set).toBe(0)
})

test('one that stood there already stays after an undo', async () => {
  const here = await at('on')
  const step = flag('FLAG', { to: 'on', in: envFile('.env') })
  expect((await here.run(step)).steps.at(-1)).toMatchObject({ note: 'it was on already' })
  await here.undo(step)
  expect(here.text()).toBe('FLAG=on\n')
})

test('endpoint by endpoint: the one that does not hold takes all of them back', async () => {
  const here = await at()
  const values = new Map([
    ['a', 'v1'],
    ['b', 'v1'],
  ])
  const place = flagProvider({ name: 'flags', get: (name) => values.get(name), set: (name, to) => values.set(name, to) })
  const looks = (sql: string) => smoke(`asked ${sql}`, { sql, expect: { value: 1 }, tries: 1 })
  const steps = flags([
    { name: 'a', to: 'v2', in: place, smoke: looks('select 1') },
    { name: 'b', to: 'v2', in: place, smoke: looks('select 2') },
  ])
  await expect(here.run(...steps)).rejects.toMatchObject({
    code: 'GW_ROLLED_BACK',
    message: expect.stringContaining('it is 2, expected 1'),
  })
  expect([...values.values()]).toEqual(['v1', 'v1'])
})

test('a provider of OpenFeature reads, and somebody else sets', async () => {
  const here = await at()
  const values = new Map<string, boolean>([['old', false]])
  const provider = {
    metadata: { name: 'in memory' },
    resolveBooleanEvaluation: async (name: string, fallback: boolean) => ({ value: values.get(name) ?? fallback }),
    resolveStringEvaluation: async (name: string, fallback: string) => ({ value: values.has(name) ? String(values.get(name)) : fallback }),
  }
  const told = { set: (name: string, to: string) => values.set(name, to === 'true'), unset: (name: string) => values.delete(name) }
  const steps = [flag('old', { to: true, in: openFeature(provider, told) }), flag('new', { to: true, in: openFeature(provider, told) })]
  await here.run(...steps)
  expect([...values]).toEqual([
    ['old', true],
    ['new', true],
  ])
  await here.undo(...steps)
  expect([...values]).toEqual([['old', false]])
  await here.run(flag('old', { to: 'true', in: openFeature(provider, { ...told, as: 'string' }) }))
  expect(values.get('old')).toBe(true)
})

test('a service is asked and told, with a key that is in no output', async () => {
  const here = await at()
  const state = { enabled: 'off', said: [] as string[] }
  await using server = await serving((method, body, headers) => {
    if (headers['authorization'] !== 'Bearer very-secret') return [401, `no such key: ${headers['authorization']}`]
    state.said.push(method)
    if (method === 'PATCH') state.enabled = (JSON.parse(body) as { enabled: string }).enabled
    return [200, JSON.stringify({ data: { enabled: state.enabled } })]
  })
  process.env['FLAG_KEY'] = 'very-secret'
  onTestFinished(() => void delete process.env['FLAG_KEY'])
  const place = (authorization: string) =>
    flagService({
      get: { url: `${server.url}/flags/v2`, headers: { authorization }, at: 'data.enabled' },
      set: (enabled) => ({ url: `${server.url}/flags/v2`, method: 'PATCH', headers: { authorization }, body: { enabled } }),
    })
  const step = flag('v2', { to: 'on', in: place(`Bearer \${FLAG_KEY}`) })
  await here.run(step)
  expect(state).toEqual({ enabled: 'on', said: ['GET', 'PATCH', 'GET'] })
  await here.undo(step)
  expect(state.enabled).toBe('off')
  const wrong = here.run(flag('v2', { to: 'on', in: place(`Basic \${FLAG_KEY}`) }))
  await expect(wrong).rejects.toMatchObject({ code: 'GW_FLAG_UNREADABLE', message: expect.stringContaining('Basic ‹secret›') })
  const unset = here.run(flag('v2', { to: 'on', in: place(`\${NO_SUCH_KEY}`) }))
  await expect(unset).rejects.toMatchObject({ code: 'GW_STEP_UNSET', exit: 2 })
})
