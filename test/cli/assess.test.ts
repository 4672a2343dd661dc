// The audit as people call for it.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { fill, godwit, jsonOf, project } from './godwit.ts'

test('the verdict first, nothing written, and what its exit says', async () => {
  await using db = await freshDatabase()
  await fill(db.url, 20)
  const cwd = project()
  const go = (...args: string[]) => godwit(['assess', ...args], { cwd, env: { DATABASE_URL: db.url } })

  const all = await go('--show-values')
  expect(all.stderr).toBe('')
  expect(all.stdout).toMatch(/^✓ READY WITH \d+ WARNINGS {2}customers {2}dev {2}/)
  expect(all.stdout).toMatch(/! quarantine: 3 of 20 rows of old_customer will go to quarantine\./)
  expect(all.stdout.replace(/\s+/g, ' ')).toMatch(
    /state is not in the value map \(A, I\) \(ENUM_UNKNOWN\)\. migration\.ts:\d+ state '=1\+1' × 1 state 'X' × 1 /,
  )
  expect(all.code).toBe(0)
  expect((await go('--fail-on', 'warning')).code).toBe(4)
  expect(await query(db.url, `select to_regnamespace('godwit')::text`)).toEqual([[null]])

  await query(db.url, 'create rule away as on insert to customer do instead nothing')
  const masked = jsonOf(await go('--json'))
  expect(masked).toMatchObject({ command: 'assess', ok: false, exit: 4, assessment: { format: 'godwit assessment', masked: true } })

  const page = await go('--format', 'html', '--out', 'assessment.html')
  expect(page.stdout).toContain('Written to assessment.html.')
  expect(readFileSync(path.join(cwd, 'assessment.html'), 'utf8')).toMatch(/<title>not ready: customers<\/title>/)
  expect((await go('--format', 'markdown')).stdout).toMatch(/^<!-- godwit assessment customers -->\n## ✗ not ready: customers\n/)

  await query(db.url, 'truncate old_customer cascade')
  const empty = await go()
  expect([empty.code, empty.stdout.split('\n')[0]]).toEqual([4, expect.stringMatching(/^\? NOTHING TO MIGRATE/)])
})

test('the report of a run shows the audit that it kept', async () => {
  await using db = await freshDatabase()
  await fill(db.url, 20)
  const cwd = project()
  const file = path.join(cwd, 'migration.ts')
  const { writeFileSync } = await import('node:fs')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text
      .replace('import {', 'import { assessment,')
      .replace("migration('customers', customers, {", "migration('customers', customers, { assess: [assessment()],"),
  )
  const env = { DATABASE_URL: db.url }
  await query(db.url, 'create rule away as on insert to customer do instead nothing')
  const no = await godwit(['run', '-y'], { cwd, env })
  expect([no.code, no.stderr]).toEqual([4, expect.stringMatching(/GW_NOT_READY[\s\S]*away is a rule on customer/)])
  await query(db.url, 'drop rule away on customer')
  expect((await godwit(['run', '-y'], { cwd, env })).code).toBe(0)
  expect((await godwit(['report'], { cwd, env })).stdout).toMatch(/Assessment {2}ready with \d+ warnings, made 20/)
  expect((await godwit(['report', '--format', 'markdown'], { cwd, env })).stdout).toContain(
    '<summary>Assessment before the run: ready with',
  )
  expect((await godwit(['report', '--format', 'html'], { cwd, env })).stdout).toContain('Assessment before the run')
})
