// The example of docs/guide/files.md does what the page says.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'
import { root } from '../support/files.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const guide = path.join(root, 'docs/guide')
const page = readFileSync(path.join(guide, 'files.md'), 'utf8')

/** What the page shows of a command. */
const shown = (command: string): string => page.split(`$ ${command}\n`)[1]!.split(/\n```|\n\$ /)[0]!

test('plan, run, quarantine, a mended file, export, undo', async () => {
  await using db = await freshDatabase()
  await query(db.url, readFileSync(path.join(guide, 'files/new.sql'), 'utf8'))
  const cwd = folder({})
  cpSync(path.join(guide, 'files'), cwd, { recursive: true, filter: (file) => !file.endsWith('.godwit') })
  const go = (...args: string[]) => godwit(args, { cwd, env: { DATABASE_URL: db.url } })

  expect((await go('pull', '--check')).stdout).toMatch(/schema\.ts says what is there: 3 tables/)
  const plan = (await go('plan')).stdout
  // all but the name of the database and the plan's id, which hangs on the version of Postgres
  for (const line of shown('godwit plan').split('\n').slice(1)) expect(plan).toContain(line)
  expect((await go('run', '--budget', '50%')).stdout).toContain('read 6 = migrated 4 + quarantined 2 + filtered 0')
  const row = (await go('quarantine', 'show', '5')).stdout.replaceAll(/\s+/g, ' ')
  for (const line of shown('godwit quarantine show 5').split('\n'))
    expect(row).toContain(line.replace(/ · …$/, '').trim().replaceAll(/\s+/g, ' '))

  const file = path.join(cwd, 'exports/member-2.csv')
  writeFileSync(file, readFileSync(file, 'utf8').replace('1938-13-10', '1938-01-10'))
  expect((await go('quarantine', 'retry', '6')).stdout).toMatch(/1 row tried: 1 migrated/)
  expect((await go('export', 'public.member', '--out', 'member.csv.gz')).stdout).toMatch(
    /✓ 5 rows written to member\.csv\.gz: \d+ bytes, SHA-256 /,
  )
  expect((await go('verify')).stdout).toMatch(/verified/)
  expect((await go('undo', '--yes')).stdout).toMatch(/Taken back: 5 of member/)
})
