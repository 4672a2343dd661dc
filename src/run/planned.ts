// A migration met with a live database.
import type { Database } from '../databases/database.ts'
import { liveRun } from '../ledger/runs.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Migration } from '../migration/migration.ts'
import { type Limits, type Manner, type Plan, plan } from '../plan/plan.ts'
import { type LiveSchema, whereIs } from '../schema/schema.ts'
import { gatherFacts } from './facts.ts'
import { inPlace } from './retired.ts'

export interface PlanOptions extends Partial<Limits>, Manner {
  /** Where a source cannot be reached, what the ledger has kept of it will do: enough to take a run back. */
  readonly recorded?: boolean
}

/** Everything that a run will do. Reads, and changes nothing. */
export async function planned(migration: Migration, db: Database, options: PlanOptions = {}): Promise<Plan> {
  const { readOnly = [], recorded = false, ...manner } = options
  await db.elsewhere?.want(migration)
  const known = await met(migration, db).catch(async (error: unknown) => {
    const kept = recorded ? await fromLedger(migration, db) : undefined
    if (!kept) throw error
    return kept
  })
  const made = plan(migration, known.schema, known.facts, { readOnly }, manner)
  if (db.elsewhere) await makeAgain(made, db)
  return made
}

/** Relations that a pass makes of others are not kept where the workshop is filled from: whoever looks at them later finds them made anew. */
async function makeAgain(made: Plan, db: Database): Promise<void> {
  const statements = made.steps.flatMap((s) => s.mapping?.bring ?? [])
  if (!statements.length) return
  await db.session(async (s) => {
    if (!(await ledgerThere(s)) || !(await liveRun(s, made.migration))) return
    // what cannot be made now the next run says, with the row that is in the way
    await s
      .transaction(async (tx) => {
        for (const sql of statements) await tx.query(sql)
      })
      .catch(() => undefined)
  })
}

async function met(migration: Migration, db: Database) {
  const schema = await withRetired(migration, db)
  const facts = await gatherFacts(db, migration, schema)
  // a number that is set aside here somebody may be given there
  return { schema, facts: db.elsewhere ? { ...facts, dense: [] } : facts }
}

/** Out of sight, and still a part of the plan. */
async function withRetired({ name }: Migration, db: Database): Promise<LiveSchema> {
  const schema = await db.schema()
  return db.session(async (s) => {
    const run = (await ledgerThere(s)) ? await liveRun(s, name) : undefined
    return run ? inPlace(s, run, schema) : schema
  })
}

async function fromLedger(migration: Migration, db: Database) {
  const run = await db.session(async (s) => ((await ledgerThere(s)) ? liveRun(s, migration.name) : undefined))
  if (!run || !db.ownSchema) return undefined
  const own = await db.ownSchema()
  const away = run.tables.filter((t) => whereIs(t.id)).map((t) => [t.id, t] as const)
  return { schema: { ...own, tables: new Map([...own.tables, ...away]) }, facts: run.facts }
}
