// Rows of one table, from another engine or another server into Postgres: Godwit with its check beside the fastest ways there are without one.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Connection, createConnection } from 'mysql2/promise'
import type pg from 'pg'
import { count } from '../../src/text.ts'
import { atMost, type Bench, type Goal, median, type Options, type Outcome, type Result, rounded } from '../bench.ts'
import { drive } from '../drive.ts'
import { type Cost, costOf, type Meter, meterOf } from '../meter.ts'
import { type Server, startServer } from '../server.ts'
import { inMariadb, inPostgres, inSqlite, table } from './data.ts'
import { Cannot, isThere, shell } from './peers.ts'

const program = fileURLToPath(new URL('godwit.ts', import.meta.url))

interface Place {
  readonly from: Server
  readonly to: Server
  readonly source: pg.Client
  readonly target: pg.Client
  readonly meter: Meter
  readonly folder: string
  readonly rows: number
  readonly say: (line: string) => void
}

interface Measure extends Cost {
  readonly rss_mb?: number | null
  readonly verify?: Cost
}

interface Way {
  readonly name: string
  readonly program?: string
  measure(place: Place): Promise<Measure>
}

/** One source with the ways to copy it; the first is the one that the others are held against. */
interface Route {
  readonly name: string
  readonly goal: number
  prepare(place: Place): Promise<string | undefined>
  readonly ways: readonly Way[]
  done?(): Promise<void>
}

const godwit = (name: string, engine: string, at: (p: Place) => string, streams: number): Way => ({
  name: `${name}: Godwit${streams > 1 ? `, ${streams} streams` : ''}`,
  async measure({ meter, to, ...place }) {
    return drive(meter, program, [engine, at({ meter, to, ...place }), to.url, String(streams)])
  },
})

const byShell = (name: string, program: string, line: (p: Place) => string, before?: (p: Place) => Promise<unknown>): Way => ({
  name,
  program,
  async measure(place) {
    await before?.(place)
    const env = { FROM: place.from.url, TO: place.to.url, FOLDER: place.folder }
    const cost = await costOf(place.meter, () => shell(line(place), env))
    return cost
  },
})

const likeCopied = (place: Place) => place.target.query('drop table if exists plain; create unlogged table plain (like copied)')

/** What Godwit has brought, as the ready text that psql takes. */
async function readyText(place: Place, engine: string, at: string): Promise<void> {
  if (!isThere('psql')) return
  await drive(place.meter, program, [engine, at, place.to.url, '1'])
  await shell('psql "$TO" -qc "\\\\copy copied to \'$FOLDER/ready.txt\'"', { TO: place.to.url, FOLDER: place.folder })
}

const ofReadyText = (name: string): Way =>
  byShell(`${name}: psql \\copy of ready text`, 'psql', () => 'psql "$TO" -qc "\\\\copy plain from \'$FOLDER/ready.txt\'"', likeCopied)

const byPgloader = (name: string, from: (p: Place) => string): Way =>
  byShell(
    `${name}: pgloader`,
    'pgloader',
    (p) => `pgloader --quiet '${from(p)}' '${pgloaderUrl(p.to.url)}'`,
    (p) => p.target.query(`drop schema if exists ${table} cascade; drop table if exists public.${table}`),
  )

/** Its own way to name a socket. */
function pgloaderUrl(address: string): string {
  const url = new URL(address)
  const host = url.searchParams.get('host') ?? url.hostname
  const port = url.searchParams.get('port') ?? (url.port || '5432')
  const where = host.startsWith('/') ? `unix:${host}:${port}` : `${host}:${port}`
  return `pgsql://${url.username}${url.password ? `:${url.password}` : ''}@${where}${url.pathname}`
}

const sqliteFile = (p: Place) => join(p.folder, 'things.db')

const sqlite: Route = {
  name: 'SQLite',
  goal: 1.7,
  async prepare(place) {
    inSqlite(sqliteFile(place), place.rows)
    await readyText(place, 'sqlite', sqliteFile(place))
    return undefined
  },
  ways: [ofReadyText('SQLite'), godwit('SQLite', 'sqlite', sqliteFile, 1), byPgloader('SQLite', (p) => `sqlite://${sqliteFile(p)}`)],
}

const mariadbServer = process.env.MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306'
const database = `godwit_bench_${process.pid}`
const mariadbAt = (): string => {
  const url = new URL(mariadbServer)
  url.pathname = `/${database}`
  return url.href
}
let connection: Connection | undefined

const mariadb: Route = {
  name: 'MariaDB',
  goal: 1.8,
  async prepare(place) {
    connection = await createConnection(mariadbServer.replace(/^mariadb/, 'mysql')).catch(() => undefined)
    if (!connection) return `MariaDB: none at ${new URL(mariadbServer).host}`
    await connection.query(`create database ${database} character set utf8mb4`)
    await connection.query(`use ${database}`)
    await inMariadb(connection, place.rows)
    await readyText(place, 'mariadb', mariadbAt())
    return undefined
  },
  ways: [
    ofReadyText('MariaDB'),
    godwit('MariaDB', 'mariadb', mariadbAt, 1),
    byPgloader('MariaDB', () => mariadbAt().replace(/^mariadb/, 'mysql')),
  ],
  async done() {
    await connection?.query(`drop database if exists ${database}`)
    await connection?.end()
  },
}

const postgres: Route = {
  name: 'Postgres',
  goal: 1.05,
  async prepare(place) {
    await inPostgres(place.source, place.rows)
    await place.target.query(`drop table if exists plain, copied, ${table}`)
    return undefined
  },
  ways: [
    byShell(
      'Postgres: psql, binary pipe',
      'psql',
      () => `psql "$FROM" -qc 'copy ${table} to stdout (format binary)' | psql "$TO" -qc 'copy plain from stdin (format binary)'`,
      async ({ target }) => {
        await target.query('drop table if exists plain')
        await target.query(
          'create unlogged table plain (id bigint, a bigint, b text, c text, d text, e text, f double precision, g timestamp, h boolean, j jsonb)',
        )
      },
    ),
    godwit('Postgres', 'postgres', (p) => p.from.url, 1),
    godwit('Postgres', 'postgres', (p) => p.from.url, 2),
    byShell(
      'Postgres: pg_dump',
      'pg_dump',
      () => `pg_dump "$FROM" -t ${table} | psql "$TO" -q`,
      ({ target }) => target.query(`drop table if exists ${table}`),
    ),
    byShell(
      'Postgres: pgcopydb',
      'pgcopydb',
      () =>
        `rm -rf "$FOLDER/pgcopydb"; pgcopydb clone --source "$FROM" --target "$TO" --dir "$FOLDER/pgcopydb" --table-jobs 2 --index-jobs 1 --no-comments`,
      ({ target }) => target.query(`drop table if exists ${table}, plain, copied`),
    ),
  ],
}

async function run({ rows, repeat }: Options, say: (line: string) => void): Promise<Outcome> {
  await using from = await startServer(say)
  await using to = await startServer(say)
  const [source, target] = [await from.connect(), await to.connect()]
  const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'))
  const results: Result[] = []
  const goals: Goal[] = []
  const absent: string[] = []
  try {
    const place: Place = { from, to, source, target, meter: await meterOf(target), folder, rows, say }
    for (const route of [sqlite, mariadb, postgres]) {
      say(`making ${count(rows)} rows in ${route.name}`)
      try {
        const why = await route.prepare(place)
        if (why !== undefined) absent.push(why)
        else {
          const measured = resultsOf(route, await byTurns(place, route, repeat, absent))
          results.push(...measured)
          goals.push(...goalsOf(route, measured))
        }
      } finally {
        await route.done?.()
      }
    }
    return { bench: 'copy', rows, results, goals, ...(absent.length ? { absent: [...new Set(absent)] } : {}) }
  } finally {
    await source.end()
    await target.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Round by round, so that a busy neighbour slows all ways and not one. */
async function byTurns(place: Place, route: Route, repeat: number, absent: string[]): Promise<Map<Way, Measure[]>> {
  const measures = new Map<Way, Measure[]>()
  const out = new Set<Way>()
  for (let round = 1; round <= repeat; round++) {
    for (const way of route.ways.filter((w) => !out.has(w))) {
      if (way.program && !isThere(way.program)) {
        absent.push(`${way.name}: ${way.program} is not on PATH`)
        out.add(way)
        continue
      }
      try {
        const measure = await way.measure(place)
        place.say(`round ${round}: ${way.name}, ${whole(measure).toFixed(2)} s`)
        measures.set(way, [...(measures.get(way) ?? []), measure])
      } catch (problem) {
        if (!(problem instanceof Cannot)) throw problem
        absent.push(`${way.name}: ${problem.message}`)
        out.add(way)
      }
    }
  }
  return measures
}

/** Godwit's check is part of what it takes. */
const whole = (m: Measure): number => m.wall_s + (m.verify?.wall_s ?? 0)

function resultsOf(route: Route, measures: Map<Way, Measure[]>): Result[] {
  const held = measures.get(route.ways[0]!)
  return [...measures].map(([way, of]) => {
    const wall = median(of.map(whole))
    const check = of.every((m) => m.verify) ? median(of.map((m) => m.verify!.wall_s)) : undefined
    const cpu = of.every((m) => m.server_cpu_s !== null) ? median(of.map((m) => m.server_cpu_s! + (m.verify?.server_cpu_s ?? 0))) : null
    const rss = of.every((m) => typeof m.rss_mb === 'number') ? median(of.map((m) => m.rss_mb!)) : null
    return {
      name: way.name,
      wall_s: rounded(wall),
      server_cpu_s: cpu === null ? null : rounded(cpu),
      rss_mb: rss,
      ratio: held ? rounded(wall / median(held.map(whole))) : null,
      ...(check === undefined
        ? {}
        : { verify_s: rounded(check), note: 'with the check of both sides, of which its part stands under verify' }),
    }
  })
}

function goalsOf(route: Route, results: readonly Result[]): Goal[] {
  const ours = results.filter((r) => r.name.includes('Godwit'))
  const best = ours.reduce<Result | undefined>((a, b) => (a && (a.ratio ?? 0) <= (b.ratio ?? 0) ? a : b), undefined)
  return [
    atMost(`${route.name} → Postgres, wall time against ${route.ways[0]!.name.replace(/^.*: /, '')}`, route.goal, best?.ratio ?? null),
    atMost(
      `${route.name}: peak memory of the runner, MB`,
      150,
      ours.every((r) => r.rss_mb !== null) ? Math.max(...ours.map((r) => r.rss_mb!)) : null,
    ),
  ]
}

export const copy: Bench = {
  about: 'rows of SQLite, MariaDB and another Postgres, against psql, pgloader, pg_dump and pgcopydb',
  options: '--rows N (200k)  --repeat K (1): rounds, of which the median counts',
  run,
}
