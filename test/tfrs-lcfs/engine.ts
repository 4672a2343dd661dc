// The engine as these tests use it: two databases, one migration, and what became of it.
import tfrs from '../../examples/tfrs-lcfs/migration.ts'
import { type Database, type Plan, plan, quarantineList, type RunOptions, run, undo, type View, verify } from '../../src/api.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import { withSources } from '../../src/databases/sources.ts'
import type { Migration } from '../../src/index.ts'
import { answersIn, type Ended } from '../support/example.ts'
import { copyOf } from '../support/postgres.ts'
import { type Two, twoDatabases, withReader } from './databases.ts'

export { bookedFor, objections } from '../support/example.ts'

type Verification = Awaited<ReturnType<typeof verify>>
type Urls = Pick<Two, 'reader'> & { readonly target: { readonly url: string } }
interface Options extends RunOptions {
  readonly migration?: Migration
}

const readOnly = ['lcfs.organization', 'lcfs.compliance_period', 'lcfs.fuel_type']

async function planned<T>({ reader, target }: Urls, migration: Migration, work: (p: Plan, db: Database) => Promise<T>): Promise<T> {
  const source = await openPostgresSource({ url: reader })
  const db = withSources(await openPostgres({ url: target.url }), new Map([['tfrs', source]]))
  try {
    return await work(await plan(migration, db, { readOnly }), db)
  } finally {
    await db.close()
  }
}

/** The fixture is dirtier than the default allows. */
export const migrate = (two: Urls, { migration = tfrs, ...how }: Options = {}): Promise<View> =>
  planned(two, migration, (p, db) => run(p, db, { workers: 1, chunk: 5000, budget: { rows: 1000, percent: 50 }, ...how }))

export const verified = (two: Urls): Promise<Verification> => planned(two, tfrs, verify)

export const takeBack = (two: Urls): Promise<unknown> => planned(two, tfrs, (p, db) => undo(p, db))

/** How a run ends, and all that verification said in it. */
export const answersOf = (two: Urls, migration: Migration): Promise<Ended> =>
  answersIn((observe) => migrate(two, { migration, observe, budget: { rows: 10_000, percent: 100 } }))

let migrated: Promise<Two> | undefined

/** Databases in which the migration has run already: run once in a test file, and copied from then on. */
export async function migratedDatabases(): Promise<Two> {
  migrated ??= twoDatabases().then(async (two) => {
    await migrate(two)
    return two
  })
  const { source, target } = await migrated
  return withReader(await copyOf(source), await copyOf(target))
}

/** Of the databases that are copied. */
export async function forgetMigrated(): Promise<void> {
  await (await migrated)?.[Symbol.asyncDispose]()
}

/** By mapping and source key, the reason and the author's words. */
export const quarantine = (two: Urls): Promise<Map<string, string>> =>
  planned(two, tfrs, async (p, db) => {
    const held = await quarantineList(p, db)
    return new Map(held.map((q) => [`${q.mapping} ${q.key}`, q.code === 'RULE' ? `${q.code} ${q.says}` : q.code]))
  })
