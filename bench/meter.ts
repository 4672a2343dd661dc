// What something costs the server: processor time, and WAL.
import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'

export interface Cost {
  readonly wall_s: number
  readonly server_cpu_s: number | null
  readonly wal_mb: number
}

/** Where the server's counters stand. */
export interface Reading {
  readonly at: number
  readonly cpu_s: number | null
  readonly wal: number
}

export interface Meter {
  read(): Promise<Reading>
}

export async function meterOf(client: pg.Client): Promise<Meter> {
  const postmaster = await postmasterOf(client)
  return {
    read: async () => {
      // these two at once; the question for the WAL may take its time
      const [at, cpu_s] = [performance.now(), postmaster === null ? null : cpuOf(postmaster)]
      return { at, cpu_s, wal: await walAt(client) }
    },
  }
}

export const between = (a: Reading, b: Reading): Cost => ({
  wall_s: (b.at - a.at) / 1000,
  server_cpu_s: a.cpu_s === null || b.cpu_s === null ? null : b.cpu_s - a.cpu_s,
  wal_mb: (b.wal - a.wal) / 1e6,
})

export async function costOf(meter: Meter, work: () => Promise<unknown>): Promise<Cost> {
  const before = await meter.read()
  await work()
  return between(before, await meter.read())
}

async function walAt(client: pg.Client): Promise<number> {
  const { rows } = await client.query(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes`)
  return rows[0].bytes
}

interface Stat {
  readonly command: string
  readonly parent: number
  /** Seconds of its own, and of its children that have ended and been waited for. */
  readonly own: number
  readonly ended: number
}

/** On Linux a tick of /proc is a hundredth of a second. */
const tick = 100

function statOf(pid: number): Stat | null {
  try {
    // the command stands in brackets and may hold brackets and spaces itself
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = text.lastIndexOf(')')
    const f = text.slice(end + 2).split(' ')
    return {
      command: text.slice(text.indexOf('(') + 1, end),
      parent: Number(f[1]),
      own: (Number(f[11]) + Number(f[12])) / tick,
      ended: (Number(f[13]) + Number(f[14])) / tick,
    }
  } catch {
    return null
  }
}

/** The parent of our session's process; null where that process is not one of this machine's. */
async function postmasterOf(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query(
    'select pg_backend_pid() as pid, inet_server_addr() is null or inet_server_addr() = inet_client_addr() as local',
  )
  const backend = rows[0].local ? statOf(rows[0].pid) : null
  return backend?.command === 'postgres' ? backend.parent : null
}

/** Of the postmaster, of its processes that live, and of those that ended: these it has waited for, so /proc adds them to its children's time. */
function cpuOf(postmaster: number): number {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const living = pids.map(statOf).filter((s) => s?.parent === postmaster)
  const main = statOf(postmaster)!
  return living.reduce((sum, s) => sum + s!.own, main.own + main.ended)
}
