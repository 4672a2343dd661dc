// One wide legacy table split into four, by Godwit and by hand, in one run and by turns; all must make the same rows.
import type pg from 'pg'
import { count } from '../../src/text.ts'
import { atLeast, atMost, type Bench, type Goal, median, type Options, type Outcome, type Result, rounded } from '../bench.ts'
import { type Cost, costOf, type Meter, meterOf } from '../meter.ts'
import { startServer } from '../server.ts'
import { type Mapped, migrateByHand } from './by-hand.ts'
import { migrateByRow } from './by-row.ts'
import { driveGodwit } from './drive.ts'
import type { Ids } from './migration.ts'
import { type Digest, differences, digestOf, rejectedBy } from './same.ts'
import { makeSource } from './source.ts'
import { freshTarget } from './target.ts'

interface Place {
  readonly url: string
  readonly client: pg.Client
  readonly meter: Meter
}

interface Measure extends Cost {
  readonly rss_mb?: number | null
  readonly verify?: Cost
  readonly digest?: Digest
}

interface Way {
  readonly name: string
  /** How many of the dealings it takes; its figures are scaled to all of them. */
  readonly rows: number
  measure(place: Place): Promise<Measure>
}

/** The row-by-row script does some five hundred rows a second: a few thousand tell as much as a million. */
const rowsByRow = 4000

const byHand = (name: string, rows: number, mapping: Mapped): Way => ({
  name,
  rows,
  async measure({ client, meter }) {
    const cost = await costOf(meter, () => migrateByHand(client, mapping))
    return { ...cost, digest: await digestOf(client, rejectedBy.hand) }
  },
})

const byRow = (name: string, rows: number): Way => ({
  name,
  rows,
  measure: ({ client, meter }) => costOf(meter, () => migrateByRow(client, rows)),
})

const byGodwit = (name: string, rows: number, workers: number, ids: Ids): Way => ({
  name,
  rows,
  async measure({ client, meter, url }) {
    const cost = await driveGodwit(meter, url, workers, ids)
    return { ...cost, digest: await digestOf(client, rejectedBy.godwit) }
  },
})

const names = {
  two: 'Godwit, 2 workers',
  one: 'Godwit, 1 worker',
  numbered: 'Godwit, 1 worker, new ids',
  hand: 'set-based SQL with mapping table',
  plain: 'set-based SQL without',
  script: 'row by row',
}

const waysFor = (rows: number): readonly Way[] => [
  byHand(names.hand, rows, 'fat'),
  byGodwit(names.two, rows, 2, 'kept'),
  byGodwit(names.one, rows, 1, 'kept'),
  byGodwit(names.numbered, rows, 1, 'new'),
  byHand(names.plain, rows, 'none'),
  byRow(names.script, Math.min(rows, rowsByRow)),
]

async function run({ rows, repeat }: Options, say: (line: string) => void): Promise<Outcome> {
  await using server = await startServer(say)
  const client = await server.connect()
  try {
    say(`making ${count(rows)} dealings`)
    await makeSource(client, rows)
    const place = { url: server.url, client, meter: await meterOf(client) }
    const ways = waysFor(rows)
    const measures = await byTurns(place, ways, repeat, say)
    const results = resultsOf(ways, measures, rows)
    return { bench: 'pad', rows, results, goals: goalsOf(results) }
  } finally {
    await client.end()
  }
}

/** Round by round, so that a busy neighbour slows all ways and not one. */
async function byTurns(place: Place, ways: readonly Way[], repeat: number, say: (line: string) => void): Promise<Map<Way, Measure[]>> {
  const measures = new Map<Way, Measure[]>(ways.map((w) => [w, []]))
  for (let round = 1; round <= repeat; round++) {
    for (const way of ways) {
      await freshTarget(place.client)
      const measure = await way.measure(place)
      say(
        `round ${round}: ${way.name}, ${measure.wall_s.toFixed(2)} s${measure.verify ? `, then ${measure.verify.wall_s.toFixed(2)} s to verify` : ''}`,
      )
      measures.get(way)!.push(measure)
    }
    refuseOtherRows(ways, measures)
  }
  return measures
}

function refuseOtherRows(ways: readonly Way[], measures: Map<Way, Measure[]>): void {
  const digests = ways.flatMap((w) => {
    const digest = measures.get(w)!.at(-1)!.digest
    return digest ? [{ name: w.name, digest }] : []
  })
  const wrong = digests.slice(1).flatMap((d) => differences(digests[0]!, d))
  if (wrong.length) throw new Error(`They did not make the same rows, so their times say nothing.\n  ${wrong.join('\n  ')}`)
}

function resultsOf(ways: readonly Way[], measures: Map<Way, Measure[]>, rows: number): Result[] {
  const middle = (way: Way, of: (m: Measure) => number | null | undefined): number | null => {
    const numbers = measures.get(way)!.map(of)
    return numbers.every((n) => typeof n === 'number') ? median(numbers) : null
  }
  const hand = ways.find((w) => w.name === names.hand)!
  return ways.map((way) => {
    const scaled = (n: number | null): number | null => (n === null ? null : rounded((n * rows) / way.rows))
    const wall = scaled(middle(way, (m) => m.wall_s))!
    const verify = middle(way, (m) => m.verify?.wall_s)
    const verifyCpu = middle(way, (m) => m.verify?.server_cpu_s)
    return {
      name: way.name,
      wall_s: wall,
      server_cpu_s: scaled(middle(way, (m) => m.server_cpu_s)),
      rss_mb: middle(way, (m) => m.rss_mb),
      ratio: rounded(wall / middle(hand, (m) => m.wall_s)!),
      wal_mb: scaled(middle(way, (m) => m.wal_mb))!,
      ...(verify === null ? {} : { verify_s: rounded(verify) }),
      ...(verifyCpu === null ? {} : { verify_cpu_s: rounded(verifyCpu) }),
      ...(way.rows === rows ? {} : { note: `measured on ${count(way.rows)} rows, and scaled` }),
    }
  })
}

function goalsOf(results: readonly Result[]): Goal[] {
  const of = (name: string) => results.find((r) => r.name === name)!
  const [two, one, hand, script] = [of(names.two), of(names.one), of(names.hand), of(names.script)]
  const cpu = one.server_cpu_s === null || hand.server_cpu_s === null ? null : one.server_cpu_s / hand.server_cpu_s
  return [
    atMost('2 workers, wall time against set-based SQL with mapping table', 0.6, two.wall_s / hand.wall_s),
    atMost('1 worker, CPU of the server against the same', 1, cpu),
    atLeast('2 workers, times faster than row by row', 40, script.wall_s / two.wall_s),
    atMost('peak memory of the runner, MB', 150, two.rss_mb === null || one.rss_mb === null ? null : Math.max(two.rss_mb, one.rss_mb)),
  ]
}

export const pad: Bench = {
  about: 'a 42-column table into four, against SQL written by hand and against a script',
  options: '--rows N (200k)  --repeat K (1): rounds, of which the median counts',
  run,
}
