// A copy of a SQLite file as it is before Godwit first writes there: by SQLite's own backup, so that what stands in a WAL is in it, and proved.
import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { backupFailed } from '../../errors/target.ts'

export interface Backup {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

/** It has its name only when it is whole: opened, found sound, and with the tables that the original has. */
export async function backUp(db: DatabaseSync, of: string, folder: string, shown: string): Promise<Backup> {
  const at = new Date().toISOString().slice(0, 19).replaceAll(':', '')
  const file = join(folder, `${basename(of)}-${at}Z`)
  const making = `${file}.making`
  const { backup } = await import('node:sqlite')
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw backupFailed({ target: shown, said: (cause as Error).message, cause })
  }
  try {
    await backup(db, making)
    await refuseUnsound(making, tablesOf(db))
    const sha256 = await digestOf(making)
    renameSync(making, file)
    return { file, bytes: statSync(file).size, sha256 }
  } catch (cause) {
    rmSync(making, { force: true })
    throw backupFailed({ target: shown, said: (cause as Error).message, cause })
  }
}

const tablesOf = (db: DatabaseSync): string =>
  JSON.stringify(db.prepare('select type, name, sql from sqlite_schema order by type, name').all())

async function refuseUnsound(copy: string, tables: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(copy)
  try {
    // one file, and not three
    db.exec('pragma journal_mode = delete')
    const found = db.prepare('pragma integrity_check').all() as { integrity_check: string }[]
    if (found[0]?.integrity_check !== 'ok') throw new Error(`the copy is not sound: ${found[0]?.integrity_check}`)
    if (tablesOf(db) !== tables) throw new Error('the copy has other tables than the file: they were changed meanwhile')
  } finally {
    db.close()
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
