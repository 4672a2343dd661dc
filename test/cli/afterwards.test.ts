// What comes after a cutover, by commands alone: an undo that would lose rows, their export, and the purge of what was retired.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { fill, godwit, jsonOf, migrationText, project } from './godwit.ts'

const retiring = `${migrationText
  .replace(', none,', ', command, none, retire,')
  .replace(
    '  verify:',
    "  cutover: [command('switch', { run: ['true'], undo: ['true'] })],\n  contract: [retire([oldCustomer], { keep: '0 days' })],\n  verify:",
  )}`

async function at() {
  const db = await freshDatabase()
  await fill(db.url)
  const cwd = project({ 'migration.ts': retiring })
  const go = (...args: string[]) => godwit(args, { cwd, env: { DATABASE_URL: db.url } })
  return { db, cwd, go, [Symbol.asyncDispose]: db.drop }
}

test('new writes are refused, exported and then left behind', async () => {
  await using here = await at()
  const { go, db, cwd } = here
  expect((await go('run', '--to', 'cutover')).code).toBe(0)
  await query(db.url, `insert into customer (full_name, active, created_at) values ('Newly Written', 'yes', '2026-02-02')`)
  const refused = await go('undo', '--yes')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(
    /GW_UNDO_REFUSED[\s\S]*1 row of public\.customer came since the cutover[\s\S]*godwit export new-writes r1 --out FOLDER keeps/,
  )
  expect((await go('export', 'new-writes', 'r7', '--out', 'kept')).stderr).toMatch(/GW_RUN_UNKNOWN/)
  const exported = jsonOf(await go('export', 'new-writes', 'r1', '--out', 'kept', '--format', 'ndjson', '--json'))
  expect(exported).toMatchObject({
    run: 'r1',
    files: [{ table: 'public.customer', what: 'new', rows: 1, file: 'public.customer.new.ndjson' }],
  })
  expect(readFileSync(path.join(cwd, 'kept', 'public.customer.new.ndjson'), 'utf8')).toMatch(/"full_name":"Newly Written"/)
  expect((await go('undo', '--yes')).code).toBe(0)
  expect(await query(db.url, 'select full_name from customer order by id')).toEqual([['Own One'], ['Newly Written']])
}, 300_000)

test('a purge wants a copy, and the name typed', async () => {
  await using here = await at()
  const { go, db, cwd } = here
  expect((await go('purge', '--confirm', 'customers')).stderr).toMatch(/GW_NO_RUN/)
  expect((await go('run')).code).toBe(0)
  await expect(query(db.url, 'select * from old_customer')).rejects.toThrow(/does not exist/)
  expect((await go('export', 'godwit_retired.public.old_customer', '--out', 'old.csv')).code).toBe(0)
  expect((await go('purge', '--kept', 'old.csv', '--yes')).stderr).toMatch(/old_customer {2}20 rows[\s\S]*GW_NOT_CONFIRMED/)
  expect((await go('purge', '--kept', 'old.csv', '--confirm', 'other')).stderr).toMatch(/'other' is not the name of this migration/)
  expect((await go('purge', '--kept', 'none.csv', '--confirm', 'customers')).stderr).toMatch(/GW_KEPT_COPY/)
  writeFileSync(path.join(cwd, 'empty.csv'), '')
  expect((await go('purge', '--kept', 'empty.csv', '--confirm', 'customers')).stderr).toMatch(/GW_KEPT_COPY[\s\S]*is empty/)
  expect((await go('purge', '--confirm', 'customers')).stderr).toMatch(/GW_NOT_KEPT/)
  const purged = await go('purge', '--kept', 'old.csv', '--confirm', 'customers')
  expect(purged.stdout).toMatch(/✓ public\.old_customer is gone: 20 rows\n {2}kept in old\.csv: [\d,]+ bytes, SHA-256 [0-9a-f]{64}/)
  expect(await query(db.url, `select to_regnamespace('godwit_retired')`)).toEqual([[null]])
  expect((await go('undo', '--yes')).stderr).toMatch(/GW_UNDO_REFUSED[\s\S]*it was purged/)
}, 300_000)
