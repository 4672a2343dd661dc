// The commands as people say them: a run that tells, what waits, and a Godwit that is killed while a message is on its way.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { fill, folder, godwit, jsonOf, migrationText } from '../cli/godwit.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { receiver } from '../support/receiver.ts'

const config = (notify: string) =>
  `export default { database: '\${DATABASE_URL}', run: { workers: 1, budget: { rows: 100, percent: 50 } }, notify: ${notify} }\n`
const project = (notify: string, files: Record<string, string> = {}) =>
  folder({ 'godwit.config.ts': config(notify), 'migration.ts': migrationText, ...files })

/** Keeps what it is given; where it is told to, it ends the process that started it before it says that it has it. */
const pager = `import { appendFileSync, existsSync, readFileSync } from 'node:fs'
const notice = readFileSync(0, 'utf8')
appendFileSync('told.ndjson', notice)
if (existsSync('kill') && JSON.parse(notice).title.startsWith('backfill') && readFileSync('told.ndjson', 'utf8').split('backfill done').length === 2) process.kill(process.ppid, 'SIGKILL')
`
const channel = `{ channels: { pager: { command: ['${process.execPath}', 'pager.mjs'] } } }`
const toldIn = (root: string) =>
  readFileSync(path.join(root, 'told.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l) as { id: string; title: string; run: string })

test('a run tells, by a program of one’s own', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const root = project(channel, { 'pager.mjs': pager })
  const env = { DATABASE_URL: db.url }
  const ended = await godwit(['run', '-C', root], { env })
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  expect(toldIn(root).map((t) => t.title)).toEqual([
    'backfill done: 17 of 20 rows migrated, 3 in quarantine',
    'verify done',
    'done: 17 of 20 rows migrated, 3 in quarantine',
  ])
  const shown = jsonOf(await godwit(['notify', '-C', root, '--json'], { env }))
  expect(shown.notices.map((n: { state: string }) => n.state)).toEqual(['sent', 'sent', 'sent'])
  await godwit(['run', '-C', root, '--dry-run'], { env })
  expect(toldIn(root)).toHaveLength(3)
})

test('a Godwit that is killed while a message is on its way tells again under the same id, and the rest once', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const root = project(channel, { 'pager.mjs': pager, kill: '' })
  const env = { DATABASE_URL: db.url }
  expect((await godwit(['run', '-C', root, '--to', 'backfill'], { env })).code).not.toBe(0)
  const [first] = toldIn(root)
  await query(db.url, `update godwit.notice set due = now() - interval '1 second' where state = 'waiting'`)
  expect((await godwit(['run', '-C', root], { env })).code).toBe(0)
  const again = toldIn(root).filter((t) => t.title === first!.title)
  expect(new Set(again.map((t) => t.id)).size).toBe(1)
  expect(again).toHaveLength(2)
  const ids = toldIn(root).map((t) => t.id)
  expect(new Set(ids).size).toBe(ids.length - 1)
  expect(toldIn(root).at(-1)!.title).toMatch(/^done/)
})

test('what waits is shown, with why, and sent when somebody says so', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  await using records = await receiver()
  const root = project("{ channels: { records: { webhook: '${HOOK}', key: '${KEY}', on: ['finished'] } } }")
  const env = { DATABASE_URL: db.url, HOOK: `${records.url}/a-secret-path`, KEY: 'a-secret-key-of-many-letters' }
  records.status = 500
  const ran = await godwit(['run', '-C', root], { env })
  expect(ran.code).toBe(0)
  expect(ran.stderr).toContain('1 message not sent yet, by records')
  const shown = await godwit(['notify', '-C', root], { env })
  expect(shown.stdout).toMatch(/1 message not sent\n {2}records .*done: 17 of 20[\s\S]*HTTP 500/)
  const refused = await godwit(['notify', 'retry', '-C', root], { env })
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('1 message not taken')])
  records.status = 200
  const sent = await godwit(['notify', 'retry', '-C', root], { env })
  expect([sent.code, sent.stdout]).toEqual([0, expect.stringContaining('1 message sent.')])
  for (const { all } of [ran, shown, refused, sent]) expect(all).not.toMatch(/a-secret/)
  expect((await query(db.url, 'select * from godwit.notice')).flat().join(' ')).not.toMatch(/a-secret/)
})

test('a channel is tested, and one that is not there is not guessed', async () => {
  await using records = await receiver()
  const root = project("{ channels: { team: { slack: '${HOOK}' } } }")
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing', HOOK: `${records.url}/hook-secret` }
  const sent = await godwit(['notify', 'test', '--to', 'team', '-C', root], { env })
  expect([sent.code, sent.all]).toEqual([0, expect.stringContaining('has taken the message')])
  expect(JSON.parse(records.calls[0]!.body).text).toContain('Godwit can be heard on team')
  records.status = 404
  const refused = await godwit(['notify', 'test', '--to', 'team', '-C', root], { env })
  expect([refused.code, refused.all]).toEqual([1, expect.stringContaining('GW_NOTICE_NOT_TAKEN')])
  const unknown = await godwit(['notify', 'test', '--to', 'taem', '-C', root], { env })
  expect([unknown.code, unknown.all]).toEqual([2, expect.stringContaining("Did you mean 'team'?")])
  for (const { all } of [sent, refused, unknown]) expect(all).not.toContain('hook-secret')
})

test('announcements and runbooks are written from the plan', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const root = project("{ contacts: { 'the data': 'Ana Ruiz' } }", {
    'news.txt': '{{migration}} on {{window}}',
    'news.ts': 'export default (facts, { audience }) => `${audience}: ${facts.rows}`',
    'bad.txt': 'x\n{{widow}}',
  })
  const env = { DATABASE_URL: db.url }
  const say = (...words: string[]) => godwit([...words, '-C', root], { env, cwd: root })
  expect((await say('announce', '--window', '2026-12-01 02:00/04:00')).stdout).toContain('2026-12-01 02:00 to 04:00 UTC')
  expect((await say('announce', '--template', 'news.txt', '--window', '2026-12-01 02:00/04:00')).stdout).toBe(
    'customers on 2026-12-01 02:00 to 04:00 UTC\n',
  )
  expect((await say('announce', '--template', 'news.ts', '--audience', 'team')).stdout).toBe('team: 20 rows\n')
  expect(await say('announce', '--template', 'bad.txt')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/GW_TEMPLATE_NAME[\s\S]*\{\{window\}\}[\s\S]*bad\.txt:2/),
  })
  expect(await say('announce', '--template', 'none.txt')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('GW_TEMPLATE_UNREADABLE'),
  })
  expect(await say('announce', '--window', 'tonight')).toMatchObject({ code: 2, stderr: expect.stringContaining('GW_WINDOW') })
  const book = await say('runbook')
  expect(book.stdout).toMatch(/`godwit run --to backfill -C \S+`[\s\S]*`godwit run -C/)
  expect(book.stdout).toContain('| the data | Ana Ruiz |')
  expect((await query(db.url, `select to_regnamespace('godwit')`))[0]![0]).toBeNull()
})
