// Sides that are no query: programs, services and files, with what can go wrong in each.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { plan, run } from '../../src/api.ts'
import { openDuckdb } from '../../src/databases/files/duckdb.ts'
import { withSources } from '../../src/databases/sources.ts'
import { openSqliteSource } from '../../src/databases/sqlite/source.ts'
import type { Shadow } from '../../src/index.ts'
import { gate, hour, place, usual } from './place.ts'

const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script]
const prints = (value: unknown) => node(`console.log(${JSON.stringify(JSON.stringify(value))})`)

test('programs print JSON; they are told the pair, the time and the input', async () => {
  await using p = await place()
  const tells = node(
    `const e = process.env; console.log(JSON.stringify({ total: 55, n: e.GODWIT_PAIR, at: e.GODWIT_AT, sha: e.GODWIT_INPUT_SHA256 }))`,
  )
  const said = await p.go(
    gate({ new: { command: tells }, compare: { total: {}, n: 'exact' }, old: { command: prints({ total: 55, n: '1' }) } }),
  )
  expect(said.state).toBe('waiting')
  const [pair] = await p.pairs()
  expect(pair!.notes).toEqual(['only the new side has at, sha'])
  expect(pair!.input.old).toMatch(/^[0-9a-f]{64}$/)
})

test('arguments are given as they are, and {n} and {at} stand for the pair', async () => {
  await using p = await place()
  const echo: [string, ...string[]] = [
    process.execPath,
    '-e',
    'console.log(JSON.stringify({ total: 55, said: process.argv.slice(1).join(" ") }))',
    '{n}',
    '{at}',
    '$(id)',
  ]
  await p.go(
    gate({
      new: { command: echo },
      old: { command: prints({ total: 55, said: '1 2026-01-01T00:00:00.000Z $(id)' }) },
      compare: { said: 'exact' },
    }),
  )
  expect((await p.pairs())[0]).toMatchObject({ verdict: 'passed', values: [{ name: 'said', new: '1 2026-01-01T00:00:00.000Z $(id)' }] })
})

test.each<[string, [string, ...string[]], string, string?]>([
  ['a program that fails', node('console.error("no such\\ncolumn dpd"); process.exit(3)'), 'it ended with exit 3: column dpd'],
  ['a program that takes too long', node('setTimeout(() => {}, 60000)'), 'it was not done within 500ms', '500ms'],
  ['a program that says nothing', node(''), 'it said nothing'],
  ['a program that says something else', node('console.log("Done.")'), 'it is no JSON: line 1'],
  ['a program that says far too much', node('process.stdout.write("x".repeat(40 << 20))'), 'went beyond 17 MB'],
])('%s is a side that failed', async (_, command, why, timeout = '1 min') => {
  await using p = await place()
  const no = await p.go(gate({ new: { command, timeout } }))
  expect(no.state).toBe('GW_PAIR_NO')
  expect(no.said).toContain('new side: it failed: ')
  expect(no.said).toContain(why)
})

test('a program that is not there is a mistake, and no pair', async () => {
  await using p = await place()
  expect((await p.go(gate({ new: { command: ['no-such-program-anywhere'] } }))).state).toBe('GW_COMMAND_MISSING')
  expect(await p.pairs()).toHaveLength(0)
})

test('a secret is given to a side, and stands in no line of the ledger', async () => {
  await using p = await place()
  const leaks = node('console.log(JSON.stringify({ total: 55, token: process.env.TOKEN })); ')
  const fails = node('console.error("bad token " + process.env.TOKEN); process.exit(1)')
  const known = (name: string) => (name === 'KPI_TOKEN' ? 'tok-very-secret' : undefined)
  const env = { TOKEN: '${KPI_TOKEN}' }
  await p.go(
    gate({ new: { command: leaks, env }, compare: { total: {}, token: 'exact' }, old: { command: prints({ total: 55, token: 'x' }) } }),
    known,
  )
  const no = await p.go(gate({ new: { command: fails, env } }), known)
  expect(no.said).toContain('bad token ‹secret›')
  const pairs = await p.pairs()
  expect(pairs).toHaveLength(2)
  expect(JSON.stringify(pairs)).not.toContain('very-secret')
  const kept = await p.sql(`select string_agg(body::text, '') from godwit.event`)
  expect(JSON.stringify(kept)).not.toContain('very-secret')
  expect((await p.go(gate({ new: { command: fails, env } }), () => undefined)).state).toBe('GW_STEP_UNSET')
})

async function service(answer: (url: string, header: string | undefined) => { status?: number; body: string } | undefined) {
  const server = createServer((request, response) => {
    const said = answer(request.url!, request.headers['x-key'] as string | undefined)
    if (!said) return
    response.statusCode = said.status ?? 200
    response.end(said.body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

test('services answer with JSON', async () => {
  await using p = await place()
  await using s = await service((url, key) => ({ body: JSON.stringify({ total: 55, url, key: key ?? null }) }))
  const now = { http: `${s.url}/kpi?n={n}`, headers: { 'x-key': '${KEY}' } }
  const said = await p.go(gate({ new: now, compare: { total: {} } }), () => 'key-1234')
  expect(said.state).toBe('waiting')
  expect((await p.pairs())[0]!.notes).toEqual(['only the new side has url, key'])
})

test.each<[string, { status?: number; body: string } | undefined, string]>([
  ['that does not answer', undefined, 'no answer within 300 ms'],
  ['that refuses', { status: 503, body: '{"total": 55}' }, 'it answered with 503'],
  ['that sends one elsewhere', { status: 302, body: '' }, 'it answered with 302'],
  ['that answers with a page', { body: '<html>' }, 'it is no JSON'],
])('a service %s is a side that failed', async (_, answer, why) => {
  await using p = await place()
  await using s = await service(() => answer)
  expect((await p.go(gate({ new: { http: s.url, timeout: '300ms' } }))).said).toContain(why)
})

const files: Partial<Shadow> = {
  input: { given: 'sha' },
  old: { file: 'v1/*.json' },
  new: { file: 'v2/*.json' },
}

function writer(root: string) {
  let ticks = 1_700_000_000
  return (name: string, body: string) => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), body)
    utimesSync(path.join(root, name), ++ticks, ticks)
  }
}

test('files appear: each is in one pair, with the one that was made from the same', async () => {
  await using p = await place()
  const write = writer(p.root)
  expect(await p.go(gate(files))).toMatchObject({ state: 'waiting', said: expect.stringContaining('nothing new is in v1/*.json') })
  write('v1/01.json', '{"sha": "a", "total": 1.0}')
  expect((await p.go(gate(files))).said).toContain('nothing new is in v2/*.json')
  expect(await p.pairs()).toHaveLength(0)
  write('v2/00.json', '{"sha": "b", "total": 2.0}')
  write('v2/01.json', '{"sha": "a", "total": 1.001}')
  expect((await p.go(gate(files))).said).toContain('1 of 3 pairs hold; the next is due')
  p.clock.at += hour
  expect((await p.go(gate(files))).said).toContain('nothing new is in v1/*.json')
  write('v1/02.json', '{"sha": "c", "total": 3}')
  const no = await p.go(gate(files))
  expect(no.said).toContain('the two sides had another input: c and b')
})

test('a file that is written again is another one', async () => {
  await using p = await place()
  const write = writer(p.root)
  const both = { ...files, old: { file: 'old.json' }, new: { file: 'new.json' } }
  for (const [n, waits] of [
    [1, '1 of 3'],
    [2, '2 of 3'],
  ] as const) {
    write('old.json', `{"sha": "${n}", "total": ${n}}`)
    write('new.json', `{"sha": "${n}", "total": ${n}}`)
    expect((await p.go(gate(both))).said).toContain(waits)
    p.clock.at += hour
    expect((await p.go(gate(both))).said).toContain('nothing new is in old.json')
  }
})

test('rows in CSV, NDJSON and Parquet; and a digest of files as the input', async () => {
  await using p = await place()
  const write = writer(p.root)
  write('in/feed.csv', 'id\n1\n')
  write('old.csv', 'id,amount\n1,10.00\n2,20.00\n')
  write('new.ndjson', '{"id": 1, "amount": 10.004}\n{"id": 2, "amount": 20}\n')
  const duckdb = await openDuckdb([p.root])
  await duckdb.all(`copy (select * from (values (1, 10.00), (2, 20.02)) t(id, amount)) to '${p.root}/new.parquet' (format parquet)`)
  duckdb.close()
  const rows = (file: string): Partial<Shadow> => ({
    compare: {},
    input: { file: 'in/*' },
    old: { file: 'old.csv' },
    new: { file },
    rows: { key: ['id'], compare: { amount: { apart: '0.01' } } },
  })
  expect((await p.go(gate(rows('new.ndjson')))).said).toContain('1 of 3 pairs hold')
  write('old.csv', 'id,amount\n1,10.00\n2,20.00\n')
  const no = await p.go(gate(rows('new.parquet')))
  expect(no.said).toContain('column amount: 1 of 2 do not hold < 0.01')
  expect((await p.pairs()).at(-1)!.rows!.sample).toEqual([{ key: '2', what: 'amount: differs', old: '20.00', new: '20.02', off: '0.02' }])
})

test.each([
  ['cut off', 'new.json', '{"sha": "a", "to', 'no JSON'],
  ['of two minds', 'new.json', '{"sha": "a", "total": 1, "total": 2}', 'the key "total" twice'],
  ['of two minds in a line', 'new.ndjson', '{"sha": "a"}\n{"total": 1, "total": 2}', 'new.ndjson:2 has a key twice'],
  ['with a row that is none', 'new.csv', 'name,value\ntotal\n', 'has more or fewer fields'],
])('a file that is %s is a side that failed', async (_, file, body, why) => {
  await using p = await place()
  const write = writer(p.root)
  write('old.json', '{"sha": "a", "total": 1}')
  write(file, body)
  expect((await p.go(gate({ ...files, old: { file: 'old.json' }, new: { file } }))).said).toContain(why)
})

test('a file outside of the project is refused', async () => {
  await using p = await place()
  expect((await p.go(gate({ old: { file: '../v1.json' } }))).state).toBe('GW_FILE_OUTSIDE')
})

test('a source is asked in its own words', async () => {
  await using p = await place()
  const file = path.join(p.root, 'v1.sqlite')
  const sqlite = new DatabaseSync(file)
  sqlite.exec(`create table kpi (name text, value text); insert into kpi values ('total', '55.1')`)
  sqlite.close()
  const db = withSources(p.db, new Map([['v1', await openSqliteSource(file, 'v1.sqlite')]]))
  const asks = gate({ old: { sql: 'select name, value from kpi', of: 'v1' }, input: { sql: 'select count(*) as n from kpi', of: 'v1' } })
  const view = await run(await plan(asks, db), db, { clock: p.clock, root: p.root })
  expect(view.gate!.why).toContain('1 of 3 pairs hold')
  expect((await p.pairs())[0]!.values[0]).toMatchObject({ old: '55.1', new: '55', off: '0.1814 %' })
})

test('what made each side is compared: a copy is told', async () => {
  await using p = await place(`create table runs (name text, value text, engine text); insert into runs values ('total', '55', 'v2')`)
  const both = {
    old: { sql: 'select name, value, engine from public.runs limit 1' },
    new: { sql: 'select name, value, engine from public.runs' },
    maker: 'engine',
  }
  expect((await p.go(gate({ ...both, title: usual.title }))).said).toContain(
    'old side: it is a copy of the new side: both say that v2 made them',
  )
})
