// The engine as these tests use it: one database, one migration, and what became of it.
import pad from '../../examples/pad/migration.ts'
import { connect, type Database, type Event, type Plan, plan, quarantineList, run, undo, type View, verify } from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import type { Verification } from '../../src/run/verify.ts'
import { copyOf, type FreshDatabase } from '../support/postgres.ts'
import type { Quarantined } from './compare.ts'
import { padDatabase } from './database.ts'

export { objections } from '../support/example.ts'

export interface Options {
  readonly migration?: Migration
  readonly chunk?: number
  readonly workers?: number
  readonly signal?: AbortSignal
  readonly observe?: (event: Event) => void
}

/** The fixture is dirtier than the default allows: 17 of 1,032. */
const budget = { rows: 2000, percent: 100 }
export const readOnly = ['bo', 'pad.personal_account_dealing']

async function planned<T>(url: string, migration: Migration, work: (p: Plan, db: Database) => Promise<T>): Promise<T> {
  const db = await connect(url)
  try {
    return await work(await plan(migration, db, { readOnly }), db)
  } finally {
    await db.close()
  }
}

export function migrate(url: string, { migration = pad, chunk = 100, workers = 1, ...watched }: Options = {}): Promise<View> {
  return planned(url, migration, (p, db) => run(p, db, { workers, chunk, budget, ...watched }))
}

export const verified = (url: string, { migration = pad }: Options = {}): Promise<Verification> => planned(url, migration, verify)

/** A run that verification says no to ends with an error. Here it is what it found that matters, whoever tells it. */
export async function migratedAndVerified(url: string, options: Options = {}): Promise<Verification> {
  await migrate(url, options).catch((error: { code?: string }) => {
    if (error.code !== 'GW_VERIFY_NO') throw error
  })
  return verified(url, options)
}

export const takeBack = (url: string): Promise<unknown> => planned(url, pad, (p, db) => undo(p, db))

export function quarantine(url: string): Promise<Quarantined[]> {
  return planned(url, pad, async (p, db) => (await quarantineList(p, db)).map(({ key, code }) => ({ source: key, code })))
}

/** The books of the one mapping, as the run's view has them at its end. */
export const booksOf = (view: View): unknown => view.steps.flatMap((s) => s.books).at(-1)?.totals

let migrated: Promise<FreshDatabase> | undefined

/** A database in which the migration has run already: run once in a test file, and copied from then on. */
export async function migratedDatabase(): Promise<FreshDatabase> {
  migrated ??= padDatabase().then(async (db) => {
    await migrate(db.url)
    return db
  })
  return copyOf(await migrated)
}
