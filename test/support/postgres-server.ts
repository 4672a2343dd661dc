// One server for a whole test run, started before the first test and gone after the last.
import { randomBytes } from 'node:crypto'
import { existsSync, statfsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../src/databases/embedded/index.ts'
import { query } from './query.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's own database, with the right to make others. */
    postgresUrl: string
    /** What the names of this run's databases begin with: several runs may share a server. */
    postgresPrefix: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prefix = `gw_test_${randomBytes(3).toString('hex')}_`
  project.provide('postgresPrefix', prefix)
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    project.provide('postgresUrl', given)
    return () => dropAll(given, prefix)
  }
  const server = await inMemory(() => startPostgres({ settings: { max_connections: '200', max_prepared_transactions: '10' } }))
  project.provide('postgresUrl', server.url)
  return () => server.stop()
}

/** Where memory can be had as a folder, the server's files go there: tests make and drop tables all the time. */
async function inMemory<T>(start: () => Promise<T>): Promise<T> {
  const { TMPDIR } = process.env
  if (roomIn(memory) < 4 * 2 ** 30) return start()
  process.env.TMPDIR = memory
  try {
    return await start()
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
}

const memory = '/dev/shm'

function roomIn(folder: string): number {
  if (!existsSync(folder)) return 0
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

async function dropAll(url: string, prefix: string): Promise<void> {
  const names = await query(url, `select datname from pg_database where starts_with(datname, '${prefix}')`)
  for (const [name] of names) await query(url, `drop database if exists "${name}" with (force)`)
}
