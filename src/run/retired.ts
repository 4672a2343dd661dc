// What a run has put out of sight is still a part of its plan: the plan is made as if it stood where it stood.
import type { Session } from '../databases/database.ts'
import type { Phase } from '../events/phase.ts'
import { type KnownRun, schemaSeen } from '../ledger/runs.ts'
import type { LiveSchema } from '../schema/schema.ts'
import type { Kept } from '../steps/retire/retire.ts'
import type { Work } from './context.ts'

/** All that the steps of a run have retired and not brought back. */
export async function retiredBy(session: Session, run: number): Promise<readonly { readonly step: string; readonly kept: Kept }[]> {
  const { rows } = await session.query(
    `select step, body::text as body from godwit.memory where run = $1 and body ? 'retired' order by step`,
    [run],
  )
  return rows.map((r) => ({ step: r['step']!, kept: JSON.parse(r['body']!) as Kept }))
}

/** Tables that a step watches from behind a view of their name. */
async function behindViews(session: Session, run: number): Promise<readonly string[]> {
  const { rows } = await session.query(
    `select distinct jsonb_array_elements_text(body -> 'behind') as id from godwit.memory where run = $1 and body ? 'behind'`,
    [run],
  )
  return rows.map((r) => r['id']!)
}

/** Tables that do not stand as the plan knows them: out of sight, short of a column, or behind a view. */
export async function outOfPlace(session: Session, run: number): Promise<ReadonlySet<string>> {
  const retired = (await retiredBy(session, run)).flatMap(({ kept }) => kept.retired.map((r) => r.table))
  return new Set([...retired, ...(await behindViews(session, run))])
}

type Known = Pick<KnownRun, 'id' | 'tables' | 'contracted'>

/** Tables that are gone from sight, or have a column less, as the ledger knows them; once steps of contract change the schema, all of the plan's. */
export async function inPlace(session: Session, { id, tables, contracted }: Known, schema: LiveSchema): Promise<LiveSchema> {
  const away = await outOfPlace(session, id)
  const known = tables.filter((t) => contracted || away.has(t.id))
  return known.length ? { ...schema, tables: new Map([...schema.tables, ...known.map((t) => [t.id, t] as const)]) } : schema
}

/** What a step of ours has made of the schema is kept with the run. */
export async function seen({ control, run, plan, db }: Work, phase: Phase): Promise<void> {
  const known: Known = { id: run, tables: [...plan.schema.tables.values()], contracted: phase === 'contract' }
  await schemaSeen(control, run, plan, await inPlace(control, known, await db.schema()))
}
