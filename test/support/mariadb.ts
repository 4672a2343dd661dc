// One MariaDB for tests: at MARIADB_URL, or at 127.0.0.1 as root without a password, or a server of this process's own. Without one they are skipped.
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise'

/** A shell stands over it: when this process ends, in whatever way, its input ends, and then server and files go. */
const keeper = `"$@" >"$DATA/said" 2>&1 & server=$!; cat >/dev/null; kill "$server"; wait "$server"; rm -rf "$DATA"`

/** Its root's URL, which ends with the port. */
const server = await find()

/** Known before the first test, so that what needs it can be skipped by name. */
export const hasMariadb: boolean = server !== undefined

export function mariadbUrl(): string {
  if (!server) throw new Error('There is no MariaDB here: ask hasMariadb first.')
  return server
}

/** As root, past everything that is tested. */
export const mariadbRoot = (options: ConnectionOptions = {}): Promise<Connection> => connectTo(mariadbUrl(), options)

function connectTo(url: string, options: ConnectionOptions = {}): Promise<Connection> {
  return createConnection({ uri: url.replace(/^mariadb/, 'mysql'), ...options })
}

async function find(): Promise<string | undefined> {
  // one that somebody has named must be there: to skip then would hide that it is not
  const given = process.env['MARIADB_URL']?.replace(/\/$/, '')
  if (given) return (await connectTo(given)).end().then(() => given)
  const usual = `mariadb://root@127.0.0.1:${process.env['MARIADB_PORT'] ?? 3306}`
  if (await answers(usual)) return usual
  const program = programNamed('mariadbd')
  if (program) return start(program)
  console.log(`no MariaDB at ${new URL(usual).host}, and no mariadbd on PATH: its tests are skipped`)
  return undefined
}

async function answers(url: string): Promise<boolean> {
  const connection = await connectTo(url).catch(() => undefined)
  await connection?.end()
  return connection !== undefined
}

// ── a server of our own ──────────────────────────────────────────────────────────────────────

function programNamed(name: string): string | undefined {
  // daemons stand where the PATH of a person often does not reach
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => path.join(folder, name)).find((file) => path.isAbsolute(file) && existsSync(file))
}

async function start(program: string): Promise<string> {
  const data = mkdtempSync(path.join(shortFolder(), 'godwit-mariadb-'))
  const common = ['--no-defaults', `--datadir=${data}`, ...(process.getuid?.() === 0 ? ['--user=mysql'] : [])]
  const install = programNamed('mariadb-install-db')
  if (!install) throw new Error(`There is ${program}, and no mariadb-install-db beside it.`)
  await promisify(execFile)(install, [...common, '--auth-root-authentication-method=normal', '--skip-test-db'])
  const port = await freePort()
  const options = [...common, `--socket=${data}/m.sock`, `--pid-file=${data}/m.pid`, `--port=${port}`, '--bind-address=127.0.0.1']
  const quick = ['--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0', '--local-infile=1']
  const over = spawn('/bin/sh', ['-c', keeper, 'sh', program, ...options, ...quick], {
    env: { ...process.env, DATA: data },
    stdio: ['pipe', 'ignore', 'ignore'],
    // an interrupt at the terminal is for the tests; it would end the shell before it has cleaned up
    detached: true,
  })
  over.unref()
  const url = `mariadb://root@127.0.0.1:${port}`
  for (let tries = 0; tries < 300; tries++) {
    if (await answers(url)) return url
    await sleep(50)
  }
  const said = readFileSync(path.join(data, 'said'), 'utf8')
  over.stdin.end()
  throw new Error(`${program} did not start:\n${said}`)
}

/** A path to a socket has 107 bytes at most. */
function shortFolder(): string {
  return tmpdir().length < 70 ? tmpdir() : '/tmp'
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
