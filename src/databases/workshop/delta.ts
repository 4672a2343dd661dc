// What has changed in the workshop since its rows were brought: asked in sets, kept until it is delivered, and read as often as it is needed.
import { postgres } from '../../dialects/postgres.ts'
import { targetUnsupported } from '../../errors/target.ts'
import type { Session } from '../database.ts'
import { textArray } from '../postgres/names.ts'
import { readRows } from './copy.ts'
import type { Delivery, Delta, LedgerDelta, TargetTable, Texts } from './engine.ts'
import { deliveredTable, ledgerTables } from './ledger.ts'
import { hashOf, keyOf, type Loaded, ledgerCopy, own, type Tracked, written } from './load.ts'

const { quote, table: named } = postgres

interface Kept {
  readonly delta: Delta
  /** Where its rows are kept. */
  readonly from: string
}

const hasRows = ({ counts }: Delta): boolean => counts.added + counts.changed + counts.removed > 0

/** Nothing may write to the workshop until it is delivered. */
export async function deltaOf(s: Session, loaded: Loaded): Promise<Delivery> {
  await refuseReadOnly(s, loaded)
  const touched = await touchedSince(s, loaded)
  const kept: Kept[] = []
  for (const [n, t] of parentsFirst(loaded.tracked).entries()) {
    if (!touched.has(t.before)) continue
    const from = `${own}."delta ${n}"`
    const delta = await rowsDelta(s, t, from)
    if (delta) kept.push({ delta, from })
  }
  const deltas = kept.map((k) => k.delta)
  const ledgerThere = (await s.query(`select to_regclass('godwit.run')::text as t`)).rows[0]!['t'] !== null
  if (!ledgerThere) return { deliveries: loaded.deliveries, tables: loaded.all, deltas, ledger: [], ledgerGone: [] }
  await remember(s, kept)
  const now = await ledgerTables(s)
  const ledger: LedgerDelta[] = []
  for (const [n, { table, key }] of now.entries()) {
    const before = loaded.ledger.get(table.name)
    if (before && table.keeps && !touched.has(before.before) && table.name !== 'delivered') continue
    const delta = await ledgerDelta(s, table, key, loaded, `${own}."ledger ${n}"`)
    if (delta) ledger.push(delta)
  }
  const names = new Set(now.map((t) => t.table.name))
  return {
    deliveries: loaded.deliveries,
    tables: loaded.all,
    deltas,
    ledger,
    ledgerGone: [...loaded.ledger.keys()].filter((name) => !names.has(name)),
  }
}

export const isEmpty = (d: Delivery): boolean => !d.deltas.length && !d.ledger.length && !d.ledgerGone.length

/** Tables, by their copies, in which some row or the number to be drawn next may be another one: all asked at once, because most are not. */
async function touchedSince(s: Session, { tracked, ledger, xid }: Loaded): Promise<Set<string>> {
  const all = [
    ...tracked.map((t) => ({ now: named(t.table.id), before: t.before, moved: nextMoved(t) })),
    ...[...ledger.values()]
      .filter((l) => l.table.keeps)
      .map((l) => ({ now: `godwit.${quote(l.table.name)}`, before: l.before, moved: 'false' })),
  ]
  const there = all.length
    ? (await s.query(`select t as name from unnest($1::text[]) t where to_regclass(t) is not null`, [textArray(all.map((t) => t.now))]))
        .rows
    : []
  const names = new Set(there.map((r) => r['name']!))
  const asked = all.filter((t) => names.has(t.now))
  if (!asked.length) return new Set()
  const { rows } = await s.query(
    asked
      .map(
        (t) =>
          `select ${postgres.literal(t.before)} as before where ${t.moved} or exists (select 1 from ${t.now} where xmin::text <> '${xid}') or (select count(*) from ${t.now}) <> (select count(*) from ${t.before})`,
      )
      .join(' union all '),
  )
  return new Set(rows.map((r) => r['before']!))
}

const nextMoved = ({ sequence, next }: Tracked): string =>
  sequence === undefined ? 'false' : `(select ${nextOf} <> ${postgres.literal(next)} from ${sequence})`

/** What is not tracked cannot be delivered: a statement that wrote there would be lost without a word. */
async function refuseReadOnly(s: Session, { onlyRead, xid }: Loaded): Promise<void> {
  for (const t of onlyRead) {
    const { rows } = await s.query(
      `select 1 as one from (select count(*) filter (where xmin::text <> $1) as other, count(*) as n from ${named(t.id)}) x where other > 0`,
      [xid],
    )
    if (rows.length)
      throw targetUnsupported({
        what: t.id,
        why: 'rows of it were changed, and no mapping of this migration writes it',
        hint: 'A statement of a step did that. In this target such a statement belongs into ddl(…), which is carried out there.',
      })
  }
}

function parentsFirst(tracked: readonly Tracked[]): Tracked[] {
  const done: Tracked[] = []
  const taken = new Set<string>()
  const take = (t: Tracked): void => {
    if (taken.has(t.table.id)) return
    taken.add(t.table.id)
    for (const f of t.table.foreignKeys) {
      const parent = tracked.find((x) => x.table.id === f.to)
      if (parent) take(parent)
    }
    done.push(t)
  }
  for (const t of tracked) take(t)
  return done
}

async function rowsDelta(s: Session, tracked: Tracked, delta: string): Promise<Delta | undefined> {
  const { table, before } = tracked
  const columns = written(table)
  const moved = await movedTo(s, tracked)
  if (!table.key.length) {
    await refuseKeyless(s, table, before)
    return undefined
  }
  const on = table.key.map((k) => `c.${quote(k)} = t.${quote(k)}`).join(' and ')
  const row = (alias: string) => `(${columns.map((c) => `${alias}.${quote(c.name)}`).join(', ')})`
  const texts = (alias: string) => columns.map((c, i) => `${alias}.${quote(c.name)}::text as ${alias}${i}`).join(', ')
  const key = quote(table.key[0]!)
  await s.query(`drop table if exists ${delta}`)
  await s.query(
    `create unlogged table ${delta} as select case when c.${key} is null then '+' when t.${key} is null then '-' else '~' end as op, ${texts('c')}, ${texts('t')}
      from ${named(table.id)} t full join ${before} c on ${on} where t.${key} is null or c.${key} is null or ${row('t')} is distinct from ${row('c')}`,
  )
  const { rows } = await s.query(`select op, count(*)::text as n from ${delta} group by op`)
  const n = (op: string) => Number(rows.find((r) => r['op'] === op)?.['n'] ?? 0)
  if (!rows.length && !moved) return undefined
  const list = (alias: string) => columns.map((_, i) => `${alias}${i}`).join(', ')
  const select = (what: string, op: string) => readRows(s, `select ${what} from ${delta} where op = '${op}'`)
  return {
    table,
    columns,
    counts: { removed: n('-'), changed: n('~'), added: n('+') },
    removed: () => select(list('c'), '-'),
    added: () => select(list('t'), '+'),
    changed: () => changes(select(`${list('c')}, ${list('t')}`, '~'), columns.length),
    ...(moved ? { next: moved } : {}),
  }
}

async function* changes(rows: AsyncIterable<Texts>, width: number) {
  for await (const row of rows) yield { before: row.slice(0, width), after: row.slice(width) }
}

const nextOf = '(case when is_called then last_value::numeric + 1 else last_value end)::text'

async function movedTo(s: Session, { sequence, next: before }: Tracked): Promise<Delta['next']> {
  if (sequence === undefined) return undefined
  const after = (await s.query(`select ${nextOf} as next from ${sequence}`)).rows[0]!['next']!
  return after === before ? undefined : { before: before!, after }
}

async function refuseKeyless(s: Session, table: TargetTable, before: string): Promise<void> {
  const whole = (from: string) => `select count(*) as n, sum(hashtextextended((x.*)::text, 0)::numeric) as h from ${from} x`
  const { rows } = await s.query(
    `select 1 as one from (${whole(named(table.id))}) a, (${whole(before)}) b where (a.n, a.h) is distinct from (b.n, b.h)`,
  )
  if (rows.length)
    throw targetUnsupported({
      what: table.id,
      why: 'has no primary key, so a changed row of it could not be told from another',
      hint: 'Give it one, or keep the migration from writing it.',
    })
}

/** How each row that we wrote was when it was delivered. */
async function remember(s: Session, kept: readonly Kept[]): Promise<void> {
  await s.query(deliveredTable)
  for (const { delta, from } of kept.filter((k) => hasRows(k.delta))) {
    const { table, columns } = delta
    const at = (k: string, alias: string) => `d.${alias}${columns.findIndex((c) => c.name === k)}`
    const key = (alias: string) => `jsonb_build_array(${table.key.map((k) => at(k, alias)).join(', ')})::text`
    await s.query(`delete from godwit.delivered g using ${from} d where d.op = '-' and g.relation = $1 and g.key = ${key('c')}`, [table.id])
    await s.query(
      `insert into godwit.delivered (relation, key, hash) select $1, ${keyOf(table, 't')}, ${hashOf(table, 't')} from ${named(table.id)} t where ${keyOf(table, 't')} in (select ${key('t')} from ${from} d where d.op <> '-')
        on conflict (relation, key) do update set hash = excluded.hash`,
      [table.id],
    )
  }
}

async function ledgerDelta(
  s: Session,
  table: LedgerDelta['table'],
  key: readonly string[],
  loaded: Loaded,
  delta: string,
): Promise<LedgerDelta | undefined> {
  const kept = loaded.ledger.get(table.name)
  const there = kept && JSON.stringify(kept.table) === JSON.stringify(table) ? kept : undefined
  if (!table.keeps) return there ? undefined : { table, known: false, removed: nothing, put: nothing }
  const before = ledgerCopy(table.name)
  if (!there) {
    await s.query(`drop table if exists ${before}`)
    await s.query(`create unlogged table ${before} as table godwit.${quote(table.name)} with no data`)
  }
  const on = key.map((k) => `c.${quote(k)} = t.${quote(k)}`).join(' and ')
  const first = quote(key[0]!)
  const digest = (alias: string) =>
    `encode(sha256(convert_to(jsonb_build_array(${key.map((k) => `${alias}.${quote(k)}::text`).join(', ')})::text, 'UTF8')), 'hex')`
  const texts = table.columns.map((c, i) => `t.${quote(c)}::text as t${i}`).join(', ')
  await s.query(`drop table if exists ${delta}`)
  await s.query(
    `create unlogged table ${delta} as select t.${first} is null as gone, case when t.${first} is null then ${digest('c')} else ${digest('t')} end as k, ${texts}
      from godwit.${quote(table.name)} t full join ${before} c on ${on} where t.${first} is null or c.${first} is null or t.* is distinct from c.*`,
  )
  const { rows } = await s.query(`select count(*)::text as n from ${delta}`)
  if (rows[0]!['n'] === '0' && there) return undefined
  const put = `select k, ${table.columns.map((_, i) => `t${i}`).join(', ')} from ${delta} where not gone`
  return {
    table,
    known: there !== undefined,
    removed: () => firsts(readRows(s, `select k from ${delta} where gone`)),
    put: () => readRows(s, put),
  }
}

async function* nothing(): AsyncGenerator<never> {}

async function* firsts(rows: AsyncIterable<Texts>): AsyncGenerator<string> {
  for await (const row of rows) yield row[0]!
}
