// PostgreSQL as a Database: sessions that are pinned, and given back as good as new.
import { serverTooOld } from '../../errors/database.ts'
import type { BackupEngine } from '../backup.ts'
import type { Database, Session } from '../database.ts'
import { addressOf } from './address.ts'
import { postgresBackup } from './backup/engine.ts'
import { readSchema } from './introspect.ts'
import { openSession, type PostgresSession, type SessionOptions } from './session.ts'
import { awayFor } from './trouble.ts'

export interface PostgresOptions extends SessionOptions {
  /** For people. Left out: `app@host:5432/name`. */
  readonly name?: string | undefined
}

const leastVersion = 14

/** Connects once, to know that it can and to whom; that connection is then the first session. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const name = options.name ?? addressOf(options.url).shown
  const first = await openSession(options)
  if (first.serverVersion < leastVersion * 10_000) {
    const version = String((await first.query('show server_version')).rows[0]!.server_version)
    await first.close()
    throw serverTooOld({ database: name, version, least: leastVersion })
  }
  return new Postgres(name, options, first)
}

class Postgres implements Database {
  readonly name: string
  private readonly options: PostgresOptions
  private readonly idle: PostgresSession[]
  private readonly resets = new Set<Promise<void>>()
  private closed = false

  constructor(name: string, options: PostgresOptions, first: PostgresSession) {
    this.name = name
    this.options = options
    this.idle = [first]
  }

  get backup(): BackupEngine {
    const { name: _, ...options } = this.options
    return postgresBackup({ db: this, url: options.url, open: (url) => openPostgres({ ...options, url }) })
  }

  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.take()
    try {
      return await work(session)
    } finally {
      this.giveBack(session)
    }
  }

  async open(): Promise<PostgresSession> {
    this.refuseIfClosed()
    return this.another()
  }

  schema(only?: readonly string[]) {
    return this.session((session) => session.transaction((tx) => readSchema(tx, only), { isolation: 'repeatable read', readOnly: true }))
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all(this.resets)
    await Promise.all(this.idle.splice(0).map((session) => session.close()))
  }

  private async take(): Promise<PostgresSession> {
    this.refuseIfClosed()
    for (;;) {
      const session = this.idle.pop()
      if (!session) return this.another()
      // it may have been ended by the server while nobody looked, and the word of it may still be on its way
      if (!session.closed && (await session.answers())) return session
      await session.close()
    }
  }

  /** It answered before: if it does not now, it is away, which whoever tries again may wait for. */
  private another(): Promise<PostgresSession> {
    return openSession(this.options).catch((problem: unknown) => Promise.reject(awayFor(problem)))
  }

  /** Nobody waits for this: temporary tables, locks and settings of the last user go while the next thing happens. */
  private giveBack(session: PostgresSession): void {
    const reset = session
      .reset()
      .then(() => (this.closed ? session.close() : void this.idle.push(session)))
      .catch(() => session.close())
      .finally(() => this.resets.delete(reset))
    this.resets.add(reset)
  }

  private refuseIfClosed(): void {
    if (this.closed) throw new TypeError(`${this.name} has been closed.`)
  }
}
