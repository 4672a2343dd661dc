// What a plan must know of the data: asked once, kept with the run, so that a resumed run plans alike.

import type { Database, Session } from '../databases/database.ts'
import { sourceNamed } from '../databases/sources.ts'
import { postgres } from '../dialects/postgres.ts'
import { sequenceUnusable } from '../errors/run.ts'
import { isCutOver } from '../ledger/cutover.ts'
import { liveRun } from '../ledger/runs.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Migration } from '../migration/migration.ts'
import { idsAway } from '../plan/brought.ts'
import { type Facts, foreseenAs } from '../plan/plan.ts'
import type { ColumnFacts } from '../schema/column.ts'
import type { Content, Contents } from '../schema/content.ts'
import { type LiveSchema, type LiveTable, whereIs } from '../schema/schema.ts'
import { isTable } from '../schema/table.ts'
import { isInteger } from '../schema/type.ts'
import type { Foreseen, Looking } from '../steps/step.ts'

/** Numbers may be set aside for twenty times as many keys as there are rows; sparser keys get theirs from the ledger. */
const sparsest = 20n

/** Each question goes to the database whose table it is about. */
export async function gatherFacts(db: Database, migration: Migration, schema: LiveSchema): Promise<Facts> {
  return db.session((session) => gather(db, session, migration, schema))
}

async function gather(db: Database, session: Session, migration: Migration, schema: LiveSchema): Promise<Facts> {
  const run = (await ledgerThere(session)) ? await liveRun(session, migration.name) : undefined
  // the old shape is not looked at any more: whoever asks whether it is read must not find us there
  if (run && (await isCutOver(session, run.id))) return run.facts
  const rows: Record<string, number> = {}
  const dense: string[] = []
  for (const m of migration.mappings) {
    const live = schema.tables.get(m.from.id)
    if (!live || !isTable(m.from)) continue
    const key = m.from.key[0] as string | undefined
    const whole = key !== undefined && m.from.key.length === 1 && isInteger((m.from.columns[key] as ColumnFacts).type)
    const { rows: n, lo, hi } = await extentOf(db, session, live, whole ? key : undefined)
    rows[m.name] = n
    if (!whole) continue
    if (lo === null || hi === null || !/^-?\d+$/.test(lo!) || !/^-?\d+$/.test(hi!)) {
      if (lo === null) dense.push(m.name)
      continue
    }
    if (BigInt(hi!) - BigInt(lo!) <= BigInt(n) * sparsest + 10_000n) dense.push(m.name)
  }
  await refuseOthersSequences(session, migration, schema)
  const contents = await contentsOf(db, migration, schema)
  const foreseen = db.elsewhere ? {} : await foreseenOf(session, migration, run?.facts.foreseen)
  return {
    rows,
    dense: run ? run.facts.dense : dense,
    ...(Object.keys(contents).length ? { contents } : {}),
    ...(Object.keys(foreseen).length ? { foreseen } : {}),
  }
}

/** What was settled when the run began stays settled. */
async function foreseenOf(
  session: Session,
  migration: Migration,
  settled: Facts['foreseen'] = {},
): Promise<NonNullable<Facts['foreseen']>> {
  const foreseen: Record<string, Foreseen> = {}
  const looking: Looking = {
    target: { ask: async (sql) => (await session.query(sql)).rows },
    steps: migration.steps.map(({ step }) => step),
  }
  for (const { phase, step } of migration.steps) {
    if (!step.foresee) continue
    const as = foreseenAs(phase, step)
    foreseen[as] = settled[as] ?? (await step.foresee(looking))
  }
  return foreseen
}

/** What files are, as they are now: a plan of other files is another plan. */
async function contentsOf(db: Database, migration: Migration, schema: LiveSchema): Promise<Contents> {
  const contents: Record<string, readonly Content[]> = {}
  for (const { step } of migration.steps) if (step.file) contents[step.file.name] = [step.file]
  for (const id of idsAway(migration)) {
    const away = whereIs(id)!
    const found = schema.tables.has(id) ? await sourceNamed(db, away.database).contents?.(away.id) : undefined
    if (found) contents[id] = found
  }
  return contents
}

interface Extent {
  readonly rows: number
  readonly lo: string | null
  readonly hi: string | null
}

async function extentOf(db: Database, session: Session, table: LiveTable, key: string | undefined): Promise<Extent> {
  const away = whereIs(table.id)
  if (away) {
    const { rows, lo, hi } = await sourceNamed(db, away.database).extent(away.id, key)
    return { rows: Number(rows), lo, hi }
  }
  const from = postgres.table(table.id)
  const ask = async (sql: string) => (await session.query(sql)).rows[0]!
  const rows = table.estimate > 100_000 ? table.estimate : Number((await ask(`select count(*)::text as n from ${from}`))['n'])
  if (key === undefined) return { rows, lo: null, hi: null }
  const ends = await ask(`select min(${postgres.quote(key)})::text as lo, max(${postgres.quote(key)})::text as hi from ${from}`)
  return { rows, lo: ends['lo']!, hi: ends['hi']! }
}

/** Setting numbers aside takes ALTER SEQUENCE, and that takes ownership: said before anything happens. */
async function refuseOthersSequences(session: Session, migration: Migration, schema: LiveSchema): Promise<void> {
  const keys = migration.mappings
    .flatMap((m) => m.outputs)
    .flatMap(
      (o) =>
        schema.tables.get(o.to.id)?.columns.filter((c) => c.sequence && o.to.key.includes(c.name) && o.values[c.name] === undefined) ?? [],
    )
  for (const sequence of new Set(keys.map((c) => c.sequence!))) {
    const { rows } = await session.query(
      `select pg_get_userbyid(relowner) as owner, pg_has_role(relowner, 'USAGE')::text as ours, current_user::text as me from pg_class where oid = to_regclass($1)`,
      [sequence],
    )
    if (rows[0]?.['ours'] === 'false')
      throw sequenceUnusable({
        sequence,
        why: `it belongs to ${rows[0]['owner']}, and only its owner may set numbers aside`,
        hint: `Grant that role: grant ${rows[0]['owner']} to ${rows[0]['me']}; or run as it (runAs in godwit.config.ts).`,
      })
  }
}
