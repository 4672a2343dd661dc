// Numbers for target keys: stretches set aside for whole passes, and fresh ones for rows that came later.
import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { postgres } from '../dialects/postgres.ts'
import type { OutputShape } from '../dialects/shape.ts'
import { setAside } from '../ledger/sequences.ts'
import { atOnce } from './at-once.ts'
import { stepOf, type Work } from './context.ts'
import { retrying } from './failures.ts'
import type { Range } from './ranges.ts'

/** In a transaction of its own, so that the application waits for a moment only. */
const apart = <T>(work: Work, mapping: MappingPlan, tx: Session, body: (tx: Session) => Promise<T>): Promise<T> => {
  if (work.dry) return body(tx)
  return retrying(
    'setting numbers aside',
    work.settings.retries,
    work.clock,
    work.signal,
    (why) => work.bus.emit({ type: 'step.waiting', step: stepOf(work, mapping), why }),
    () =>
      work.db.session((s) =>
        atOnce(work, s, async (own) => {
          await own.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
          await work.fence.check(own)
          return body(own)
        }),
      ),
  )
}

const takenBy = (o: OutputShape) => ({ table: postgres.table(o.table.id), column: postgres.quote(o.key.columns[0]!.name) })

/** A wider gap between keys that come later is left out of what is set aside. */
const widestGap = 1000

/** Source keys that no stretch covers yet get one. At first it is one for all; what comes later may lie far off. */
export async function coverKeys(work: Work, session: Session, mapping: MappingPlan): Promise<void> {
  const { shape } = mapping
  const reserved = shape.outputs.filter((o) => o.key.keying === 'reserved')
  if (!reserved.length) return
  const any = (await session.query(`select 1 as one from ${shape.extents} limit 1`)).rows.length > 0
  const { rows } = await session.query(
    any
      ? uncovered(mapping)
      : `select min(k)::text as lo, max(k)::text as hi from (select ${postgres.quote(shape.key[0]!.name)} as k from ${shape.source}) s having count(*) > 0`,
  )
  for (const { lo, hi } of rows) {
    const n = BigInt(hi!) - BigInt(lo!) + 1n
    await apart(work, mapping, session, async (tx) => {
      const bases: bigint[] = []
      for (const o of reserved) bases.push(await setAside(tx, work.run, o.key.sequence!, n, takenBy(o)))
      await tx.query(
        `insert into ${shape.extents} (lo, hi, ${reserved.map((o) => `b${o.index}`).join(', ')}) values (${[lo, hi, ...bases].join(', ')})`,
      )
    })
  }
}

/** Keys outside of all stretches, gathered where they lie close together and no stretch lies between them. */
function uncovered(mapping: MappingPlan): string {
  const { shape } = mapping
  const key = postgres.quote(shape.key[0]!.name)
  return `with late as (select s.${key} as k, (select count(*) from ${shape.extents} x where x.hi < s.${key}) as below from ${shape.source} s where not exists (select 1 from ${shape.extents} x where s.${key} between x.lo and x.hi)),
    cuts as (select k, coalesce(k - lag(k) over w > ${widestGap} or below <> lag(below) over w, false)::int as cut from late window w as (order by k)),
    near as (select k, sum(cut) over (order by k) as n from cuts)
    select min(k)::text as lo, max(k)::text as hi from near group by n order by min(k)`
}

/** Rows that came after the stretches were set aside have no number yet: they get theirs, and the unit is staged again. */
export async function numbersMissing(tx: Session, mapping: MappingPlan): Promise<boolean> {
  const o = mapping.shape.outputs.find((x) => x.key.keying === 'reserved')
  return (
    o !== undefined && (await tx.query(`select 1 as one from ${mapping.shape.stage} where o${o.index}k0 is null limit 1`)).rows.length > 0
  )
}

/** For a first pass whose rows draw numbers in the order of their keys: as many as there are rows. */
export async function fillPools(work: Work, session: Session, mapping: MappingPlan): Promise<void> {
  for (const o of mapping.pools) {
    const which = [work.run, mapping.shape.name, o.index, work.pass]
    const there = async (s: Session) =>
      (await s.query('select 1 as one from godwit.pool where run = $1 and mapping = $2 and output = $3 and pass = $4', which)).rows.length >
      0
    if (await there(session)) continue
    const size = BigInt((await session.query(`select count(*)::text as n from ${mapping.shape.source}`)).rows[0]!['n']!)
    await apart(work, mapping, session, async (tx) => {
      const base = await setAside(tx, work.run, o.key.sequence!, size, takenBy(o))
      await tx.query('insert into godwit.pool (run, mapping, output, pass, base, size) values ($1, $2, $3, $4, $5, $6)', [
        ...which,
        String(base),
        String(size),
      ])
    })
  }
}

/** The numbers of a range of the first pass: a row's number depends on how many rows stand before it, not on how they are cut. */
export async function firstNumbers(work: Work, tx: Session, mapping: MappingPlan, range: Range): Promise<string[] | undefined> {
  const numbers: string[] = []
  for (const o of mapping.pools) {
    const { rows } = await tx.query(
      'select base::text as base, size::text as size from godwit.pool where run = $1 and mapping = $2 and output = $3 and pass = $4',
      [work.run, mapping.shape.name, o.index, work.pass],
    )
    if (!rows.length || range.first + range.allotted > BigInt(rows[0]!['size']!)) return undefined
    numbers.push(String(BigInt(rows[0]!['base']!) + range.first))
  }
  return numbers
}

/** Numbers for the staged rows that go and hold none; none if there is no such row. */
export async function freshNumbers(work: Work, tx: Session, mapping: MappingPlan, first: boolean): Promise<string[] | undefined> {
  const numbers: string[] = []
  let any = false
  for (const o of mapping.pools) {
    // in a first pass the rows of a unit are numbered through, whether they go or not
    const { rows } = await tx.query(
      `select count(*) filter (where o${o.index} and o${o.index}h0 is null)::text as wanting, count(*)::text as staged from ${mapping.shape.stage}`,
    )
    const wanting = BigInt(rows[0]!['wanting']!)
    const n = wanting > 0n && first ? BigInt(rows[0]!['staged']!) : wanting
    any ||= n > 0n
    numbers.push(n === 0n ? '0' : await draw(work, tx, mapping, o, n))
  }
  if (any && !first) await tx.query(mapping.want!)
  return any ? numbers : undefined
}

/** The ledger's own stock of numbers for rows that come later; a pass has a stock of its own only where it begins. */
const stock = 0

/** So many numbers from the stock. It is filled up apart and drawn from with the unit: one that is broken off gives back what it drew. */
async function draw(work: Work, tx: Session, mapping: MappingPlan, o: OutputShape, n: bigint): Promise<string> {
  const which = [work.run, mapping.shape.name, o.index, stock]
  for (;;) {
    const { rows } = await tx.query(
      'update godwit.pool set base = base + $5::bigint, size = size - $5::bigint where run = $1 and mapping = $2 and output = $3 and pass = $4 and size >= $5::bigint returning (base - $5::bigint)::text as base',
      [...which, String(n)],
    )
    if (rows.length) return rows[0]!['base']!
    await apart(work, mapping, tx, (own) => fill(own, work.run, which, o, n))
  }
}

async function fill(own: Session, run: number, which: readonly (string | number)[], o: OutputShape, n: bigint): Promise<void> {
  const { rows } = await own.query(
    'select base::text as base, size::text as size from godwit.pool where run = $1 and mapping = $2 and output = $3 and pass = $4 for update',
    [...which],
  )
  const [base, size] = [BigInt(rows[0]?.['base'] ?? 0), BigInt(rows[0]?.['size'] ?? 0)]
  if (size >= n) return
  const more = n - size
  const next = await setAside(own, run, o.key.sequence!, more, takenBy(o))
  // where somebody has drawn in between, the numbers left over do not adjoin the new ones, and these alone must do
  const adjoins = size > 0n && next === base + size
  if (!adjoins && size > 0n) await setAside(own, run, o.key.sequence!, size, takenBy(o))
  await own.query(
    `insert into godwit.pool (run, mapping, output, pass, base, size) values ($1, $2, $3, $4, $5::bigint, $6::bigint)
      on conflict (run, mapping, output, pass) do update set base = excluded.base, size = excluded.size`,
    [...which, String(adjoins ? base : next), String(size + more)],
  )
}

/** Keys that the mapping gives itself leave the sequence behind: the application's next insert would meet one of them. */
export async function advanceSequences(work: Work, mapping: MappingPlan): Promise<void> {
  for (const o of mapping.shape.outputs) {
    const [key, ...more] = o.key.columns
    const sequence = more.length ? undefined : o.table.columns.find((c) => c.name === key!.name)?.sequence
    if (o.key.keying !== 'given' || !sequence || !(await isBehind(work.control, o, sequence))) continue
    await atOnce(work, work.control, async (tx) => {
      await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
      await work.fence.check(tx)
      await setAside(tx, work.run, sequence, 0n, { table: postgres.table(o.table.id), column: postgres.quote(key!.name) })
    })
  }
}

async function isBehind(session: Session, o: OutputShape, sequence: string): Promise<boolean> {
  const { table, column } = takenBy(o)
  const { rows } = await session.query(
    `select (coalesce(max(${column}), 0) >= (select case when is_called then last_value + 1 else last_value end from ${sequence}))::text as behind from ${table}`,
  )
  return rows[0]!['behind'] === 'true'
}
