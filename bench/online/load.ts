// An application at work: so many transactions a second, begun when they are due and not when there is time for them. Who waits makes
// those wait that come after him, and all of that counts. A process of its own, so that nothing else takes its time.
import pg from 'pg'

export interface Latency {
  readonly transactions: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
  readonly failed: readonly string[]
}

/** The `n`th of all, on tables with so many rows. */
export type Transaction = (client: pg.Client, n: number, rows: number) => Promise<void>

const [url, rate, rows] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]
const { transaction } = (await import(process.argv[5]!)) as { transaction: Transaction }
const clientsAtWork = 8

interface Due {
  readonly at: number
  readonly n: number
}

const waiting: Due[] = []
const idle: pg.Client[] = []
let latencies: number[] = []
let failed: string[] = []
let open = 0

async function carryOut(client: pg.Client, { at, n }: Due): Promise<void> {
  open++
  try {
    await transaction(client, n, rows)
  } catch (problem) {
    failed.push((problem as Error).message)
    await client.query('rollback').catch(() => undefined)
  }
  latencies.push(performance.now() - at)
  open--
  const next = waiting.shift()
  if (next) void carryOut(client, next)
  else idle.push(client)
}

function latency(): Latency {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { transactions: sorted.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: sorted.at(-1) ?? 0, failed }
}

for (let n = 0; n < clientsAtWork; n++) {
  const client = new pg.Client({ connectionString: url, application_name: 'the shop' })
  await client.connect()
  idle.push(client)
}
const began = performance.now()
let given = 0
const clock = setInterval(() => {
  for (const due = (performance.now() - began) * (rate / 1000); given < due; given++) {
    const job: Due = { at: began + (given * 1000) / rate, n: given }
    const client = idle.pop()
    if (client) void carryOut(client, job)
    else waiting.push(job)
  }
}, 1)

process.on('message', (what: 'begin' | 'end' | 'stop') => {
  if (what === 'begin') [latencies, failed] = [[], []]
  else if (what === 'end') process.send!(latency())
  else {
    clearInterval(clock)
    const leave = setInterval(() => {
      if (open + waiting.length) return
      clearInterval(leave)
      void Promise.all(idle.map((c) => c.end())).then(() => process.disconnect())
    }, 10)
  }
})
process.send!('ready')
