// What an application at work feels of other keys for a table and all that points at it, and whether what it wrote meanwhile is whole.
import { setTimeout as after } from 'node:timers/promises'
import type pg from 'pg'
import { connect, plan, run } from '../../src/api.ts'
import { migration, type RekeyOptions, rekey } from '../../src/index.ts'
import { atMost, type Goal, type Result } from '../bench.ts'
import { costOf, type Meter } from '../meter.ts'
import { atWork, feltBy, logUsedBefore } from '../online/at-work.ts'
import type { Latency } from '../online/load.ts'
import { makeGraph, pointing } from './graph.ts'

export interface Beside {
  readonly url: string
  readonly client: pg.Client
  readonly meter: Meter
  readonly rows: number
}

const kinds: Readonly<Record<string, RekeyOptions>> = {
  'Godwit, online, an application beside it': { way: 'online' },
  'Godwit, online, to bigint, an application beside it': { way: 'online', to: 'bigint' },
}
const undisturbedS = 10

/** Old keys and new keys that are not of the same row. */
async function torn(client: pg.Client): Promise<number> {
  let n = 0
  for (const { table, column } of pointing) {
    const { rows } = await client.query(
      `select count(*)::int as n from ${table} x left join person p on p.id = x.${column} where p._retired_id is distinct from x._retired_${column}`,
    )
    n += rows[0].n
  }
  return n
}

async function felt({ url, client, meter, rows }: Beside, name: string, options: RekeyOptions): Promise<Result> {
  await makeGraph(client, rows)
  const db = await connect(url)
  try {
    await using load = await atWork(url, rows, new URL('people.ts', import.meta.url))
    await after(3000)
    const calm = await load.during(() => after(undisturbedS * 1000))
    let latency = calm
    const cost = await costOf(
      meter,
      async () => void (latency = await load.during(async () => run(await plan(migration('keys', rekey('person', options)), db), db))),
    )
    const apart = await torn(client)
    if (apart) throw new Error(`${name}: ${apart} references are with old keys not what they are with new ones`)
    return resultOf(name, cost, latency, calm)
  } finally {
    await db.close()
  }
}

const resultOf = (
  name: string,
  cost: { readonly wall_s: number; readonly server_cpu_s: number | null },
  l: Latency,
  calm: Latency,
): Result => ({
  name,
  wall_s: cost.wall_s,
  server_cpu_s: cost.server_cpu_s,
  rss_mb: null,
  ratio: null,
  ...feltBy(l, calm),
  note: [`${l.transactions} transactions`, ...new Set(l.failed)].join('; '),
})

export async function besideAnApplication(place: Beside, say: (line: string) => void): Promise<readonly Result[]> {
  for (const sql of logUsedBefore) await place.client.query(sql)
  const results: Result[] = []
  for (const [name, options] of Object.entries(kinds)) {
    const r = await felt(place, name, options)
    say(
      `${name}: ${r.wall_s.toFixed(1)} s, p99 ${r.p99_ms!.toFixed(1)} (undisturbed ${r.calm_p99_ms!.toFixed(1)}), longest ${r.max_ms!.toFixed(1)} ms, ${r.failed} failed`,
    )
    results.push(r)
  }
  return results
}

/** The budget of a lock is what the longest wait may come to. */
export const goalsBeside = (results: readonly Result[]): Goal[] =>
  results.flatMap((r) => [
    atMost(`${r.name}: statements that failed`, 0, r.failed!),
    atMost(`${r.name}: p99 as a part of undisturbed`, 4, r.p99_ms! / r.calm_p99_ms!),
    atMost(`${r.name}: longest wait, ms`, 500, r.max_ms!),
  ])
