// A database with tables in it, and the engine set to work there.
import {
  type Database,
  type Plan,
  plan,
  quarantineList,
  quarantineRetry,
  type RunOptions,
  run,
  type UndoOptions,
  undo,
  type View,
  verify,
} from '../../src/api.ts'
import { openPostgres, type PostgresOptions } from '../../src/databases/postgres/postgres.ts'
import type { Migration } from '../../src/index.ts'
import type { Verification } from '../../src/run/verify.ts'
import { generous, quickClock } from '../crash/process.ts'
import { type Dump, difference, dumpOf } from '../crash/state.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import type { TextRow } from '../support/query.ts'

export interface Place extends AsyncDisposable {
  readonly url: string
  readonly db: Database
  /** Past everything that is tested. */
  sql(text: string, values?: readonly (string | number | null)[]): Promise<TextRow[]>
  plan(migration: Migration, options?: Parameters<typeof plan>[2]): Promise<Plan>
  run(migration: Migration, options?: RunOptions): Promise<View>
  undo(migration: Migration, options?: UndoOptions): ReturnType<typeof undo>
  retry(migration: Migration, which?: Parameters<typeof quarantineRetry>[2]): ReturnType<typeof quarantineRetry>
  verify(migration: Migration): Promise<Verification>
  /** Key and code of each row in quarantine. */
  quarantine(migration: Migration): Promise<string[]>
  dump(): Promise<Dump>
}

export async function place(setup: string, options: Partial<PostgresOptions> = {}): Promise<Place> {
  const fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await openPostgres({ url: fresh.url, ...options })
  const planned = (migration: Migration, manner: Parameters<typeof plan>[2] = {}) =>
    plan(migration, db, { chunk: 7, workers: 1, budget: generous, ...manner })
  return {
    url: fresh.url,
    db,
    sql: (text, values) => query(fresh.url, text, values),
    plan: planned,
    run: async (migration, given = {}) => run(await planned(migration), db, { clock: quickClock, ...given }),
    undo: async (migration, given = {}) => undo(await planned(migration), db, { clock: quickClock, ...given }),
    retry: async (migration, which) => quarantineRetry(await planned(migration), db, which),
    verify: async (migration) => verify(await planned(migration), db),
    quarantine: async (migration) => (await quarantineList(await planned(migration), db)).map((q) => `${q.mapping} ${q.key} ${q.code}`),
    dump: () => dumpOf(fresh.url),
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await fresh.drop()
    },
  }
}

/** Where two dumps part; nothing where they do not. */
export const parts = (a: Dump, b: Dump) => difference(a, b)

/** What a verification objects to. */
export const objections = ({ answers }: Verification): string[] =>
  answers
    .filter((a) => a.verdict !== 'passed')
    .map((a) => `${a.title}: ${a.verdict}, ${a.wrong} of ${a.examined} ${JSON.stringify(a.sample.slice(0, 2))}`)

/** Every row of every user table with the transaction that wrote it last: unchanged, unless somebody wrote. */
export async function versions(url: string): Promise<TextRow[]> {
  const tables = await query(
    url,
    `select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('godwit', 'pg_catalog', 'information_schema') order by 1`,
  )
  const all: TextRow[] = []
  for (const [name] of tables) all.push([name!], ...(await query(url, `select ctid::text, xmin::text from ${name} order by ctid`)))
  return all
}
