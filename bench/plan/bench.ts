// How long one waits for a plan of a large schema, and for the program to start at all.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connect, type Database, plan as planOf } from '../../src/api.ts'
import { type Bench, median, type Options, type Outcome, type Result, rounded } from '../bench.ts'
import { startServer } from '../server.ts'
import { makeTables, wholeMigration } from './schema.ts'

const command = fileURLToPath(new URL('../../bin/godwit.mjs', import.meta.url))
const sources = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

async function run({ tables, repeat }: Options, say: (line: string) => void): Promise<Outcome> {
  await using server = await startServer(say)
  const client = await server.connect()
  say(`making ${tables} tables`)
  await makeTables(client, tables)
  await client.end()
  const db = await connect(server.url)
  try {
    return {
      bench: 'plan',
      rows: 0,
      results: await timed(db, tables, repeat),
      goals: [],
      ...(existsSync(sources) ? {} : { absent: ['godwit --help: there is no src/cli/main.ts yet'] }),
    }
  } finally {
    await db.close()
  }
}

async function timed(db: Database, tables: number, repeat: number): Promise<Result[]> {
  const migration = wholeMigration(tables)
  const results = [
    await result(`reading the schema of ${tables} tables`, repeat, () => db.schema()),
    await result(`the same, and a plan of ${Math.floor(tables / 2)} mappings`, repeat, () => planOf(migration, db)),
  ]
  if (existsSync(sources))
    results.push(await result('godwit --help', repeat, () => promisify(execFile)(process.execPath, [command, '--help'])))
  return results
}

/** The first time is thrown away: it loads and compiles what later ones find ready. A process that starts is always the first. */
async function result(name: string, repeat: number, work: () => Promise<unknown>): Promise<Result> {
  const seconds: number[] = []
  for (let i = 0; i <= repeat; i++) {
    const began = performance.now()
    await work()
    if (i > 0) seconds.push((performance.now() - began) / 1000)
  }
  return { name, wall_s: rounded(median(seconds)), server_cpu_s: null, rss_mb: null, ratio: null }
}

export const plan: Bench = {
  about: 'a plan of a large schema, and the start of the program',
  options: '--tables N (300)  --repeat K (1)',
  run,
}
