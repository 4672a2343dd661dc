// Scratch databases on a server of Postgres: made for one command, dropped when it ends, swept away later where it was killed.
import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface Scratch {
  readonly url: string
  /** There is a session of ours on it: nobody takes it for abandoned any more. */
  taken(): Promise<void>
  drop(): Promise<void>
}

const prefix = 'godwit_workshop_'
const lock = 'pg_advisory_lock(1735353463, 4)'

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'godwit workshop' })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** On the server of `url`, by a user who may make databases. */
export async function scratchOn(url: string): Promise<Scratch> {
  const client = await connected(url)
  const name = prefix + randomBytes(8).toString('hex')
  try {
    await client.query(`select ${lock}`)
    await sweep(client)
    await client.query(`create database ${pg.escapeIdentifier(name)} template template0`)
    // nothing in it has to outlive a crash
    await client.query(`alter database ${pg.escapeIdentifier(name)} set synchronous_commit = off`)
  } catch (error) {
    await client.end()
    throw error
  }
  const own = new URL(url)
  own.pathname = `/${name}`
  return {
    url: own.href,
    // the lock goes with the session
    taken: () => client.end(),
    drop: () => dropped(url, name),
  }
}

/** What a killed command has left behind: nobody is on it. */
async function sweep(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database d where starts_with(datname, $1) and not exists (select 1 from pg_stat_activity a where a.datid = d.oid)`,
    [prefix],
  )
  for (const { name } of rows) await client.query(`drop database if exists ${pg.escapeIdentifier(name)}`).catch(() => undefined)
}

async function dropped(url: string, name: string): Promise<void> {
  const client = await connected(url)
  try {
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
  } finally {
    await client.end()
  }
}
