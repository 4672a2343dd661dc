// The private Postgres of a project: made on first use, filled once, shared by commands that run at the same time.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { ResolvedConfig } from '../config/config.ts'
import { registerSecret } from '../config/secret.ts'
import { type EmbeddedPostgres, startPostgres } from '../databases/embedded/index.ts'
import { loadFailed } from '../errors/cli.ts'
import { list } from '../text.ts'
import { ownFolder } from './migrations.ts'

export interface PrivateServer {
  readonly url: string
  /** Another database on it, made and filled on first use. */
  beside(name: string, load: readonly string[]): Promise<string>
  stop(): Promise<void>
}

type Note = (text: string) => void

export async function privateServer(config: ResolvedConfig, note: Note): Promise<PrivateServer> {
  const dir = join(ownFolder(config), 'database')
  keepOutOfGit(config)
  if (!existsSync(join(dir, 'data'))) note(`Making a private Postgres in ${relative(process.cwd(), dir) || dir} …`)
  const server = await joinable(dir)
  try {
    if (server.config.password !== undefined) registerSecret(server.config.password)
    if (config.address.engine === 'embedded' && config.load.length) await fillOnce(server.url, config.load, config, note)
    const beside = async (name: string, load: readonly string[]) => {
      const url = await databaseBeside(server.url, `source_${name}`)
      if (load.length) await fillOnce(url, load, config, note)
      return url
    }
    return { url: server.url, beside, stop: () => stopWhenAlone(server, note) }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** One that we find running may be about to stop with the command that started it: then we start our own. */
async function joinable(dir: string): Promise<EmbeddedPostgres> {
  for (let tries = 1; ; tries++) {
    const server = await startPostgres({ dir, settings: { max_connections: '60' } })
    if (!server.joined || (await answers(server.url)) || tries >= 20) return server
    await pause(250)
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function keepOutOfGit(config: ResolvedConfig): void {
  const folder = ownFolder(config)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, '.gitignore')
  if (!existsSync(file)) writeFileSync(file, '*\n')
}

// ── what it is filled with ───────────────────────────────────────────────────────────────────

const mark = (digest: string): string => `godwit loaded ${digest}`

/** All files in one transaction with the note that they are there: never half, and never twice. */
async function fillOnce(url: string, load: readonly string[], config: ResolvedConfig, note: Note): Promise<void> {
  const digest = load
    .reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256'))
    .digest('hex')
    .slice(0, 16)
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('begin')
    // two commands may come to a new database at once
    await client.query('select pg_advisory_xact_lock(1735353463, 3)')
    const { rows } = await client.query<{ note: string | null }>(
      `select shobj_description(oid, 'pg_database') as note from pg_database where datname = current_database()`,
    )
    const there = rows[0]?.note ?? null
    if (there?.startsWith('godwit loaded')) {
      if (there !== mark(digest))
        note(
          `${list(load.map((f) => relative(process.cwd(), f)))} changed since the private Postgres was filled; it keeps what it has. To begin anew, remove ${relative(process.cwd(), join(ownFolder(config), 'database'))}.`,
        )
    } else {
      for (const file of load) await loadFile(client, file)
      await client.query(
        `comment on database ${pg.escapeIdentifier((await client.query<{ d: string }>('select current_database() as d')).rows[0]!.d)} is ${pg.escapeLiteral(mark(digest))}`,
      )
    }
    await client.query('commit')
  } finally {
    await client.end()
  }
}

async function databaseBeside(server: string, name: string): Promise<string> {
  const url = new URL(server)
  url.pathname = `/${encodeURIComponent(name)}`
  const client = new pg.Client({ connectionString: server })
  client.on('error', () => {})
  await client.connect()
  try {
    // two commands may come to make it at once
    await client.query('select pg_advisory_lock(1735353463, 3)')
    const there = await client.query('select from pg_database where datname = $1', [name])
    if (!there.rowCount) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
  return url.href
}

async function loadFile(client: pg.Client, file: string): Promise<void> {
  const shown = relative(process.cwd(), file)
  const text = readFileSync(file, 'utf8')
  try {
    await client.query(text)
  } catch (error) {
    const { message, position, code } = error as pg.DatabaseError
    throw loadFailed({
      file: shown,
      line: position === undefined ? undefined : [...text].slice(0, Number(position)).join('').split('\n').length,
      message,
      sqlstate: code,
      cause: error,
    })
  }
}

// ── its end ──────────────────────────────────────────────────────────────────────────────────

/** The server ends with the command that started it, and not before those that came to it meanwhile. */
async function stopWhenAlone(server: EmbeddedPostgres, note: Note): Promise<void> {
  if (!server.joined) {
    const began = performance.now()
    let told = false
    for (let others = await othersOn(server.url); others.length > 0; others = await othersOn(server.url)) {
      if (!told && performance.now() - began > 1000) {
        note(`Waiting for another command on this private Postgres (${list(others)}). Ctrl-C stops it now.`)
        told = true
      }
      await pause(200)
    }
  }
  await server.stop()
}

async function othersOn(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'godwit: last one' })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ name: string }>(
      `select distinct application_name as name from pg_stat_activity where application_name like 'godwit %' and pid <> pg_backend_pid() and application_name <> $1`,
      [sessionName],
    )
    return rows.map((r) => r.name)
  } catch {
    return []
  } finally {
    await client.end().catch(() => {})
  }
}

/** What our sessions are called on the server: whose they are can be seen there, and they can be ended by it. */
export const sessionName = `godwit ${process.argv.slice(2).find((word) => /^[a-z]+$/.test(word)) ?? ''} pid ${process.pid}`.slice(0, 60)
