// The Postgres that godwit brings along, for tests, the demo and trying things out: a real server from an npm package,
// started without installing anything on the machine. Not for data that matters.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { serverOfAnotherProcess } from '../../errors/embedded.ts'
import { ensureCluster, passwordOf, unfinishedOf } from './cluster.ts'
import { identityFor } from './identity.ts'
import { freePort, halt, type Launch, launch } from './launch.ts'
import { libraryEnvironment, makeExecutable } from './libraries.ts'
import { type Binaries, binaryOf, locate } from './locate.ts'
import { program, type Running } from './program.ts'
import { findRunning, type Postmaster } from './running.ts'
import { makeScratch, removeScratch } from './scratch.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

export interface EmbeddedOptions {
  /** Keeps the data here from one start to the next; left out, all is gone with the server. */
  readonly dir?: string
  /** A major version installed under an npm alias: '14' or 'pg14' is the package pg14. */
  readonly version?: string
  /** A port on 127.0.0.1; 0 or none: its Unix socket only. */
  readonly port?: number
  /** Any free port on 127.0.0.1. */
  readonly tcp?: boolean
  /** Survives a power failure, as a server does by default; left out, speed goes before that. */
  readonly durable?: boolean
  /** Settings of the server: { max_connections: '200' }. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface EmbeddedConfig {
  /** The folder of the Unix socket, or an address. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  /** Over TCP only. */
  readonly password?: string
}

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly config: EmbeddedConfig
  readonly url: string
  readonly pid: number
  readonly dir: string
  /** It ran already when we came: stop() leaves it to the process that started it, and it ends with that process. */
  readonly joined: boolean
  stop(): Promise<void>
  /** Sends a signal (SIGKILL if none is said), and waits for the end where the signal is one to end by. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops it if it runs, and starts it again on the same data and address. */
  restart(): Promise<void>
}

// Logical replication is what a migration between servers may want; the rest stays as Postgres has it.
const always = { wal_level: 'logical' }
// Commits still wait until they are written: a killed server keeps them, only a lost machine does not.
const fastNotDurable = { fsync: 'off', full_page_writes: 'off' }

/** Starts a server; on a `dir` where one runs already, joins that one. It ends with this process at the latest. */
export async function startPostgres(options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const running = options.dir && (await findRunning(dataIn(options.dir)))
  if (options.dir && running) return joined(options.dir, running, options)
  const scratch = makeScratch()
  const dir = path.resolve(options.dir ?? scratch)
  const watchdog = startWatchdog(dataIn(dir), unfinishedOf(dataIn(dir), scratch), scratch)
  try {
    return await startIn(dir, scratch, watchdog, options)
  } catch (error) {
    watchdog.release()
    removeScratch(scratch)
    // Two that start at the same moment: the slower one joins.
    const quicker = options.dir && (await findRunning(dataIn(dir)))
    if (quicker) return joined(dir, quicker, options)
    throw error
  }
}

const dataIn = (dir: string) => path.join(path.resolve(dir), 'data')

async function startIn(dir: string, scratch: string, watchdog: Watchdog, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = locate(options.version)
  const data = dataIn(dir)
  makeExecutable(binaries)
  mkdirSync(dir, { recursive: true })
  const runner = runnerFor(binaries, data, scratch)
  await ensureCluster({ program: runner, watchdog, data, scratch, major: binaries.major, durable: options.durable ?? false })
  const port = await portFor(options)
  const log = path.join(dir, 'postgres.log')
  const what: Launch = { program: runner, watchdog, data, log, settings: settingsFor(options, scratch, port) }
  const server = await launch(what)
  return handle({ dir, scratch, what, config: configFor(port, scratch, data) }, server)
}

function runnerFor(binaries: Binaries, data: string, scratch: string) {
  // The scratch folder itself is handed over, so it is enough that the way to it is open.
  const home = path.dirname(data)
  const unowned = home === scratch ? [] : [home]
  const identity = identityFor(data, [binaryOf(binaries, 'postgres'), path.dirname(scratch), ...unowned])
  const runner = program(binaries, identity, libraryEnvironment(binaries, scratch), scratch)
  runner.own(scratch)
  return runner
}

// Windows gives Postgres no Unix socket that is ours alone.
const portFor = async ({ port, tcp }: EmbeddedOptions) => port || (tcp || process.platform === 'win32' ? await freePort() : 0)

function settingsFor({ durable, settings }: EmbeddedOptions, scratch: string, port: number): Record<string, string> {
  const door = port ? { listen_addresses: '127.0.0.1', port: String(port) } : { listen_addresses: '' }
  const socket = process.platform === 'win32' ? {} : { unix_socket_directories: scratch }
  return { ...always, ...(durable ? {} : fastNotDurable), ...settings, ...door, ...socket }
}

const configFor = (port: number, socketDir: string, data: string): EmbeddedConfig => ({
  ...(port ? { host: '127.0.0.1', port, password: passwordOf(data) } : { host: socketDir, port: 5432 }),
  user: 'postgres',
  database: 'postgres',
})

interface Server {
  readonly dir: string
  readonly scratch: string
  readonly what: Launch
  readonly config: EmbeddedConfig
}

const ending = new Set<NodeJS.Signals>(['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGQUIT'])

function handle({ dir, scratch, what, config }: Server, started: Running): EmbeddedPostgres {
  let server = started
  const stop = async () => {
    await halt(server)
    what.watchdog.release()
    removeScratch(scratch)
  }
  return {
    config,
    url: urlOf(config),
    get pid() {
      return server.process.pid!
    },
    dir,
    joined: false,
    stop,
    kill: async (signal = 'SIGKILL') => {
      server.process.kill(signal)
      if (!ending.has(signal)) return
      server.process.ref()
      await server.ended
    },
    restart: async () => {
      await halt(server)
      server = await launch(what)
    },
    [Symbol.asyncDispose]: stop,
  }
}

function joined(dir: string, running: Postmaster, { port, tcp }: EmbeddedOptions): EmbeddedPostgres {
  const overTcp = running.address !== '' && (port || tcp || !running.socketDir)
  const config = overTcp
    ? configFor(running.port, '', dataIn(dir))
    : { host: running.socketDir, port: running.port, user: 'postgres', database: 'postgres' }
  const leave = async () => {}
  return {
    config,
    url: urlOf(config),
    pid: running.pid,
    dir: path.resolve(dir),
    joined: true,
    stop: leave,
    kill: async (signal = 'SIGKILL') => void process.kill(running.pid, signal),
    restart: () => Promise.reject(serverOfAnotherProcess({ dir, pid: running.pid })),
    [Symbol.asyncDispose]: leave,
  }
}

function urlOf({ host, port, user, database, password }: EmbeddedConfig): string {
  // A socket's folder goes into ?host=, which every client prefers to the host before it.
  if (password === undefined) return `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
  return `postgresql://${user}:${password}@${host}:${port}/${database}`
}
