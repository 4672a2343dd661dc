// Postgres as what can be backed up: a snapshot by COPY, brought back into a scratch database.
import { scratchRefused } from '../../../errors/backup.ts'
import type { BackedServer, BackupEngine, Place, Scope, Taken } from '../../backup.ts'
import type { Database } from '../../database.ts'
import { scratchOn } from '../../workshop/scratch.ts'
import { textArray } from '../names.ts'
import { PostgresPlace } from './place.ts'
import { variables } from './reach.ts'
import { belonging } from './scope.ts'
import { take, witnessed } from './take.ts'

export interface PostgresBackup {
  readonly db: Database
  readonly url: string
  open(url: string): Promise<Database>
}

export function postgresBackup({ db, url, open }: PostgresBackup): BackupEngine {
  const server = () => serverOf(db)
  return {
    server,
    exports: true,
    weigh: (scope) => weigh(db, scope),
    take: (scope, into): Promise<Taken> => take(db, server, scope, into),
    witness: (scope, into, others, file) => take(db, server, scope, into, witnessed(others, file)),
    scratch: (work, on) => inScratch({ db, url, open }, work, on),
    place: async (into) => {
      const at = isAddress(into) ? into : besideOf(url, into)
      return new PostgresPlace({
        name: isAddress(into) ? besideName(into) : into,
        url: at,
        beside: isAddress(into) ? besideOf(into, 'postgres') : url,
        open,
      })
    },
    reach: () => variables(new URL(url)),
  }
}

const isAddress = (into: string): boolean => /^postgres(ql)?:/.test(into)
const besideName = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

function besideOf(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

async function serverOf(db: Database): Promise<BackedServer> {
  const { rows } = await db.session((s) => s.query(`select current_setting('server_version') as version, current_database() as database`))
  // not everybody may ask this
  const identity = await db
    .session((s) => s.query(`select system_identifier::text as id from pg_control_system()`))
    .then((r) => r.rows[0]!['id']!)
    .catch(() => null)
  return { engine: 'postgres', version: rows[0]!['version']!, database: rows[0]!['database']!, identity }
}

const weigh = (db: Database, scope: Scope): Promise<{ tables: number; bytes: number }> =>
  db.session(async (s) => {
    const found = await belonging(s, scope)
    const { rows } = await s.query(
      `select count(*)::text as tables, coalesce(sum(pg_table_size(oid)), 0)::text as bytes from pg_class where oid = any ($1::oid[]) and relkind = 'r'`,
      [textArray(found.get('pg_class') ?? [])],
    )
    return { tables: Number(rows[0]!['tables']), bytes: Number(rows[0]!['bytes']) }
  })

async function inScratch<T>({ db, url, open }: PostgresBackup, work: (place: Place) => Promise<T>, on: string | undefined): Promise<T> {
  const scratch = await scratchOn(on ?? url).catch((cause: Error & { readonly code?: string }) => {
    if (on === undefined && cause.code !== '42501') throw cause
    throw scratchRefused({ database: db.name, on: on && new URL(on).host, said: cause.message || cause.code || 'no answer', cause })
  })
  try {
    const there = await open(scratch.url)
    await scratch.taken()
    const place = new PostgresPlace({ name: 'a scratch database', url: scratch.url, beside: on ?? url, open }, there)
    try {
      return await work(place)
    } finally {
      await place.close()
    }
  } finally {
    await scratch.drop()
  }
}
