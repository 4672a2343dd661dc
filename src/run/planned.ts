// A migration met with a live database.
import type { Database } from '../databases/database.ts'
import { liveRun } from '../ledger/runs.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Migration } from '../migration/migration.ts'
import { type Limits, type Manner, type Plan, plan } from '../plan/plan.ts'
import { whereIs } from '../schema/schema.ts'
import { gatherFacts } from './facts.ts'

export interface PlanOptions extends Partial<Limits>, Manner {
  /** Where a source cannot be reached, what the ledger has kept of it will do: enough to take a run back. */
  readonly recorded?: boolean
}

/** Everything that a run will do. Reads, and changes nothing. */
export async function planned(migration: Migration, db: Database, options: PlanOptions = {}): Promise<Plan> {
  const { readOnly = [], recorded = false, ...manner } = options
  const known = await met(migration, db).catch(async (error: unknown) => {
    const kept = recorded ? await fromLedger(migration, db) : undefined
    if (!kept) throw error
    return kept
  })
  return plan(migration, known.schema, known.facts, { readOnly }, manner)
}

async function met(migration: Migration, db: Database) {
  const schema = await db.schema()
  return { schema, facts: await gatherFacts(db, migration, schema) }
}

async function fromLedger(migration: Migration, db: Database) {
  const run = await db.session(async (s) => ((await ledgerThere(s)) ? liveRun(s, migration.name) : undefined))
  if (!run || !db.ownSchema) return undefined
  const own = await db.ownSchema()
  const away = run.tables.filter((t) => whereIs(t.id)).map((t) => [t.id, t] as const)
  return { schema: { ...own, tables: new Map([...own.tables, ...away]) }, facts: run.facts }
}
