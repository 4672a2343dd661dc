// The workshop filled: the target's tables, their rows and the ledger, all out of one snapshot of the target.
import { postgres } from '../../dialects/postgres.ts'
import type { Session } from '../database.ts'
import { copyRows } from './copy.ts'
import type { LedgerTable, Snapshot, TargetColumn, TargetTable } from './engine.ts'
import { advanceIdentities, deliveredTable, ledgerTables } from './ledger.ts'
import { constrain, makeTables } from './mirror.ts'
import type { Chosen } from './wanted.ts'

/** A table of the workshop, and how its rows stood when they were brought. */
export interface Tracked {
  readonly table: TargetTable
  readonly before: string
  /** Where its numbers come from, and the one to be drawn next. */
  readonly sequence: string | undefined
  readonly next: string | undefined
}
export interface TrackedLedger {
  readonly table: LedgerTable
  readonly before: string
}

export interface Loaded {
  readonly deliveries: string
  /** All tables of the target, wanted or not. */
  readonly all: readonly TargetTable[]
  readonly tables: readonly TargetTable[]
  readonly tracked: readonly Tracked[]
  /** Tables that are only read: how many rows each has. */
  readonly onlyRead: readonly TargetTable[]
  readonly ledger: ReadonlyMap<string, TrackedLedger>
  /** The transaction that brought everything: a row that still carries it is as it was. */
  readonly xid: string
}

const { quote, table: named } = postgres
/** Where the workshop keeps how things stood when they were brought, and what has changed since. */
export const own = '"godwit workshop"'

export const written = (t: TargetTable): TargetColumn[] => t.columns.filter((c) => c.generated === undefined)
const numbered = (t: TargetTable): string | undefined => t.columns.find((c) => c.numbered)?.name

/** The key as one text, and the row as one number: without what is computed there, and whatever zeros a number ends in. */
export const keyOf = (t: TargetTable, alias: string): string =>
  `jsonb_build_array(${t.key.map((k) => `${alias}.${quote(k)}::text`).join(', ')})::text`
export function hashOf(t: TargetTable, alias: string): string {
  const values = written(t).map((c) => (c.type.name === 'numeric' ? `trim_scale(${alias}.${quote(c.name)})` : `${alias}.${quote(c.name)}`))
  return `hashtextextended(jsonb_build_array(${values.map((v) => `${v}::text`).join(', ')})::text, 0)`
}

/** Without `wanted` the tables stand there empty: enough to say what they are. */
export async function load(
  s: Session,
  snapshot: Snapshot,
  wanted: Chosen | undefined,
  install: (s: Session) => Promise<void>,
): Promise<Loaded> {
  await s.transaction((tx) => clear(tx))
  if (snapshot.ledger.length) await install(s)
  const chosen: Chosen = wanted ?? { tables: snapshot.tables, tracked: new Set() }
  const loaded = await s.transaction(async (tx) => {
    const { rows } = await tx.query('select (pg_current_xact_id()::text::bigint % 4294967296)::text as xid')
    await tx.query(`create schema ${own}`)
    await makeTables(tx, chosen.tables)
    if (wanted)
      for (const t of chosen.tables)
        await copyRows(
          tx,
          named(t.id),
          t.columns.map((c) => c.name),
          snapshot.rows(t),
          t.id,
        )
    await constrain(tx, chosen.tables)
    const tracked: Tracked[] = []
    for (const t of chosen.tables.filter((x) => chosen.tracked.has(x.id))) tracked.push(await track(tx, t, snapshot, tracked.length))
    const ledger = await bringLedger(tx, snapshot, rows[0]!['xid']!)
    return {
      deliveries: snapshot.deliveries,
      all: snapshot.tables,
      tables: chosen.tables,
      tracked,
      onlyRead: chosen.tables.filter((t) => !chosen.tracked.has(t.id)),
      ledger,
      xid: rows[0]!['xid']!,
    }
  })
  if (snapshot.ledger.length) await touchChanged(s, loaded)
  const filled = [
    ...(wanted ? loaded.tables.map((t) => named(t.id)) : []),
    ...[...loaded.ledger.keys()].map((name) => `godwit.${quote(name)}`),
  ]
  if (filled.length) await s.query(`analyze ${filled.join(', ')}`)
  return loaded
}

/** All but what belongs to Postgres itself. */
async function clear(tx: Session): Promise<void> {
  const { rows } = await tx.query(
    `select quote_ident(nspname) as name from pg_namespace where nspname not in ('pg_catalog', 'information_schema', 'public') and nspname !~ '^pg_(toast|temp)'`,
  )
  for (const r of rows) await tx.query(`drop schema ${r['name']!} cascade`)
}

async function track(tx: Session, table: TargetTable, snapshot: Snapshot, n: number): Promise<Tracked> {
  const before = `${own}."rows ${n}"`
  await copyOf(tx, named(table.id), before)
  const column = numbered(table)
  const next = column === undefined ? undefined : await snapshot.next(table)
  if (column === undefined) return { table, before, sequence: undefined, next: undefined }
  const sequence = `pg_get_serial_sequence(${postgres.literal(named(table.id))}, ${postgres.literal(column)})`
  const { rows } = await tx.query(
    `select ${sequence} as sequence, setval(${sequence}, least($1::numeric, 9223372036854775807)::bigint, $1::numeric > 9223372036854775807)`,
    [next!],
  )
  return { table, before, sequence: rows[0]!['sequence']!, next }
}

export async function copyOf(tx: Session, table: string, copy: string): Promise<void> {
  await tx.query(`drop table if exists ${copy}`)
  await tx.query(`create unlogged table ${copy} as table ${table}`)
}

export const ledgerCopy = (name: string): string => `${own}.${quote(name)}`

async function bringLedger(tx: Session, snapshot: Snapshot, xid: string): Promise<Map<string, TrackedLedger>> {
  const tracked = new Map<string, TrackedLedger>()
  if (!snapshot.ledger.length) return tracked
  await tx.query(deliveredTable)
  for (const t of snapshot.ledger) {
    const table = `godwit.${quote(t.name)}`
    const there = (await tx.query('select to_regclass($1)::text as t', [table])).rows[0]!['t'] !== null
    if (there) await tx.query(`truncate ${table} cascade`)
    else for (const sql of t.sql) await tx.query(sql)
  }
  // those that others point at first
  for (const t of snapshot.ledger.filter((x) => x.keeps).toSorted((a, b) => Number(b.name === 'run') - Number(a.name === 'run')))
    await copyRows(tx, `godwit.${quote(t.name)}`, t.columns, snapshot.ledgerRows(t), `the ledger's ${t.name}`)
  // what our units wrote has been written anew, by this transaction
  await tx.query('update godwit.unit set xid = $1::bigint', [xid])
  await advanceIdentities(tx)
  // whoever holds the epoch has had the workshop filled anew, and knows that it was
  await tx.query('insert into godwit.unlogged (epoch) select epoch from godwit.epoch on conflict do nothing')
  for (const { table } of await ledgerTables(tx)) {
    const before = ledgerCopy(table.name)
    if (table.keeps) await copyOf(tx, `godwit.${quote(table.name)}`, before)
    tracked.set(table.name, { table, before })
  }
  return tracked
}

/** Rows that are not as we delivered them get another transaction's number: that is how the engine sees that somebody has changed them. */
async function touchChanged(s: Session, { tracked }: Loaded): Promise<void> {
  await s.transaction(async (tx) => {
    for (const { table: t } of tracked.filter((x) => x.table.key.length)) {
      const key = quote(t.key[0]!)
      await tx.query(
        `update ${named(t.id)} t set ${key} = t.${key} from godwit.delivered d where d.relation = $1 and d.key = ${keyOf(t, 't')} and d.hash <> ${hashOf(t, 't')}`,
        [t.id],
      )
    }
  })
}
