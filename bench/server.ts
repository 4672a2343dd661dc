// The server that is measured: one of its own with the settings of a real one, or the one at BENCH_DATABASE_URL.
import pg from 'pg'
import { startPostgres } from '../src/databases/embedded/index.ts'

export interface Server extends AsyncDisposable {
  /** A database of this benchmark's own, gone at the end. */
  readonly url: string
  connect(): Promise<pg.Client>
}

const settings = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  min_wal_size: '2GB',
  checkpoint_timeout: '15min',
  work_mem: '64MB',
  maintenance_work_mem: '512MB',
  effective_cache_size: '8GB',
  random_page_cost: '1.1',
  synchronous_commit: 'on',
  // it would run in the middle of one variant and not of another
  autovacuum: 'off',
}

export async function startServer(say: (line: string) => void): Promise<Server> {
  const given = process.env.BENCH_DATABASE_URL
  if (given) {
    say('on the server at BENCH_DATABASE_URL, with the settings that it has')
    return databaseIn(given, async () => {})
  }
  say('starting a Postgres: fsync on, 1 GB of shared buffers')
  const server = await startPostgres({ durable: true, settings })
  return databaseIn(server.url, () => server.stop())
}

let made = 0

async function databaseIn(serverUrl: string, stop: () => Promise<void>): Promise<Server> {
  const name = `godwit_bench_${process.pid}_${++made}`
  await once(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    connect: () => connected(url.href),
    [Symbol.asyncDispose]: async () => {
      await once(serverUrl, `drop database if exists ${name} with (force)`)
      await stop()
    },
  }
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query('set client_min_messages = warning')
  return client
}

async function once(url: string, sql: string): Promise<void> {
  const client = await connected(url)
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
