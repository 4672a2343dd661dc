// The command as people run it: pairs a second apart, exit codes, the terminal and the page.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { fill, folder, godwit, jsonOf, migrationText } from '../cli/godwit.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const compared = migrationText.replace('import { ', 'import { shadow, ').replace(
  "migration('customers', customers, {",
  `migration('customers', customers, { cutover: [shadow({
  title: 'sums of both engines',
  input: { sql: 'select n from public.feed' },
  old: { sql: "select 'total' as name, n::text as value from public.feed" },
  new: { command: [process.execPath, '-e', 'console.log(JSON.stringify({ total: process.env.TOTAL }))'] },
  compare: { total: { within: '1 %' } },
  pairs: 2,
  every: '1s',
})],`,
)

test('run, shadow, shadow run', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  await query(db.url, 'create table feed (n int); insert into feed values (100)')
  const cwd = folder({
    'godwit.config.ts': `export default { database: '\${DATABASE_URL}', run: { workers: 1, budget: { rows: 100, percent: 50 } } }\n`,
    'migration.ts': compared,
  })
  const go = (total: string, ...args: string[]) => godwit(args, { cwd, env: { DATABASE_URL: db.url, TOTAL: total } })

  const waits = await go('100.5', 'run')
  expect(waits.stdout + waits.stderr).toContain('sums of both engines: 1 of 2 pairs hold; the next is due at')
  expect(waits.code).toBe(3)

  await query(db.url, 'update feed set n = 200')
  let no = await go('202', 'shadow', 'run')
  while (no.code === 3) no = await go('202', 'shadow', 'run') // not due yet: a second is long on a quick machine
  expect(no.stderr).toMatch(/GW_PAIR_NO[\s\S]*value total: at the limit: old 200, new 202, apart 1 %, allowed < 1 %/)
  expect(no.code).toBe(4)

  const shown = await go('', 'shadow')
  expect(shown.code).toBe(0)
  expect(shown.stdout).toMatch(/✗ 0 pairs in a row hold, of 2 made/)
  const { shadow } = jsonOf(await go('', 'shadow', '--json'))
  expect(shadow['compared'][0]['pairs'].map((p: { verdict: string }) => p.verdict)).toEqual(['passed', 'failed'])

  const page = path.join(cwd, 'shadow.html')
  expect((await go('', 'shadow', '--html', page)).stdout).toContain('Written to')
  expect(existsSync(page) && readFileSync(page, 'utf8')).toContain('sums of both engines')
})
