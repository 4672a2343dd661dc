// SQLite: scratch databases are files in a folder that goes at the end.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Engine, Worker } from '../engine.ts'
import { contentsIn, rowDigestsIn } from './contents.ts'
import { sampleIn } from './sample.ts'

export async function sqliteEngine(): Promise<Engine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gw-prove-'))
  let made = 0
  return {
    dialect: 'sqlite',
    server: `SQLite ${within(':memory:', (db) => db.prepare('select sqlite_version() as v').get()!['v'] as string)}`,
    fresh: async (template) => {
      const name = path.join(folder, `${++made}.db`)
      // nobody has it open, so that all of it is in the one file
      if (template !== undefined && existsSync(template)) copyFileSync(template, name)
      return { name, url: name }
    },
    open: async (url) => new SqliteWorker(url),
    contentsOf: async (url) => within(url, contentsIn),
    rowDigests: async (url, wanted) => within(url, (db) => rowDigestsIn(db, wanted)),
    sampleRows: (url, manner) => within(url, (db) => sampleIn(db, manner)),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** As SQLite has it by itself, references are not looked after until a migration says so. */
const opened = (file: string): DatabaseSync => new DatabaseSync(file, { enableForeignKeyConstraints: false })

function within<T>(file: string, work: (db: DatabaseSync) => T): T {
  const db = opened(file)
  const closing = (value: T): T => {
    db.close()
    return value
  }
  try {
    const found = work(db)
    return found instanceof Promise ? (found.finally(() => db.close()) as T) : closing(found)
  } catch (problem) {
    db.close()
    throw problem
  }
}

class SqliteWorker implements Worker {
  readonly #file: string
  #db: DatabaseSync

  constructor(file: string) {
    this.#file = file
    this.#db = opened(file)
  }

  async refusal(sql: string): Promise<string | undefined> {
    try {
      this.#db.exec(sql)
      return undefined
    } catch (problem) {
      return (problem as Error).message
    }
  }

  async anew(): Promise<void> {
    this.#db.close()
    this.#db = opened(this.#file)
  }

  async close(): Promise<void> {
    this.#db.close()
  }
}
