// Postgres on its data directory, until it takes connections.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { postgresDidNotStart } from '../../errors/embedded.ts'
import type { Program, Running } from './program.ts'
import { readPostmaster } from './running.ts'
import type { Watchdog } from './watchdog.ts'

export interface Launch {
  readonly program: Program
  readonly watchdog: Watchdog
  readonly data: string
  readonly log: string
  readonly settings: Readonly<Record<string, string>>
}

const patience = 120_000
// After a kill -9 the old sessions still hold the shared memory for a moment.
const leftovers = /pre-existing shared memory block|lock file .* already exists/

export async function launch(what: Launch): Promise<Running> {
  const deadline = performance.now() + 10_000
  for (;;) {
    try {
      return await launchOnce(what)
    } catch (error) {
      if (!leftovers.test((error as Error).message) || performance.now() > deadline || readPostmaster(what.data)?.ready) throw error
      await pause(100)
    }
  }
}

async function launchOnce({ program, watchdog, data, log, settings }: Launch): Promise<Running> {
  const output = openSync(log, 'a')
  try {
    const before = fstatSync(output).size
    const server = program.run(
      'postgres',
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      output,
    )
    watchdog.watch(server.process.pid)
    await ready(server, data, () => readFileSync(log).subarray(before).toString().slice(-4000))
    // A running server is no reason for this process to stay; when it goes, the watchdog sees to the server.
    server.process.unref()
    return server
  } finally {
    closeSync(output)
  }
}

async function ready(server: Running, data: string, log: () => string): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    if (server.hasEnded()) throw postgresDidNotStart({ log: `${log()}\n(${await server.ended})` })
    const now = readPostmaster(data)
    if (now?.ready && now.pid === server.process.pid) return
    if (performance.now() > deadline) {
      server.process.kill('SIGKILL')
      throw postgresDidNotStart({ log: log() })
    }
    await pause(10)
  }
}

/** Fast shutdown: sessions are ended, what was committed stays. */
export async function halt(server: Running): Promise<void> {
  if (server.hasEnded()) return
  server.process.ref()
  server.process.kill('SIGINT')
  const overdue = setTimeout(() => server.process.kill('SIGKILL'), 20_000)
  await server.ended
  clearTimeout(overdue)
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
