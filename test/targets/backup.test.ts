// Before Godwit first writes into a SQLite file there is a copy of it: with what stands in its WAL, sound, and made once.
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plan, run } from '../../src/api.ts'
import type { Backup } from '../../src/databases/sqlite/backup.ts'
import { openSqliteTarget } from '../../src/databases/sqlite/target/target.ts'
import { scratchOn } from '../../src/databases/workshop/scratch.ts'
import { openWorkshop } from '../../src/databases/workshop/workshop.ts'
import { bigint, into, mapping, migration, table, text } from '../../src/index.ts'
import { installLedger } from '../../src/ledger/tables.ts'
import { quickClock } from '../crash/process.ts'
import { serverUrl } from '../support/postgres.ts'

const old = table('main.old', { id: bigint().key(), name: text() })
const made = table('main.made', { id: bigint().key(), name: text() })
const copying = migration(
  'copying',
  mapping(old, (r) => into(made, { id: r.id, name: r.name })),
)

let folder: string
let file: string
let app: DatabaseSync
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'godwit-backup-'))
  file = join(folder, 'app.db')
  app = new DatabaseSync(file)
  app.exec(`pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table old (id integer primary key, name text not null); create table made (id integer primary key, name text not null);
    pragma wal_checkpoint; insert into old with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select i, 'name ' || i from n`)
})
afterEach(() => {
  app.close()
  rmSync(folder, { recursive: true, force: true })
})

async function once(backups: string, tell: (b: Backup) => void = () => {}) {
  const engine = await openSqliteTarget(file, 'app.db', { folder: backups, tell })
  const db = await openWorkshop(engine, await scratchOn(serverUrl()), { install: installLedger })
  try {
    return await run(await plan(copying, db), db, { clock: quickClock })
  } finally {
    await db.close()
  }
}

const counted = (db: DatabaseSync) => ({
  ...(db.prepare('select (select count(*) from old) as old, (select count(*) from made) as made').get() as object),
})

test('a copy is made once, whole, with what is only in the WAL', async () => {
  const told: Backup[] = []
  const backups = join(folder, 'backups')
  await once(backups, (b) => told.push(b))
  await once(backups, (b) => told.push(b))
  expect(counted(app)).toEqual({ old: 500, made: 500 })
  expect(readdirSync(backups)).toHaveLength(1)
  expect(told).toMatchObject([{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: expect.any(Number) }])
  const copy = new DatabaseSync(told[0]!.file, { readOnly: true })
  expect(counted(copy)).toEqual({ old: 500, made: 0 })
  expect(copy.prepare(`select count(*) as n from sqlite_schema where name like 'godwit%'`).get()).toMatchObject({ n: 0 })
  copy.close()
})

test('the file by itself would not have been one', () => {
  const plain = join(folder, 'plain.db')
  copyFileSync(file, plain)
  const db = new DatabaseSync(plain)
  expect(counted(db)).toEqual({ old: 0, made: 0 })
  db.close()
})

test('where no copy can be made, nothing is written', async () => {
  const blocked = join(folder, 'blocked')
  writeFileSync(blocked, 'a file where the folder should be')
  await expect(once(blocked)).rejects.toMatchObject({ code: 'GW_BACKUP_FAILED' })
  expect(counted(app)).toEqual({ old: 500, made: 0 })
  expect(app.prepare(`select count(*) as n from sqlite_schema where name like 'godwit%'`).get()).toMatchObject({ n: 0 })
})
