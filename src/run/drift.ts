// The shape of the tables that a run reads and writes must stay what it was planned for: looked at inside every unit,
// where its own locks already hold off whoever would change them.
import type { Database, Session } from '../databases/database.ts'
import { postgres } from '../dialects/postgres.ts'
import { schemaDrifted } from '../errors/plan.ts'
import type { Plan } from '../plan/plan.ts'
import { diffSchemas } from '../schema/diff.ts'
import { type LiveSchema, whereIs } from '../schema/schema.ts'
import { failureOf } from './failures.ts'

export const concerned = (plan: Plan): string[] =>
  [...new Set([...plan.writes, ...plan.reads])].filter((id) => plan.schema.tables.has(id) && !whereIs(id)).toSorted()

/** One number for columns, constraints and triggers of all tables concerned. */
export async function shapeOfTables(session: Session, plan: Plan): Promise<string> {
  const tables = concerned(plan).map((id) => `to_regclass(${postgres.literal(postgres.table(id))})`)
  if (!tables.length) return ''
  const { rows } = await session.query(
    `select sum(h)::text as shape from (
       select hashtextextended(concat_ws('|', attrelid, attnum, attname, atttypid, atttypmod, attnotnull, attcollation, attgenerated, attidentity), 0)::numeric as h from pg_attribute where attrelid = any (array[${tables.join(', ')}]::oid[]) and attnum > 0 and not attisdropped
       union all select hashtextextended(concat_ws('|', oid, conname, contype, condeferrable, convalidated, conkey, confrelid, pg_get_constraintdef(oid)), 0)::numeric from pg_constraint where conrelid = any (array[${tables.join(', ')}]::oid[])
       union all select hashtextextended(concat_ws('|', oid, tgname, tgenabled, tgfoid), 0)::numeric from pg_trigger where tgrelid = any (array[${tables.join(', ')}]::oid[]) and not tgisinternal) x`,
  )
  return rows[0]!['shape'] ?? ''
}

const only = (schema: LiveSchema, ids: readonly string[]): LiveSchema => ({
  ...schema,
  tables: new Map(
    ids.flatMap((id) => {
      const t = schema.tables.get(id)
      return t ? [[id, t] as const] : []
    }),
  ),
})

async function differencesNow(plan: Plan, db: Database): Promise<string[]> {
  const ids = concerned(plan)
  return diffSchemas(only(plan.schema, ids), only(await db.schema(ids), ids))
}

/** Between the plan and the first write somebody may have changed a table. */
export async function refuseDrift(plan: Plan, db: Database): Promise<void> {
  const differences = await differencesNow(plan, db)
  if (differences.length) throw schemaDrifted({ differences })
}

export async function drifted(plan: Plan, db: Database): Promise<Error> {
  const differences = await differencesNow(plan, db)
  return schemaDrifted({
    differences: differences.length
      ? differences
      : ['A table was changed while the run was under way, in a way that does not show in its shape any more.'],
  })
}

/** A statement that names what is not there any more: the schema was changed under it. */
export async function orDrift(error: unknown, plan: Plan, db: Database): Promise<unknown> {
  const state = (failureOf(error) ?? failureOf((error as Error | undefined)?.cause))?.sqlstate
  if (!state?.startsWith('42') || state === '42501') return error
  const differences = await differencesNow(plan, db)
  return differences.length ? schemaDrifted({ differences }) : error
}
