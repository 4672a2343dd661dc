// approve and reject as people say them, in processes of their own.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { signReply } from '../../src/api.ts'
import { fill, folder, godwit, jsonOf, migrationText, start } from '../cli/godwit.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const key = 'a-key-that-nobody-sees-7'
const config = `export default {
  database: '\${DATABASE_URL}',
  owns: { readOnly: ['public.old_customer'] },
  run: { workers: 1, budget: { rows: 100, percent: 50 } },
  people: { ada: { roles: ['dba'], accounts: ['alovelace'], key: '\${ADA_KEY}' }, bob: { roles: ['business'] } },
  defaultEnvironment: 'dev',
  environments: { dev: {}, prod: { protected: true } },
}
`
const migration = migrationText
  .replace('import { bigint', 'import { approve, ddl, bigint')
  .replace(
    '  verify: [',
    "  cutover: [approve('the totals are right', { by: ['dba', 'business'] }), ddl('the switch', { forward: 'create table public.switched (id int)', back: 'drop table public.switched' })],\n  verify: [",
  )

/** As one line, however it was wrapped. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')

async function at(more: Readonly<Record<string, string>> = {}) {
  const db = await freshDatabase()
  await fill(db.url)
  const cwd = folder({ 'godwit.config.ts': config, 'migration.ts': migration })
  const env = { DATABASE_URL: db.url, GODWIT_USER: 'carol', ADA_KEY: undefined, ...more }
  const go = (...args: string[]) => godwit(args, { cwd, env })
  const as = (who: string, ...args: string[]) => godwit(args, { cwd, env: { ...env, GODWIT_USER: who } })
  return { db, cwd, env, go, as, [Symbol.asyncDispose]: db.drop }
}

test('a run waits, is approved by two, and goes on', async () => {
  await using here = await at({ ADA_KEY: key })
  const { go, as } = here
  const waiting = await go('run')
  expect(waiting.code).toBe(3)
  expect(flat(waiting.stdout)).toMatch(/waiting for approval: the totals are right \(needs somebody of dba and somebody of business\)/)
  expect(waiting.stdout).toMatch(/godwit approve r1/)
  expect((await go('status')).stdout).toMatch(/waits +waiting for approval: the totals are right/)

  const stranger = await go('approve', 'r1')
  expect(stranger.code).toBe(2)
  expect(stranger.stderr).toMatch(/GW_PERSON_UNKNOWN {2}'carol' is none of the people/)
  const yes = await as('alovelace', 'approve', 'r1', '--note', 'seen')
  expect(yes.stdout).toMatch(/✓ r1 {2}cutover\.1 {2}approved by ada \(dba; signed\): seen/)
  expect(yes.stdout).toMatch(/still needed: somebody of business/)
  expect(jsonOf(await go('approve', 'r1', '--by', 'bob', '--json'))).toMatchObject({
    ok: true,
    answer: { person: 'bob', proof: 'claimed' },
    lacking: [],
  })
  const done = await go('run')
  expect(done.code).toBe(0)
  expect(flat(done.stdout)).toMatch(/approved by ada \(dba; signed\) and bob \(business; claimed, not proved\)/)
  for (const { all } of [waiting, stranger, yes, done]) expect(all).not.toContain(key)
})

test('a no ends the run with 4', async () => {
  await using here = await at()
  await here.go('run')
  const no = await here.as('bob', 'reject', 'r1', '--why', 'the totals of May are off')
  expect([no.code, no.stdout]).toEqual([
    0,
    expect.stringMatching(/✗ r1 {2}cutover\.1 {2}rejected by bob \(business; claimed, not proved\): the totals of May/),
  ])
  const run = await here.go('run')
  expect(run.code).toBe(4)
  expect(run.stderr).toMatch(/GW_REJECTED {2}bob said no to "the totals are right"/)
  expect(await query(here.db.url, `select to_regclass('public.switched')`)).toEqual([[null]])
})

test('whose key is not here cannot answer here; what they have signed can be brought', async () => {
  await using here = await at()
  const { plan } = jsonOf(await here.go('run', '--json'))['run'] as { plan: string }
  const without = await here.go('approve', 'r1', '--by', 'ada')
  expect([without.code, without.stderr]).toEqual([2, expect.stringMatching(/GW_KEY_MISSING {2}ada signs with the key in \$\{ADA_KEY\}/)])
  const file = path.join(here.cwd, 'answer.json')
  const answer = {
    run: 'r1',
    step: 'cutover.1',
    plan,
    verdict: 'approved',
    by: 'ada',
    nonce: 'used-once-in-a-test',
    at: new Date().toISOString(),
  } as const
  writeFileSync(file, JSON.stringify(signReply(key, answer)))
  expect((await here.go('approve', '--token', file)).stderr).toMatch(/GW_KEY_MISSING/)
  const env = { ...here.env, ADA_KEY: key }
  expect((await godwit(['approve', '--token', file], { cwd: here.cwd, env })).stdout).toMatch(/approved by ada \(dba; signed\)/)
  const again = await godwit(['approve', '--token', file], { cwd: here.cwd, env })
  expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/GW_APPROVAL_REPLAYED/)])
})

test('a door is opened for signed answers, and shut by Ctrl-C', async () => {
  await using here = await at({ ADA_KEY: key })
  const { plan } = jsonOf(await here.go('run', '--json'))['run'] as { plan: string }
  const door = start(['approve', '--listen', '0', '--json'], { cwd: here.cwd, env: here.env })
  let said = ''
  door.child.stderr!.on('data', (piece: string) => (said += piece))
  await door.said(/Taking signed answers of ada at http:\/\/127\.0\.0\.1:\d+/)
  const port = /127\.0\.0\.1:(\d+)/.exec(said)![1]
  const answer = {
    run: 'r1',
    step: 'cutover.1',
    plan,
    verdict: 'approved',
    by: 'ada',
    nonce: 'used-once-in-a-test',
    at: new Date().toISOString(),
  } as const
  const reply = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(signReply(key, answer)) })
  expect([reply.status, await reply.json()]).toEqual([200, expect.objectContaining({ person: 'ada', lacking: ['somebody of business'] })])
  door.kill('SIGINT')
  const ended = await door.ended
  expect(ended.code).toBe(0)
  expect(jsonOf(ended)).toMatchObject({ ok: true, taken: [{ answer: { person: 'ada' } }] })
  expect(ended.all).not.toContain(key)
})

test('rows in quarantine keep a protected environment from being cut over, until they are accepted', async () => {
  await using here = await at({ ADA_KEY: key })
  const { cwd, env } = here
  writeFileSync(path.join(cwd, 'migration.ts'), migration.replace("approve('the totals are right', { by: ['dba', 'business'] }), ", ''))
  const database = new URL(here.db.url).pathname.slice(1)
  const prod = (...args: string[]) => godwit([...args, '--env', 'prod'], { cwd, env })
  const no = await prod('run', '--confirm', database)
  expect([no.code, flat(no.stderr)]).toEqual([
    4,
    expect.stringMatching(/GW_PROTECTED[\s\S]*3 rows are in quarantine[\s\S]*godwit approve r1 --accept-quarantine 3/),
  ])
  expect((await prod('approve', 'r1', '--accept-quarantine', '4', '--by', 'bob')).stderr).toMatch(/GW_QUARANTINE_COUNT/)
  expect((await prod('approve', 'r1', '--accept-quarantine', '3', '--by', 'bob')).stdout).toMatch(/approved by bob/)
  expect((await prod('run', '--confirm', database)).code).toBe(0)
})

test.each([
  [['approve'], /Which run\?/],
  [['approve', '--listen', 'everywhere'], /It is a port, or HOST:PORT/],
  [['approve', '--listen', '0'], /none of the people of the configuration has a key that is known here/],
  [['approve', '--token', 'nowhere.json'], /nowhere\.json cannot be read/],
  [['approve', 'r1', '--note', ' '], /empty, or more than one line/],
  [['reject', 'r1'], /--why/],
  [['approve', 'r7'], /GW_RUN_UNKNOWN/],
])('%j', async (args, says) => {
  await using here = await at()
  const ended = await here.go(...args)
  expect([ended.code, flat(ended.stderr)]).toEqual([2, expect.stringMatching(says)])
})

test.each([
  ["people: { ada: { roles: 'dba' } }", /people\.ada\.roles must be a list of roles/],
  ["people: { ada: { roles: [], key: 'written down' } }", /people\.ada\.key must be a variable such as '\$\{ADA_KEY\}'/],
  ["people: { ada: { roles: [], keys: '' } }", /people\.ada\.keys is not a key that Godwit knows\. Did you mean 'key'\?/],
  ["people: { ada: { roles: [] }, bob: { roles: [], accounts: ['ada'] } }", /people\.bob\.accounts\[0\] is a name of ada as well/],
  ['protection: { verifiedWithin: 30 }', /protection\.verifiedWithin must be a duration/],
])('a configuration with %s is refused', async (line, says) => {
  const cwd = folder({
    'godwit.config.ts': `export default { database: 'postgres://nowhere.invalid/x', ${line} }`,
    'migration.ts': migration,
  })
  const ended = await godwit(['status'], { cwd })
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(says)])
  expect(ended.all).not.toContain('written down')
})
