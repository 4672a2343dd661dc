// Other keys for a table and all that points at it, in both ways, beside what is written by hand; all of them must come to the same.
import type pg from 'pg'
import { connect, plan, run } from '../../src/api.ts'
import { migration, rekey } from '../../src/index.ts'
import { count } from '../../src/text.ts'
import { atLeast, atMost, type Bench, median, type Outcome, type Result } from '../bench.ts'
import { type Cost, costOf, type Meter, meterOf } from '../meter.ts'
import { startServer } from '../server.ts'
import { besideAnApplication, goalsBeside } from './beside.ts'
import { anew, inPlace } from './by-hand.ts'
import { digestOf, makeGraph, parentsOf, sizeOf } from './graph.ts'

interface Place {
  readonly url: string
  readonly client: pg.Client
  readonly meter: Meter
  readonly rows: number
  readonly say: (line: string) => void
}

interface Variant {
  /** While people are still at work: looks, and changes nothing of the tables. */
  readonly before?: (place: Place) => Promise<void>
  readonly act: (place: Place) => Promise<void>
}

const godwit =
  (options: Parameters<typeof rekey>[1], to?: 'verify') =>
  async ({ url }: Place) => {
    const db = await connect(url)
    try {
      await run(await plan(migration('keys', rekey('person', options)), db), db, to ? { to } : {})
    } finally {
      await db.close()
    }
  }

const inWindow = (options: Parameters<typeof rekey>[1]): Variant => ({ before: godwit(options, 'verify'), act: godwit(options) })

const byHand = 'by hand: tables made anew and exchanged'
const updated = 'by hand: UPDATE … FROM for each column'
const offline = 'Godwit, offline, the window'
const online = 'Godwit, online, nobody beside it'

const variants: Readonly<Record<string, Variant>> = {
  [byHand]: { act: ({ client }) => anew(client) },
  [offline]: inWindow({ way: 'offline' }),
  [`${offline}, drawn keys (v7)`]: inWindow({ way: 'offline', ids: 'v7' }),
  [updated]: { act: ({ client }) => inPlace(client) },
  [online]: { act: godwit({ way: 'online' }) },
}

interface Measured extends Cost {
  readonly size_mb: number
  /** What went before, beside people at work. */
  readonly before_s: number | undefined
}

async function measured(place: Place, name: string, should: string | undefined): Promise<[Measured, string]> {
  const { client, meter, rows, say } = place
  await makeGraph(client, rows)
  const { before, act } = variants[name]!
  const before_s = before && (await costOf(meter, () => before(place))).wall_s
  const cost = await costOf(meter, () => act(place))
  const size_mb = await sizeOf(client)
  const is = await digestOf(client)
  if (should !== undefined && is !== should) throw new Error(`${name} has come to something else:\n${is}\n\nand not to\n${should}`)
  say(`${name}: ${cost.wall_s.toFixed(2)} s, ${cost.wal_mb.toFixed(0)} MB of WAL, ${size_mb.toFixed(0)} MB afterwards`)
  return [{ ...cost, size_mb, before_s }, is]
}

async function measure(rows: number, repeat: number, say: (line: string) => void): Promise<Outcome> {
  await using server = await startServer(say)
  const client = await server.connect()
  try {
    const place: Place = { url: server.url, client, meter: await meterOf(client), rows, say }
    say(`${count(parentsOf(rows))} rows with the key, ${count(rows)} that point at them`)
    const costs = new Map<string, Measured[]>()
    let should: string | undefined
    for (let i = 0; i < repeat; i++)
      for (const name of Object.keys(variants)) {
        const [cost, is] = await measured(place, name, should)
        should ??= is
        costs.set(name, [...(costs.get(name) ?? []), cost])
      }
    const results = [...costs].map(([name, list]) => resultOf(name, list, costs.get(byHand)!))
    const beside = await besideAnApplication(place, say)
    return { bench: 'rekey', rows, results: [...results, ...beside], goals: [...goalsOf(costs), ...goalsBeside(beside)] }
  } finally {
    await client.end()
  }
}

const wall = (list: readonly Cost[]): number => median(list.map((c) => c.wall_s))

function resultOf(name: string, list: readonly Measured[], held: readonly Cost[]): Result {
  const cpu = list.flatMap((c) => (c.server_cpu_s === null ? [] : [c.server_cpu_s]))
  return {
    name,
    wall_s: wall(list),
    server_cpu_s: cpu.length ? median(cpu) : null,
    rss_mb: null,
    ratio: median(list.map((c, i) => c.wall_s / held[i]!.wall_s)),
    wal_mb: median(list.map((c) => c.wal_mb)),
    size_mb: median(list.map((c) => c.size_mb)),
    ...noteOf(list),
  }
}

const noteOf = (list: readonly Measured[]): Pick<Result, 'note'> => {
  const before = list.flatMap((c) => c.before_s ?? [])
  return before.length ? { note: `looked at before, while people are at work: ${median(before).toFixed(2)} s` } : {}
}

function goalsOf(costs: ReadonlyMap<string, readonly Measured[]>) {
  const ratio = (a: string, b: string) => median(costs.get(a)!.map((c, i) => c.wall_s / costs.get(b)![i]!.wall_s))
  const cpu = (name: string) => median(costs.get(name)!.map((c) => c.server_cpu_s ?? Number.NaN))
  const cpuRatio = cpu(offline) / cpu(byHand)
  return [
    atMost('offline, as a part of tables made anew by hand', 1.15, ratio(offline, byHand)),
    atMost('the same of server CPU', 1.15, Number.isNaN(cpuRatio) ? null : cpuRatio),
    atLeast('UPDATE … FROM, as a multiple of offline', 3, ratio(updated, offline)),
    atLeast('UPDATE … FROM, as a multiple of online', 3, ratio(updated, online)),
  ]
}

export const keys: Bench = {
  about:
    'other keys for a table and all that points at it, offline and online, against tables made anew and UPDATE … FROM, and beside an application at work',
  options: '--rows N    that point at it, a tenth as many have the key; 500k in docs/performance.md  --repeat K (1)',
  run: ({ rows, repeat }, say) => measure(rows, repeat, say),
}
