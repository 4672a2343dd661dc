// Two tables with keys, indexes and a reference between them, backed up and brought back: Godwit beside pg_dump and pg_restore with two jobs each.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { count } from '../../src/text.ts'
import { atMost, type Bench, median, type Options, type Outcome, type Result, rounded } from '../bench.ts'
import { inPostgres, table } from '../copy/data.ts'
import { isThere, shell } from '../copy/peers.ts'
import { drive } from '../drive.ts'
import { type Cost, costOf, type Meter, meterOf } from '../meter.ts'
import { type Server, startServer } from '../server.ts'

const program = fileURLToPath(new URL('godwit.ts', import.meta.url))

interface Place {
  readonly server: Server
  readonly client: pg.Client
  readonly meter: Meter
  readonly folder: string
}

interface Measure extends Cost {
  readonly rss_mb?: number | null
  readonly verify?: Cost
}

interface Way {
  readonly name: string
  readonly peer: boolean
  measure(place: Place): Promise<Measure>
}

async function fill(client: pg.Client, rows: number): Promise<void> {
  for (const name of ['first', 'second']) {
    await inPostgres(client, Math.ceil(rows / 2))
    await client.query(`alter table ${table} rename to ${name}`)
    await client.query(`alter index ${table}_pkey rename to ${name}_pkey`)
    await client.query(`create index on ${name} (g)`)
  }
  await client.query('alter table second add foreign key (id) references first')
  await client.query('vacuum analyze')
}

const copy = `godwit_bench_copy_${process.pid}`
const beside = (url: string, name: string): string => {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}
const dropCopy = ({ client }: Place) => client.query(`drop database if exists ${copy} with (force)`)

const dumping = {
  peer: {
    name: 'pg_dump -Fd -j2',
    peer: true,
    measure: ({ meter, server, folder }: Place) =>
      costOf(meter, () => shell('rm -rf "$FOLDER/dump"; pg_dump -Fd -j2 -f "$FOLDER/dump" "$FROM"', { FROM: server.url, FOLDER: folder })),
  },
  ours: {
    name: 'Godwit: backup',
    peer: false,
    measure: ({ meter, server, folder }: Place) => drive(meter, program, ['take', server.url, join(folder, 'backups')]),
  },
}

const restoring = {
  peer: {
    name: 'pg_restore -j2',
    peer: true,
    async measure(place: Place) {
      await dropCopy(place)
      await place.client.query(`create database ${copy} template template0`)
      return costOf(place.meter, () =>
        shell('pg_restore -j2 -d "$TO" "$FOLDER/dump"', { TO: beside(place.server.url, copy), FOLDER: place.folder }),
      )
    },
  },
  ours: {
    name: 'Godwit: restore',
    peer: false,
    async measure(place: Place) {
      await dropCopy(place)
      return drive(place.meter, program, ['restore', place.server.url, join(place.folder, 'backups'), copy])
    },
  },
}

const ways: readonly Way[] = [dumping.peer, dumping.ours, restoring.peer, restoring.ours]

async function run({ rows, repeat }: Options, say: (line: string) => void): Promise<Outcome> {
  await using server = await startServer(say)
  const client = await server.connect()
  const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'))
  const place: Place = { server, client, meter: await meterOf(client), folder }
  try {
    const absent = await whyNoPeer(client)
    say(`making ${count(rows)} rows`)
    await fill(client, rows)
    const measures = new Map<Way, Measure[]>()
    for (let round = 1; round <= repeat; round++)
      for (const way of ways.filter((w) => !w.peer || absent === undefined)) {
        const measure = await way.measure(place)
        say(`round ${round}: ${way.name}, ${measure.wall_s.toFixed(2)} s`)
        measures.set(way, [...(measures.get(way) ?? []), measure])
      }
    return outcome(rows, measures, absent)
  } finally {
    await dropCopy(place)
    await client.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A dump by a program of another version than the server would be another thing. */
async function whyNoPeer(client: pg.Client): Promise<string | undefined> {
  if (!isThere('pg_dump') || !isThere('pg_restore')) return 'pg_dump and pg_restore are not on PATH'
  const server = (await client.query(`select current_setting('server_version') as v`)).rows[0].v as string
  const own = /(\d+)[\d.]*/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))![0]
  return Number.parseInt(own, 10) === Number.parseInt(server, 10) ? undefined : `pg_dump is of version ${own}, and the server of ${server}`
}

const wallOf = (of: readonly Measure[] | undefined): number | null => (of ? median(of.map((m) => m.wall_s)) : null)

function outcome(rows: number, measures: ReadonlyMap<Way, Measure[]>, absent: string | undefined): Outcome {
  const pairs = [dumping, restoring]
  const ratio = (of: (typeof pairs)[number]): number | null => {
    const [peer, ours] = [wallOf(measures.get(of.peer)), wallOf(measures.get(of.ours))]
    return peer === null || ours === null ? null : ours / peer
  }
  const results = pairs.flatMap((p) =>
    [p.peer, p.ours].flatMap((way) => (measures.has(way) ? [resultOf(way, measures.get(way)!, way.peer ? 1 : ratio(p))] : [])),
  )
  return {
    bench: 'backup',
    rows,
    results,
    goals: [
      atMost('backup against pg_dump -Fd -j2', 1, ratio(dumping)),
      atMost('restore against pg_restore -j2', 1, ratio(restoring)),
      atMost('peak memory, MB', 150, Math.max(...results.map((r) => r.rss_mb ?? 0))),
    ],
    ...(absent === undefined ? {} : { absent: [absent] }),
  }
}

function resultOf(way: Way, of: readonly Measure[], ratio: number | null): Result {
  const middle = (value: (m: Measure) => number | null | undefined): number | null =>
    of.every((m) => typeof value(m) === 'number') ? rounded(median(of.map((m) => value(m)!))) : null
  const verify = middle((m) => m.verify?.wall_s)
  const cpu = middle((m) => m.verify?.server_cpu_s)
  return {
    name: way.name,
    wall_s: rounded(wallOf(of)!),
    server_cpu_s: middle((m) => m.server_cpu_s),
    rss_mb: middle((m) => m.rss_mb),
    ratio: ratio === null ? null : rounded(ratio),
    ...(verify === null ? {} : { verify_s: verify }),
    ...(cpu === null ? {} : { verify_cpu_s: cpu }),
  }
}

export const backup: Bench = {
  about: 'two tables backed up and brought back, beside pg_dump and pg_restore with two jobs',
  options: '--rows N (of both tables), --repeat K',
  run,
}
