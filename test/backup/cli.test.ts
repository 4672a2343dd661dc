// The commands as people run them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ended, fill, godwit, jsonOf, project } from '../cli/godwit.ts'
import { freshDatabase, query, serverUrl } from '../support/postgres.ts'

test('taken, looked through, verified, brought back; refused where it must be', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const root = project()
  const at = (...args: string[]): Promise<Ended> => godwit([...args, '-C', root, '--yes'], { env: { DATABASE_URL: db.url } })

  const taken = await at('backup', 'take', '--with', 'csv')
  expect(taken.all).toMatch(/✓ backup {4}snapshot of 2 tables, restored and compared .* sha256 [0-9a-f]{12}…/)
  expect(taken.code).toBe(0)
  const { backups } = jsonOf(await at('backup', 'list', '--json'))
  expect(backups).toMatchObject([{ tables: 2, rows: 21, baseline: true, proved: expect.any(String) }])
  const { id, folder } = backups[0] as { id: string; folder: string }
  expect(readFileSync(join(folder, 'csv/public.old_customer.csv'), 'utf8')).toMatch(/^id,name/)
  expect((await at('backup', 'show', 'latest')).stdout).toContain('public.old_customer')
  expect((await at('backup', 'verify', id.slice(0, 18))).stdout).toContain('is what was written')

  const name = `${db.name}_back`
  try {
    expect((await at('backup', 'restore', 'latest', '--into', name)).stdout).toContain(`brought back into ${name} and compared`)
    const again = await at('backup', 'restore', 'latest', '--into', name)
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('GW_RESTORE_FULL')])
    const url = new URL(db.url)
    url.pathname = `/${name}`
    expect(await query(url.href, 'select count(*) from old_customer')).toEqual([['20']])
  } finally {
    await query(serverUrl(), `drop database if exists "${name}" with (force)`)
  }

  await at('run')
  const late = jsonOf(await at('backup', 'take', '--database', '--json'))
  expect(late.backup).toMatchObject({ baseline: false })
  expect((await at('backup', 'list')).stdout).toContain('not a baseline')

  const file = join(folder, 'manifest.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('"rows": 20', '"rows": 21'))
  const bad = await at('backup', 'verify', id)
  expect([bad.code, bad.stderr]).toEqual([4, expect.stringContaining('GW_BACKUP_DAMAGED')])
  expect((await at('backup', 'list')).stdout).toContain('its manifest was changed')
  expect((await at('backup', 'verify', 'nothing')).code).toBe(2)
  expect(existsSync(join(root, '.godwit/backups'))).toBe(true)
})

test('nobody there to answer is no', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const root = project()
  const at = (...args: string[]): Promise<Ended> => godwit([...args, '-C', root], { env: { DATABASE_URL: db.url } })
  await at('backup', 'take')
  const asked = await at('backup', 'restore', 'latest', '--into', `${db.name}_never`)
  expect([asked.code, asked.stderr]).toEqual([expect.any(Number), expect.stringContaining('Nobody is here to answer')])
  expect(asked.code).not.toBe(0)
  expect(await query(serverUrl(), `select 1 from pg_database where datname = '${db.name}_never'`)).toEqual([])
})
