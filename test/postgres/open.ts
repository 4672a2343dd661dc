// A database of one's own, opened as Godwit opens it; both gone at the end of the block.
import type { Database } from '../../src/databases/database.ts'
import { openPostgres, type PostgresOptions } from '../../src/databases/postgres/postgres.ts'
import { freshDatabase, query } from '../support/postgres.ts'

export interface Opened extends AsyncDisposable {
  readonly db: Database
  readonly url: string
  /** Past everything that is tested. */
  sql(text: string): ReturnType<typeof query>
}

export async function opened(setup = '', options: Partial<PostgresOptions> = {}): Promise<Opened> {
  const fresh = await freshDatabase()
  if (setup !== '') await query(fresh.url, setup)
  const db = await openPostgres({ url: fresh.url, ...options })
  return {
    db,
    url: fresh.url,
    sql: (text) => query(fresh.url, text),
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await fresh.drop()
    },
  }
}

/** What a promise is refused with. Fails where it is not. */
export async function refusal<E = Error & Record<string, unknown>>(promise: Promise<unknown>): Promise<E> {
  const nothing = Symbol('nothing')
  const problem = await promise.then(
    () => nothing,
    (e: unknown) => e,
  )
  if (problem === nothing) throw new Error('It was expected to be refused, and was not.')
  return problem as E
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
