// SQLite: the whole file, at one moment, and a table of it where it was lost.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { restoreBackup } from '../../src/backup/restore.ts'
import { verifyBackup } from '../../src/backup/verify.ts'
import { sqliteBackup } from '../../src/databases/sqlite/backup-engine.ts'
import { refusal } from '../postgres/open.ts'
import { folder, prove, quiet, restoreInto, take } from './place.ts'

const setup = `pragma journal_mode = wal;
  create table parent (id integer primary key autoincrement, name text not null unique collate nocase);
  create table "odd ""one""; drop" (a, "b c" text, up integer references parent (id), twice integer as (a * 2) stored);
  create table keyed (k text primary key, v real) without rowid;
  create table empty_one (x);
  create index by_up on "odd ""one""; drop" (up);
  create view v as select count(*) as n from parent;
  create table log (what text);
  create trigger t after insert on parent begin insert into log values (new.name); end;
  insert into parent (name) values ('a'), ('B'), ('ü');
  insert into "odd ""one""; drop" (a, "b c", up) values (1, 'x' || char(0) || 'y', 1), (9223372036854775807, cast(x'ff00' as text), null), (0.1, null, 3), (x'00', '', 2);
  insert into keyed values ('z', 1e-320), ('a', -0.0), ('m', 9e999);`

function database(path: string): { file: string; db: DatabaseSync; [Symbol.dispose](): void } {
  const file = join(path, 'app.db')
  const db = new DatabaseSync(file)
  db.exec(setup)
  return { file, db, [Symbol.dispose]: () => db.close() }
}

test('the file comes back whole, and is compared row by row', async () => {
  using f = folder()
  using d = database(f.path)
  const engine = sqliteBackup(d.file)
  const backup = await prove(engine, await take(engine, f.path))
  expect(backup.proof).toMatchObject({ tables: 5, rows: 13 })
  await restoreInto(backup, await engine.place(join(f.path, 'again.db')))
  using copy = {
    db: new DatabaseSync(join(f.path, 'again.db')),
    [Symbol.dispose]() {
      this.db.close()
    },
  }
  expect(copy.db.prepare('select n from v').get()).toEqual({ n: 3 })
  expect(await refusal(restoreInto(backup, await engine.place(join(f.path, 'again.db'))))).toMatchObject({ code: 'GW_RESTORE_FULL' })
})

test('where a restore was broken off nothing of it is used, and that is said', async () => {
  using f = folder()
  using d = database(f.path)
  const engine = sqliteBackup(d.file)
  const backup = await take(engine, f.path)
  const again = join(f.path, 'again.db')
  writeFileSync(`${again}.making`, 'half of a file')
  const told: string[] = []
  await restoreBackup(backup, await engine.place(again), { ...quiet, tell: (what) => told.push(what) })
  expect(told).toContain('a restore was broken off here, and nothing of it is used: it begins anew')
  expect(existsSync(`${again}.making`)).toBe(false)
})

test('a row that was changed in the copy is found', async () => {
  using f = folder()
  using d = database(f.path)
  const engine = sqliteBackup(d.file)
  const backup = await take(engine, f.path)
  const copy = new DatabaseSync(join(backup.folder, 'database.sqlite'))
  copy.exec(`update keyed set v = 1e-321 where k = 'z'`)
  copy.close()
  expect(await refusal(verifyBackup(f.path, backup.id))).toMatchObject({ code: 'GW_BACKUP_DAMAGED' })
  // as if the file had been written so
  const bytes = readFileSync(join(backup.folder, 'database.sqlite'))
  writeFileSync(join(f.path, 'other.db'), bytes)
  const place = await engine.place(join(f.path, 'other.db'))
  const { keptOf } = await import('../../src/backup/files.ts')
  const what = await place.difference(keptOf(backup), { signal: new AbortController().signal }, { tables: 0, rows: 0, there: [], left: [] })
  expect(what).toBe('main.keyed: of its 3 rows some are not what they were')
})

test('one table is brought back where it was dropped, and where it is empty', async () => {
  using f = folder()
  using d = database(f.path)
  const engine = sqliteBackup(d.file)
  const backup = await take(engine, f.path)
  const again = async () => restoreInto(backup, await engine.place(d.file), ['main.parent'])
  expect(await refusal(again())).toMatchObject({ code: 'GW_RESTORE_FULL' })
  d.db.exec('pragma foreign_keys = off; delete from parent')
  await again()
  d.db.exec('drop table parent')
  await again()
  expect(d.db.prepare('select count(*) as n from log').get()).toEqual({ n: 3 })
  d.db.exec(`insert into parent (name) values ('new')`)
  expect(d.db.prepare('select what from log order by rowid desc limit 1').get()).toEqual({ what: 'new' })
})
