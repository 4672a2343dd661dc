// Each change that is made beside an application at work, with readers and writers at 300 transactions a second beside it.
import { setTimeout as after } from 'node:timers/promises'
import type { Database } from '../../src/api.ts'
import { connect, plan, run, undo } from '../../src/api.ts'
import { migration, online } from '../../src/index.ts'
import type { Steps } from '../../src/migration/migration.ts'
import { atMost, type Bench, type Goal, type Outcome, type Result } from '../bench.ts'
import { costOf, meterOf } from '../meter.ts'
import { startServer } from '../server.ts'
import { atWork, feltBy, logUsedBefore } from './at-work.ts'
import type { Latency } from './load.ts'

/** Before each change, and not once for all: the machine is not the same all the time. */
const undisturbedS = 10
/** Of a change that is over at once: so that there are transactions before and after it. */
const leastS = 5

interface Change {
  readonly steps: Steps
  /** It goes over all rows: for these the goals are about what every transaction feels. */
  readonly sweeps?: true
}

const changes: Readonly<Record<string, () => Change>> = {
  addColumn: () => ({
    steps: { expand: [online.addColumn('orders', 'channel', { type: 'text', default: `'web'`, notNull: true })] },
  }),
  'addColumn, each row': () => ({
    steps: { expand: [online.addColumn('orders', 'token', { type: 'uuid', each: 'gen_random_uuid()' })] },
    sweeps: true,
  }),
  notNull: () => ({ steps: { expand: [online.notNull('orders', 'customer_id')] } }),
  check: () => ({ steps: { expand: [online.check('orders', 'amount_is_sane', 'amount > 0')] } }),
  foreignKey: () => ({ steps: { expand: [online.foreignKey('orders', ['customer_id'], 'customer', ['id'])] } }),
  index: () => ({ steps: { expand: [online.index('orders', ['customer_id'])] } }),
  unique: () => ({ steps: { expand: [online.unique('orders', ['code'])] } }),
  dropIndex: () => ({ steps: { expand: [online.dropIndex('orders_note')] } }),
  renameTable: () => ({ steps: { expand: [online.renameTable('orders', 'purchase')] } }),
  retype: () => ({ steps: online.retype('orders', 'code', { to: 'bigint' }), sweeps: true }),
  split: () => ({
    steps: online.split('orders', 'unused', {
      into: { left_part: { type: 'text', up: 'left(unused, 1)' }, right_part: { type: 'text', up: 'substr(unused, 2)' } },
      back: 'concat(left_part, right_part)',
    }),
    sweeps: true,
  }),
  dropColumn: () => ({ steps: { contract: [online.dropColumn('orders', 'unused')] } }),
}

const setup = (rows: number): string[] => [
  'create table customer (id int primary key, name text not null)',
  `insert into customer select i, 'name ' || i from generate_series(1, 10000) i`,
  'create table orders (id int primary key, customer_id int, code int not null, amount numeric(12, 2) not null, note text, unused text)',
  `insert into orders select i, 1 + i % 10000, i, 1 + i % 500, 'note ' || i, 'x' from generate_series(1, ${rows}) i`,
  'create index orders_code_idx on orders (code)',
  'create index orders_note on orders (note)',
  'vacuum analyze',
  ...logUsedBefore,
]

async function changed(db: Database, name: string, { steps }: Change): Promise<void> {
  const until = after(leastS * 1000)
  await after(500)
  await run(await plan(migration(name.replace(/\W+/g, '-'), steps), db), db)
  await until
}

async function takenBack(db: Database, name: string, { steps }: Change): Promise<void> {
  const m = migration(name.replace(/\W+/g, '-'), steps)
  const [last] = [...(steps.contract ?? [])]
  if (last) return
  await undo(await plan(m, db, { recorded: true }), db)
}

const resultOf = (name: string, wall_s: number, cpu: number | null, l: Latency, calm: Latency): Result => ({
  name,
  wall_s,
  server_cpu_s: cpu,
  rss_mb: null,
  ratio: l.p99_ms / calm.p99_ms,
  ...feltBy(l, calm),
  ...(l.failed.length ? { note: [...new Set(l.failed)].join('; ') } : {}),
})

function goalsOf(results: readonly Result[]): Goal[] {
  const sweeping = results.filter((r) => changes[r.name]?.().sweeps)
  const others = results.filter((r) => !sweeping.includes(r))
  const most = (list: readonly Result[], of: (r: Result) => number) => Math.max(...list.map(of))
  return [
    atMost(
      'statements that failed',
      0,
      results.reduce((sum, r) => sum + r.failed!, 0),
    ),
    ...sweeping.flatMap((r) => [
      atMost(`${r.name}: p99 as a part of undisturbed`, 4, r.ratio),
      atMost(`${r.name}: longest wait, ms`, 50, r.max_ms!),
    ]),
    atMost(
      'the others: p99 as a part of undisturbed',
      4,
      most(others, (r) => r.ratio!),
    ),
    atMost(
      'the others: longest wait, ms',
      500,
      most(others, (r) => r.max_ms!),
    ),
  ]
}

async function measure(rows: number, say: (line: string) => void): Promise<Outcome> {
  await using server = await startServer(say)
  const client = await server.connect()
  const meter = await meterOf(client)
  say(`${rows} rows`)
  for (const sql of setup(rows)) await client.query(sql)
  const db = await connect(server.url)
  const results: Result[] = []
  try {
    await using load = await atWork(server.url, rows, new URL('orders.ts', import.meta.url))
    await after(5000)
    for (const [name, make] of Object.entries(changes)) {
      const calm = await load.during(() => after(undisturbedS * 1000))
      let latency = calm
      const cost = await costOf(meter, async () => void (latency = await load.during(() => changed(db, name, make()))))
      results.push(resultOf(name, cost.wall_s, cost.server_cpu_s, latency, calm))
      say(
        `${name}: p99 ${latency.p99_ms.toFixed(1)} (undisturbed ${calm.p99_ms.toFixed(1)}), longest ${latency.max_ms.toFixed(1)} ms (${calm.max_ms.toFixed(1)})`,
      )
      await takenBack(db, name, make())
      await client.query('vacuum orders')
    }
  } finally {
    await db.close()
    await client.end()
  }
  return { bench: 'online', rows, results, goals: goalsOf(results) }
}

export const beside: Bench = {
  about: 'what an application at work feels of each change of the schema that is made beside it',
  options: '--rows N    600k in docs/performance.md',
  run: ({ rows }, say) => measure(rows, say),
}
