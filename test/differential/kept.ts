// The engine's database with its sessions kept from one user to the next: opening one costs more than a small case does.
import type { Database } from '../../src/api.ts'
import { readSchema } from '../../src/databases/postgres/introspect.ts'
import { openSession, type PostgresSession } from '../../src/databases/postgres/session.ts'

export class KeptSessions implements Database {
  readonly name = 'the differential suite'
  private readonly url: string
  private readonly idle: PostgresSession[] = []
  /** What is looked at where all tables are asked for. */
  sight: readonly string[] = []

  constructor(url: string) {
    this.url = url
  }

  async session<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    const session = await this.take()
    try {
      return await work(session)
    } finally {
      if (!session.closed) this.idle.push(session)
    }
  }

  async open() {
    const session = await this.take()
    const close = async () => {
      if (session.closed) return
      await session.query('rollback')
      this.idle.push(session)
    }
    return new Proxy(session, { get: (of, name) => (name === 'close' ? close : bound(of, Reflect.get(of, name))) })
  }

  schema(only: readonly string[] = this.sight) {
    return this.session((s) => s.transaction((tx) => readSchema(tx, only), { isolation: 'repeatable read', readOnly: true }))
  }

  /** Temporary tables are the same for a whole batch, and go with it. */
  async reset(): Promise<void> {
    await Promise.all(this.idle.map((s) => s.query('discard temp')))
  }

  async close(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((s) => s.close()))
  }

  private async take(): Promise<PostgresSession> {
    const kept = this.idle.pop()
    if (kept) return kept
    const session = await openSession({ url: this.url })
    // at each commit the server looks for the rows of temporary tables in all of their buffers; here there are few rows
    await session.query(`set temp_buffers = '1MB'`)
    await session.query('set synchronous_commit = off')
    return session
  }
}

const bound = (of: PostgresSession, value: unknown): unknown => (typeof value === 'function' ? value.bind(of) : value)
