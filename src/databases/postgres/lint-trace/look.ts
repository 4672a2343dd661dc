// What can be seen of a session from within it: which files tables have, how often they were read from end to end, which locks it holds.
import type pg from 'pg'
import type { Held } from '../../../lint/seen.ts'

/** What is there before anything runs: names by oid. Indexes are among them: a lock on one alone stops those who would use it. */
export interface There {
  readonly names: ReadonlyMap<string, string>
  /** Names of materialized views. */
  readonly views: ReadonlySet<string>
  /** How many rows each table has. */
  readonly rows: ReadonlyMap<string, number>
}

export interface Reads {
  /** From one end to the other, or until enough was read. */
  readonly times: number
  readonly rows: number
}

export interface Look {
  readonly files: ReadonlyMap<string, string>
  readonly reads: ReadonlyMap<string, Reads>
  readonly locks: readonly Held[]
}

const ours = `relnamespace not in (select oid from pg_namespace where nspname like 'pg\\_%' or nspname = 'information_schema')`

export async function whatIsThere(client: pg.Client): Promise<There> {
  const { rows } = await client.query<{ oid: string; name: string; kind: string; said: string }>(
    `select oid::text, relname as name, relkind::text as kind, oid::regclass::text as said from pg_class where ${ours}`,
  )
  const counted = new Map<string, number>()
  for (const { oid, said } of rows.filter((r) => r.kind === 'r')) {
    const { rows: sums } = await client.query<{ n: number }>(`select count(*)::int as n from ${said}`)
    counted.set(oid, sums[0]!.n)
  }
  return {
    names: new Map(rows.map((r) => [r.oid, r.name])),
    views: new Set(rows.filter((r) => r.kind === 'm').map((r) => r.name)),
    rows: counted,
  }
}

const files = `select oid::text, pg_relation_filenode(oid)::text as file from pg_class where relkind = 'r' and ${ours}`
const reads = `select relid::text as oid, seq_scan::int as times, seq_tup_read::int as rows from pg_stat_xact_user_tables order by relname, relid`
/** Always in one order: the server's own is that of a hash table. */
const locks = `select relation::text as oid, mode from pg_locks left join pg_class on pg_class.oid = relation
  where pid = pg_backend_pid() and locktype = 'relation' and granted order by relname, relation, mode`

export async function look(client: pg.Client, { names }: There): Promise<Look> {
  const { rows: byFile } = await client.query<{ oid: string; file: string }>(files)
  const { rows: byRead } = await client.query<{ oid: string } & Reads>(reads)
  const { rows: held } = await client.query<{ oid: string; mode: string }>(locks)
  return {
    files: new Map(byFile.map((r) => [r.oid, r.file])),
    reads: new Map(byRead.map((r) => [r.oid, r])),
    locks: held.flatMap(({ oid, mode }) => {
      const table = names.get(oid)
      return table === undefined ? [] : [{ table, mode: words(mode) }]
    }),
  }
}

/** ShareRowExclusiveLock as it is written in SQL. */
const words = (mode: string): string =>
  mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()
