// The engine as these tests use it: one database, one migration, and what became of it.
import charging from '../../examples/charging-sites/migration.ts'
import {
  type Answer,
  connect,
  type Database,
  type Event,
  type Plan,
  plan,
  quarantineList,
  type RunOptions,
  run,
  undo,
  type View,
  verify,
} from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import { type FreshDatabase, freshDatabase, query, serverUrl } from '../support/postgres.ts'
import { chargingDatabase } from './database.ts'

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
export async function answersOf(url: string, migration: Migration): Promise<{ end: string; answers: readonly Answer[] }> {
  const answers: Answer[] = []
  const observe = (event: Event) => {
    if (event.type === 'check.answered') answers.push(event.answer)
  }
  const end = await migrate(url, { migration, chunk: 5000, observe }).then(
    (view) => view.state,
    (error: { code: string; exit: number }) => `${error.code}, exit ${error.exit}`,
  )
  return { end, answers }
}

let migrated: Promise<FreshDatabase> | undefined

/** A database in which the migration has run already: run once in a test file, and copied from then on. */
export async function migratedDatabase(): Promise<FreshDatabase> {
  migrated ??= chargingDatabase().then(async (db) => {
    await migrate(db.url)
    return db
  })
  const { name } = await migrated
  const copy = await freshDatabase()
  await copy.drop()
  await query(serverUrl(), `create database "${copy.name}" template "${name}"`)
  return copy
}

/** By source key, the reason and the author's words or the column. */
export const quarantine = (url: string): Promise<Map<string, string>> =>
  planned(url, charging, async (p, db) => {
    const held = await quarantineList(p, db, { mapping: 'usage' })
    return new Map(held.map((q) => [q.key, `${q.code} ${q.code === 'RULE' ? q.says.replace(/:.*/, '') : q.columns.join(', ')}`]))
  })

export const bookedFor = (view: View): Record<string, unknown> =>
  Object.fromEntries(view.steps.flatMap((s) => s.books.map((b) => [b.mapping, b.totals])))

/** What a verification objects to. */
export const objections = ({ answers }: Verification): string[] =>
  answers.filter((a) => a.verdict !== 'passed').map((a) => `${a.title}: ${a.verdict}`)
