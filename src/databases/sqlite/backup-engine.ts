// A SQLite file as what can be backed up: the whole file by SQLite's own backup, within one read transaction that has looked at every row.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { tableMissing } from '../../errors/plan.ts'
import { didYouMean } from '../../text.ts'
import type { BackedServer, BackupEngine, Place, Scope, Sink, Taken } from '../backup.ts'
import { digestOf, tablesIn } from './backup-digest.ts'
import { databaseFile, SqlitePlace } from './backup-place.ts'

export const sqliteBackup = (file: string): BackupEngine => ({
  server: () => opened(file, async (db) => serverOf(file, db)),
  weigh: (scope) => opened(file, async (db) => ({ tables: chosen(db, scope).length, bytes: statSync(file).size })),
  take: (scope, into) => opened(file, (db) => take(db, file, scope, into)),
  scratch: inScratch,
  place: async (into) => new SqlitePlace(into.replace(/^sqlite:/, '')),
})

async function opened<T>(file: string, work: (db: DatabaseSync) => Promise<T>): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  try {
    return await work(db)
  } finally {
    db.close()
  }
}

const versionOf = (db: DatabaseSync): string => (db.prepare('select sqlite_version() as v').get() as { v: string }).v
const serverOf = (file: string, db: DatabaseSync): BackedServer => ({
  engine: 'sqlite',
  version: versionOf(db),
  database: file,
  identity: null,
})

/** The file comes whole; what is named must be in it. */
function chosen(db: DatabaseSync, { tables }: Scope): string[] {
  const all = tablesIn(db)
  for (const t of tables ?? []) {
    const name = t.replace(/^(main|public)\./, '')
    if (!all.includes(name)) throw tableMissing({ table: t, near: didYouMean(name, all), at: undefined })
  }
  return all
}

async function take(db: DatabaseSync, file: string, scope: Scope, into: Sink): Promise<Taken> {
  const { backup, DatabaseSync } = await import('node:sqlite')
  // until it ends, this connection sees one moment; the copy is made by it
  db.exec('begin')
  try {
    const names = chosen(db, scope)
    const { at } = db.prepare(`select strftime('%Y-%m-%dT%H:%M:%fZ', 'now') as at`).get() as { at: string }
    const tables = names.map((name, n) => {
      into.signal.throwIfAborted()
      into.tell(`${n + 1} of ${names.length} tables looked at`)
      return { ...digestOf(db, name), file: databaseFile }
    })
    await into.made(databaseFile, async (path) => {
      await backup(db, path)
      // one file, and not three
      const copy = new DatabaseSync(path)
      copy.exec('pragma journal_mode = delete')
      copy.close()
    })
    return { server: serverOf(file, db), moment: { at, position: null, snapshot: null }, tables, left: [] }
  } finally {
    db.exec('rollback')
  }
}

async function inScratch<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-scratch-'))
  const place = new SqlitePlace(join(folder, 'scratch.db'))
  try {
    return await work(place)
  } finally {
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
