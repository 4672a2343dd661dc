// All that must be known before the first row of a mapping goes.

import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { postgres } from '../dialects/postgres.ts'
import { keyNotUnique } from '../errors/run.ts'
import { isTable } from '../schema/table.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { failureOf } from './failures.ts'
import { makeGroups } from './groups.ts'
import { coverKeys, fillPools } from './numbers.ts'

/** All that must be known before the first row goes; done anew whenever a pass begins or goes on. */
export async function prepare(work: Work, mapping: MappingPlan): Promise<void> {
  const { control } = work
  await control.query('insert into godwit.books (run, mapping, pass) values ($1, $2, $3) on conflict do nothing', [
    work.run,
    mapping.shape.name,
    work.pass,
  ])
  await openSession(control, mapping)
  await keepRules(control, work, mapping)
  const step = async (sql: readonly string[]) => {
    for (const s of sql) await control.query(s)
  }
  await bring(work, mapping)
  await distinctKeys(control, mapping)
  await coverKeys(work, control, mapping)
  if (work.pass === 1) await fillPools(work, control, mapping)
  await step(mapping.windows)
  await step(mapping.twins)
  await makeGroups(work, mapping)
  await step(mapping.sharedTwins)
}

async function bring(work: Work, mapping: MappingPlan): Promise<void> {
  try {
    await atOnce(work, work.control, async (tx) => {
      await work.fence.check(tx)
      for (const s of mapping.bring) await tx.query(s)
    })
  } catch (error) {
    const state = failureOf(error)?.sqlstate
    if (work.dry || (state !== '23505' && state !== '23502')) throw error
    await refuseTwice(work.control, mapping, `(${mapping.shape.query}) s`)
    throw error
  }
}

export const openSession = async (session: Session, mapping: MappingPlan): Promise<void> => {
  for (const sql of mapping.session) await session.query(sql)
}

async function keepRules(session: Session, work: Work, mapping: MappingPlan): Promise<void> {
  await session.query('delete from godwit.rule where migration = $1 and mapping = $2', [work.plan.migration, mapping.shape.name])
  await session.query(
    `insert into godwit.rule (migration, mapping, n, kind, code, columns, at, says, blocked_by)
      select $1, $2, (r->>'n')::smallint, r->>'kind', r->>'code', array(select jsonb_array_elements_text(r->'columns')), r->>'at', r->>'says', r->>'blockedBy' from jsonb_array_elements($3::jsonb) r`,
    [work.plan.migration, mapping.shape.name, JSON.stringify(mapping.rules)],
  )
}

/** A query's key is only said to be one. A table's is one, by its constraint. */
async function distinctKeys(session: Session, mapping: MappingPlan): Promise<void> {
  const { shape } = mapping
  if (!isTable(shape.facts.from)) return
  const table = postgres.table(shape.facts.from.id)
  const { rows } = await session.query(
    `select 1 as one from pg_index i where i.indrelid = $1::regclass and i.indisunique and i.indisvalid and i.indpred is null and
      (select array_agg(a.attname::text order by a.attname) from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey)) = (select array_agg(n order by n) from unnest($2::text[]) n)`,
    [table, `{${shape.key.map((k) => JSON.stringify(k.name)).join(',')}}`],
  )
  if (!rows.length) await refuseTwice(session, mapping, table)
}

async function refuseTwice(session: Session, { shape }: MappingPlan, source: string): Promise<void> {
  const keys = shape.key.map((k) => postgres.quote(k.name)).join(', ')
  const twice = await session.query(
    `select (${keys})::text as key, count(*)::text as n from ${source} group by ${keys} having count(*) > 1 or (${shape.key.map((k) => `${postgres.quote(k.name)} is null`).join(' or ')}) limit 1`,
  )
  if (twice.rows.length)
    throw keyNotUnique({
      source: shape.facts.from.id,
      key: shape.key.map((k) => k.name).join(', '),
      sample: `${twice.rows[0]!['key'] ?? 'null'} stands ${twice.rows[0]!['n']} times`,
      at: shape.facts.at,
    })
}
