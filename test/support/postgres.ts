// A database for each test, in the one server that the run has started (or in the one at TEST_DATABASE_URL).
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { inject } from 'vitest'
import { query } from './query.ts'

export { query } from './query.ts'

export interface FreshDatabase extends AsyncDisposable {
  readonly url: string
  /** For `new pg.Client(config)`. */
  readonly config: { readonly connectionString: string }
  readonly name: string
  drop(): Promise<void>
}

export interface Fixture {
  /** The name of a template: filled by `load` the first time it is asked for in a run, copied from then on. */
  readonly from?: string
  /** SQL files, run in this order. Without a `from`, the same files share a template by themselves. */
  readonly load?: readonly string[]
}

/** The url of the server's own database, for what a test does to the server itself. */
export const serverUrl = (): string => inject('postgresUrl')

/** A new database, empty or as the fixture has it; gone at the end of the block with `await using db = await freshDatabase()`. */
export async function freshDatabase({ from, load = [] }: Fixture = {}): Promise<FreshDatabase> {
  return madeFrom(from || load.length > 0 ? await ensureTemplate(from ?? digest(load), load) : 'template0')
}

/** Nobody may be connected to the one that is copied. */
export const copyOf = ({ name }: FreshDatabase): Promise<FreshDatabase> => madeFrom(name)

async function madeFrom(template: string): Promise<FreshDatabase> {
  const name = named(randomBytes(5).toString('hex'))
  await query(serverUrl(), `create database "${name}" template "${template}"`)
  const url = urlOf(name)
  const drop = async () => {
    await query(serverUrl(), `drop database if exists "${name}" with (force)`)
  }
  return { url, config: { connectionString: url }, name, drop, [Symbol.asyncDispose]: drop }
}

const named = (what: string) => `${inject('postgresPrefix')}${what}`

function urlOf(database: string): string {
  const url = new URL(serverUrl())
  url.pathname = `/${database}`
  return url.href
}

const digest = (files: readonly string[]) =>
  files
    .reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256'))
    .digest('hex')
    .slice(0, 12)

async function ensureTemplate(fixture: string, load: readonly string[]): Promise<string> {
  const name = named(`template_${fixture.replaceAll(/\W/g, '_').slice(0, 35)}`)
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    // Test files run beside each other, and each template is to be made once: the others wait here.
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await makeTemplate(name, fixture, load)
    return name
  } finally {
    await client.end()
  }
}

async function makeTemplate(name: string, fixture: string, load: readonly string[]): Promise<void> {
  if (load.length === 0) throw new Error(`Nothing has filled the template ${fixture} yet: say load: [files] as well.`)
  // Under another name until it is whole, or a file with a mistake in it would leave a half-filled template to the next test.
  const unfinished = `${name}_unfinished`
  await query(serverUrl(), `drop database if exists "${unfinished}"`)
  await query(serverUrl(), `create database "${unfinished}" template template0`)
  for (const file of load) await loadFile(urlOf(unfinished), file)
  await query(serverUrl(), `alter database "${unfinished}" rename to "${name}"`)
}

async function loadFile(url: string, file: string): Promise<void> {
  try {
    await query(url, readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
  }
}
