// Rows of other databases, brought as bytes into the ledger's schema, where the same statements find them as find a table's own.
import type { Database, Session } from '../databases/database.ts'
import { sourceNamed } from '../databases/sources.ts'
import { postgres } from '../dialects/postgres.ts'
import { copyDiffers, keyNotUnique, textNotBrought } from '../errors/run.ts'
import type { Brought } from '../plan/brought.ts'
import { unheld, whereIs } from '../schema/schema.ts'
import { count } from '../text.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { failureOf, retrying } from './failures.ts'

/** Done anew whenever a process begins to work: the copies are unlogged, and a crash of the server empties them. */
export async function bringSources(work: Work): Promise<void> {
  const { settings, clock, signal } = work
  for (const b of work.plan.brought) {
    const step = stepOf(work, b)
    const waiting = (why: string) => work.bus.emit({ type: 'step.waiting', step, why })
    // whichever of the two servers has gone away: a copy that was broken off is nothing, and is begun anew
    const rows = await retrying(`bringing ${b.id} along`, work.dry ? 0 : settings.retries, clock, signal, waiting, () => bringOne(work, b))
    waiting(`${count(rows)} rows of ${b.id} brought along`)
  }
}

async function bringOne(work: Work, b: Brought): Promise<number> {
  await atOnce(work, work.control, async (tx) => {
    await work.fence.check(tx)
    for (const sql of makeCopy(b)) await tx.query(sql)
  })
  const here = <T>(body: (s: Session) => Promise<T>): Promise<T> => (work.dry ? body(work.control) : work.db.session(body))
  return bring(work.db, b, here, work.dry ? 1 : work.settings.workers)
}

const stepOf = (work: Work, b: Brought): string =>
  (work.plan.steps.find((s) => s.mapping?.shape.facts.from.id === b.id) ?? work.plan.steps[0])!.id

const makeCopy = (b: Brought): string[] => [
  `drop table if exists ${b.copy}`,
  `create unlogged table ${b.copy} (${b.columns.map((c) => `${postgres.quote(c.name)} ${postgres.typeName(c.type)}`).join(', ')}, ${postgres.quote(unheld)} text)`,
]

/** Within one transaction, which may be rolled back. */
export async function bringInto(tx: Session, db: Database, b: Brought): Promise<void> {
  for (const sql of makeCopy(b)) await tx.query(sql)
  await bring(db, b, (body) => body(tx), 1)
}

/** In one snapshot of the other database, counted and digested on both sides. Gives how many rows. */
async function bring(
  db: Database,
  b: Brought,
  here: <T>(body: (s: Session) => Promise<T>) => Promise<T>,
  streams: number,
): Promise<number> {
  const place = whereIs(b.id)!
  const there = await sourceNamed(db, place.database)
    .send({ ...b, table: place.id }, here, streams)
    .catch((error) => {
      const { sqlstate = '', message = '' } = failureOf(error) ?? {}
      throw /^22(021|P05)$/.test(sqlstate) ? textNotBrought({ table: b.id, said: message, cause: error }) : error
    })
  const arrived = (await here((s) => s.query(there.asked))).rows[0]!
  const told = (rows: string, digest: string) => `${count(Number(rows))} rows, digest ${digest}`
  if (there.rows !== arrived['rows'] || there.digest !== arrived['digest'])
    throw copyDiffers({ table: b.id, there: told(there.rows, there.digest), here: told(arrived['rows']!, arrived['digest']!) })
  await here((s) => keyed(s, b))
  return Number(there.rows)
}

async function keyed(s: Session, b: Brought): Promise<void> {
  const keys = b.key.map(postgres.quote).join(', ')
  try {
    if (b.key.length) await s.query(`alter table ${b.copy} add primary key (${keys})`)
  } catch (error) {
    if (!/^23(505|502)$/.test(failureOf(error)?.sqlstate ?? '')) throw error
    const { rows } = await s.query(
      `select (${keys})::text as key, count(*)::text as n from ${b.copy} group by ${keys} order by count(*) desc, 1 nulls first limit 1`,
    )
    throw keyNotUnique({
      source: b.id,
      key: b.key.join(', '),
      sample: `${rows[0]?.['key'] ?? 'null'} stands ${rows[0]?.['n']} times`,
      at: undefined,
    })
  }
  await s.query(`analyze ${b.copy}`)
}
