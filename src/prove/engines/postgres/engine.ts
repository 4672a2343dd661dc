// Postgres: scratch databases are copies of a template.
import { connect } from '../../../databases/postgres/connect.ts'
import type { Engine, Worker } from '../engine.ts'
import { contentsOf, rowDigests } from './contents.ts'
import { sampleRows } from './sample.ts'
import { Scratches } from './scratch.ts'

export async function postgresEngine(server: string): Promise<Engine> {
  const scratches = await Scratches.open(server)
  return {
    dialect: 'postgres',
    server: `PostgreSQL ${await scratches.version()}`,
    fresh: (template) => scratches.fresh(template),
    open: workerOn,
    contentsOf,
    rowDigests,
    sampleRows,
    close: () => scratches.close(),
  }
}

async function workerOn(url: string): Promise<Worker> {
  const { client } = await connect({ url, applicationName: 'godwit stage prove' })
  return {
    refusal: (sql) =>
      client.query(sql).then(
        () => undefined,
        (problem: Error) => problem.message,
      ),
    anew: async () => void (await client.query('reset all')),
    close: () => client.end(),
  }
}
