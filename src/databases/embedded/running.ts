// A server that runs on a data directory, as its postmaster.pid and its door tell.
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly socketDir: string
  /** Empty when it listens on its socket only. */
  readonly address: string
  readonly ready: boolean
}

/** Line by line as Postgres writes it: pid, data, start, port, socket directory, address, shared memory, state. */
export function readPostmaster(data: string): Postmaster | undefined {
  const file = path.join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const [pid, , , port, socketDir = '', address = '', , state = ''] = readFileSync(file, 'utf8').split('\n')
  return { pid: Number(pid), port: Number(port), socketDir, address, ready: state.trim() === 'ready' }
}

/** The server on this directory, if there is one that answers; one that is just starting is waited for. */
export async function findRunning(data: string): Promise<Postmaster | undefined> {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline) {
    const found = readPostmaster(data)
    // A file that was left behind names a process that is gone, or one of others that keeps no door open for us.
    if (!found || !isAlive(found.pid)) return undefined
    if (found.ready) return (await answers(found)) ? found : undefined
    await pause(20)
  }
  return undefined
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function answers({ socketDir, address, port }: Postmaster): Promise<boolean> {
  return new Promise((resolve) => {
    const door = socketDir ? connect(path.join(socketDir, `.s.PGSQL.${port}`)) : connect(port, address)
    door.once('connect', () => resolve(true)).once('error', () => resolve(false))
    door.once('connect', () => door.destroy())
  })
}
