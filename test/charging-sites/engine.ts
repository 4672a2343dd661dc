// The engine as these tests use it: one database, one migration, and what became of it.
import charging from '../../examples/charging-sites/migration.ts'
import { connect, type Database, type Plan, plan, quarantineList, type RunOptions, run, undo, type View, verify } from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import { answersIn, type Ended } from '../support/example.ts'
import { copyOf, type FreshDatabase } from '../support/postgres.ts'
import { chargingDatabase } from './database.ts'

export { bookedFor, objections } from '../support/example.ts'

type Verification = Awaited<ReturnType<typeof verify>>
interface Options extends RunOptions {
  readonly migration?: Migration
}

const readOnly = ['public.organization', 'public.compliance_report', 'public.final_supply_equipment']

async function planned<T>(url: string, migration: Migration, work: (p: Plan, db: Database) => Promise<T>): Promise<T> {
  const db = await connect(url)
  try {
    return await work(await plan(migration, db, { readOnly }), db)
  } finally {
    await db.close()
  }
}

/** The fixture is dirtier than the default allows: 9 of 637. */
export const migrate = (url: string, { migration = charging, ...how }: Options = {}): Promise<View> =>
  planned(url, migration, (p, db) => run(p, db, { workers: 1, chunk: 100, budget: { rows: 50, percent: 5 }, ...how }))

export const verified = (url: string): Promise<Verification> => planned(url, charging, verify)

export const takeBack = (url: string): Promise<unknown> => planned(url, charging, (p, db) => undo(p, db))

/** How a run ends, and all that verification said in it. */
export const answersOf = (url: string, migration: Migration): Promise<Ended> =>
  answersIn((observe) => migrate(url, { migration, chunk: 5000, observe }))

let migrated: Promise<FreshDatabase> | undefined

/** A database in which the migration has run already: run once in a test file, and copied from then on. */
export async function migratedDatabase(): Promise<FreshDatabase> {
  migrated ??= chargingDatabase().then(async (db) => {
    await migrate(db.url)
    return db
  })
  return copyOf(await migrated)
}

/** By source key, the reason and the author's words or the column. */
export const quarantine = (url: string): Promise<Map<string, string>> =>
  planned(url, charging, async (p, db) => {
    const held = await quarantineList(p, db, { mapping: 'usage' })
    return new Map(held.map((q) => [q.key, `${q.code} ${q.code === 'RULE' ? q.says.replace(/:.*/, '') : q.columns.join(', ')}`]))
  })
