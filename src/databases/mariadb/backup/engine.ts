// MariaDB as what can be backed up: one connection, one consistent snapshot, rows as the text that the server writes.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { scratchRefused } from '../../../errors/backup.ts'
import { tableMissing } from '../../../errors/plan.ts'
import { didYouMean } from '../../../text.ts'
import type { BackedServer, BackupEngine, KeptTable, Place, Scope, Sink, Taken } from '../../backup.ts'
import { quote } from '../connection.ts'
import { MariadbPlace } from './place.ts'
import { linesOf } from './rows.ts'
import { type Asking, session, type Table, tablesOf } from './session.ts'
import { catalogueFile, type KeptCatalogue, statementsOf } from './statements.ts'

const prefix = 'godwit_scratch_'

export function mariadbBackup(url: string, shown: string): BackupEngine {
  const using = async <T>(work: (s: Asking) => Promise<T>): Promise<T> => {
    const s = await session(url, shown)
    try {
      return await work(s)
    } finally {
      await s.close()
    }
  }
  return {
    server: () => using(serverOf),
    weigh: (scope) => using((s) => weigh(s, scope)),
    take: (scope, into) => using((s) => take(s, scope, into)),
    scratch: (work, on) => inScratch({ database: shown, url, on }, work),
    place: async (into) =>
      /^(mariadb|mysql):/.test(into) ? new MariadbPlace(into, nameIn(into)) : new MariadbPlace(besideOf(url, into), into),
  }
}

function besideOf(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

const nameIn = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

async function serverOf(s: Pick<Asking, 'ask'>): Promise<BackedServer> {
  const [row] = await s.ask('select version(), database()')
  // MySQL and older servers do not have it
  const identity = await s.ask('select @@global.server_uid').then(
    ([r]) => r![0]!,
    () => null,
  )
  return { engine: 'mariadb', version: row![0]!, database: row![1]!, identity }
}

function chosen(all: readonly Table[], { tables }: Scope, database: string): Table[] {
  const names = tables?.map((t) => t.replace(/^public\./, '').replace(`${database}.`, ''))
  for (const name of names ?? [])
    if (!all.some((t) => t.name === name))
      throw tableMissing({
        table: name,
        near: didYouMean(
          name,
          all.map((t) => t.name),
        ),
        at: undefined,
      })
  return names ? all.filter((t) => names.includes(t.name)) : [...all]
}

async function weigh(s: Asking, scope: Scope): Promise<{ tables: number; bytes: number }> {
  const { database } = await serverOf(s)
  const tables = chosen((await tablesOf(s)).tables, scope, database)
  const sizes = await s.ask('select table_name, data_length from information_schema.tables where table_schema = database()')
  return {
    tables: tables.length,
    bytes: sizes.filter(([name]) => tables.some((t) => t.name === name)).reduce((sum, r) => sum + Number(r[1] ?? 0), 0),
  }
}

async function take(s: Asking, scope: Scope, into: Sink): Promise<Taken> {
  await s.ask('start transaction with consistent snapshot, read only')
  try {
    const server = await serverOf(s)
    const { tables: all, others } = await tablesOf(s)
    const tables = chosen(all, scope, server.database)
    // from here on nobody changes what they are; one that was changed before is refused by the server
    for (const t of tables) await s.ask(`select 1 from ${quote(t.name)} limit 0`)
    const [now] = await s.ask(`select date_format(utc_timestamp(3), '%Y-%m-%dT%H:%i:%s.%f')`)
    const statements = await statementsOf(s, tables, !scope.tables)
    const kept: KeptTable[] = []
    for (const [n, t] of tables.entries()) {
      into.signal.throwIfAborted()
      const lines = linesOf(s, t)
      const { file } = await into.write(`rows/${String(n + 1).padStart(5, '0')}.txt`, lines.stream)
      kept.push({ id: `${server.database}.${t.name}`, ...lines.said(), file: file.name })
      into.tell(`${n + 1} of ${tables.length} tables`)
    }
    const catalogue: KeptCatalogue = { statements, tables }
    await into.write(catalogueFile, Readable.from([JSON.stringify(catalogue, null, 1)]))
    return {
      server,
      moment: { at: `${now![0]!.slice(0, 23)}Z`, position: await positionOf(s), snapshot: null },
      tables: kept,
      left: scope.tables ? [] : others.map((o) => ({ what: o.name, why: o.why })),
    }
  } finally {
    await s.ask('rollback')
  }
}

/** Where the snapshot is in the binary log, if there is one. */
async function positionOf({ ask }: Pick<Asking, 'ask'>): Promise<string | null> {
  const rows = await ask(`show status like 'binlog\\_snapshot\\_%'`).catch(() => [])
  const of = (name: string) => rows.find((r) => r[0]!.toLowerCase() === name)?.[1] ?? ''
  return of('binlog_snapshot_file') ? `${of('binlog_snapshot_file')}:${of('binlog_snapshot_position')}` : null
}

interface Where {
  readonly database: string
  readonly url: string
  /** Another server. */
  readonly on: string | undefined
}

/** A lock of its name goes with the connection: scratch databases whose lock is free are nobody's any more. */
async function inScratch<T>({ database, url, on }: Where, work: (place: Place) => Promise<T>): Promise<T> {
  const refused = (cause: Error) => scratchRefused({ database, on: on && new URL(on).host, said: cause.message, cause })
  const s = await session(on ?? url, on === undefined ? database : new URL(on).host).catch((cause: Error) => {
    throw on === undefined ? cause : refused(cause)
  })
  try {
    await sweep(s)
    const name = prefix + randomBytes(8).toString('hex')
    await s.ask(`select get_lock('${name}', 10)`)
    await s.ask(`create database ${quote(name)} character set utf8mb4`).catch((cause: Error) => {
      throw refused(cause)
    })
    const place = new MariadbPlace(besideOf(on ?? url, name), name)
    try {
      return await work(place)
    } finally {
      await place.close()
      await s.ask(`drop database if exists ${quote(name)}`)
    }
  } finally {
    await s.close()
  }
}

async function sweep(s: Asking): Promise<void> {
  const left = await s.ask(
    `select schema_name from information_schema.schemata where schema_name like '${prefix.replaceAll('_', '\\_')}%' and is_free_lock(schema_name) = 1`,
  )
  for (const [name] of left) await s.ask(`drop database if exists ${quote(name!)}`)
}
