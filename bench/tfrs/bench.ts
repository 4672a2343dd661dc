// Reports of one server into version chains on another, by Godwit and by a script that goes row by row; both must make the same rows.
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { count } from '../../src/text.ts'
import { atLeast, atMost, type Bench, median, type Options, type Outcome, type Result, rounded } from '../bench.ts'
import { drive, type GodwitCost } from '../drive.ts'
import { type Cost, costOf, type Meter, meterOf } from '../meter.ts'
import { type Server, startServer } from '../server.ts'
import { migrateByRow } from './by-hand.ts'
import { digestOf } from './same.ts'
import { makeSource, makeTarget } from './source.ts'

const program = fileURLToPath(new URL('godwit.ts', import.meta.url))

/** The script takes some seconds for each: a few tell as much as a hundred. */
const scaleByRow = 5

interface Place {
  readonly from: Server
  readonly to: Server
  readonly source: pg.Client
  readonly target: pg.Client
  readonly meter: Meter
  readonly say: (line: string) => void
}

const byGodwit = ({ meter, from, to }: Place, workers: number): Promise<GodwitCost> =>
  drive(meter, program, [from.url, to.url, String(workers)])

async function run({ scale, repeat }: Options, say: (line: string) => void): Promise<Outcome> {
  await using from = await startServer(say)
  await using to = await startServer(say)
  const [source, target] = [await from.connect(), await to.connect()]
  try {
    const place: Place = { from, to, source, target, meter: await meterOf(target), say }
    const small = Math.min(scale, scaleByRow)
    const script = await againstScript(place, small)
    const rows = await makeSource(source, scale)
    const costs = await byTurns(place, scale, repeat)
    const results = resultsOf(script, scale / small, costs, small)
    return { bench: 'tfrs', rows, results, goals: goalsOf(results) }
  } finally {
    await source.end()
    await target.end()
  }
}

const names = { two: 'Godwit, 2 workers', one: 'Godwit, 1 worker', script: 'row by row' }

/** What the script costs; and whether Godwit makes the same rows of the same source. */
async function againstScript(place: Place, scale: number): Promise<Cost> {
  const { source, target, meter, say } = place
  say(`making the example ${count(scale)} times over, for the script`)
  await makeSource(source, scale)
  await makeTarget(target, scale)
  const script = await costOf(meter, () => migrateByRow({ source, target }))
  say(`${names.script}: ${script.wall_s.toFixed(2)} s`)
  const should = await digestOf(target)
  await makeTarget(target, scale)
  await byGodwit(place, 1)
  const is = await digestOf(target)
  const wrong = Object.keys(should).filter((name) => should[name] !== is[name])
  if (wrong.length)
    throw new Error(
      `They did not make the same rows, so their times say nothing.\n  ${wrong.map((n) => `${n}: the script has ${should[n]}; Godwit has ${is[n]}`).join('\n  ')}`,
    )
  return script
}

/** Round by round, so that a busy neighbour slows both and not one. */
async function byTurns(place: Place, scale: number, repeat: number): Promise<Map<string, GodwitCost[]>> {
  const ways = [
    [names.two, 2],
    [names.one, 1],
  ] as const
  const costs = new Map<string, GodwitCost[]>(ways.map(([name]) => [name, []]))
  for (let round = 1; round <= repeat; round++)
    for (const [name, workers] of ways) {
      await makeTarget(place.target, scale)
      const cost = await byGodwit(place, workers)
      place.say(`round ${round}: ${name}, ${cost.wall_s.toFixed(2)} s, then ${cost.verify.wall_s.toFixed(2)} s to verify`)
      costs.get(name)!.push(cost)
    }
  return costs
}

function resultsOf(script: Cost, times: number, costs: ReadonlyMap<string, readonly GodwitCost[]>, small: number): Result[] {
  const scaled = (n: number | null) => (n === null ? null : rounded(n * times))
  const wall = scaled(script.wall_s)!
  const middle = (all: readonly GodwitCost[], of: (c: GodwitCost) => number | null): number | null => {
    const numbers = all.map(of)
    return numbers.every((n) => n !== null) ? rounded(median(numbers)) : null
  }
  const godwit = [...costs].map(([name, all]): Result => {
    const [verify, verifyCpu] = [middle(all, (c) => c.verify.wall_s), middle(all, (c) => c.verify.server_cpu_s)]
    return {
      name,
      wall_s: middle(all, (c) => c.wall_s)!,
      server_cpu_s: middle(all, (c) => c.server_cpu_s),
      rss_mb: middle(all, (c) => c.rss_mb),
      ratio: rounded(middle(all, (c) => c.wall_s)! / wall),
      wal_mb: middle(all, (c) => c.wal_mb)!,
      ...(verify === null ? {} : { verify_s: verify }),
      ...(verifyCpu === null ? {} : { verify_cpu_s: verifyCpu }),
    }
  })
  return [
    ...godwit,
    {
      name: names.script,
      wall_s: wall,
      server_cpu_s: scaled(script.server_cpu_s),
      rss_mb: null,
      ratio: 1,
      wal_mb: scaled(script.wal_mb)!,
      ...(times === 1 ? {} : { note: `measured on the example ${count(small)} times over, and scaled` }),
    },
  ]
}

function goalsOf(results: readonly Result[]) {
  const of = (name: string) => results.find((r) => r.name === name)!
  const [two, one, script] = [of(names.two), of(names.one), of(names.script)]
  return [
    atLeast('2 workers, times faster than row by row', 40, script.wall_s / two.wall_s),
    atMost('peak memory of the runner, MB', 150, two.rss_mb === null || one.rss_mb === null ? null : Math.max(two.rss_mb, one.rss_mb)),
  ]
}

export const tfrs: Bench = {
  about: 'reports of one server into version chains on another, against a script',
  options: '--scale N (100): the example so many times over  --repeat K (1)',
  run,
}
