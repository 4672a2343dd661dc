// Databases for one proof: each empty or a copy of another, all dropped at its end, and swept away later where it was killed.
import { randomInt } from 'node:crypto'
import { connect } from '../../../databases/postgres/connect.ts'
import { ident } from '../../../databases/postgres/names.ts'
import type { Scratch } from '../engine.ts'

const prefix = 'godwit_prove_'
const lock = 1735353464

/** By a user who may make databases. Its session holds the lock that says that somebody is at work. */
export class Scratches {
  readonly #url: string
  readonly #client: Awaited<ReturnType<typeof connect>>['client']
  readonly #run = randomInt(1, 2 ** 31)
  #made = 0

  private constructor(url: string, client: Awaited<ReturnType<typeof connect>>['client']) {
    this.#url = url
    this.#client = client
  }

  static async open(url: string): Promise<Scratches> {
    const { client } = await connect({ url, applicationName: 'godwit stage prove' })
    const scratches = new Scratches(url, client)
    await client.query('select pg_advisory_lock($1, $2)', [lock, scratches.#run])
    await scratches.#sweep()
    return scratches
  }

  async fresh(template = 'template0'): Promise<Scratch> {
    const name = `${prefix}${this.#run}_${++this.#made}`
    await this.#client.query(`create database ${ident(name)} template ${ident(template)}`)
    const own = new URL(this.#url)
    own.pathname = `/${name}`
    return { name, url: own.href }
  }

  async version(): Promise<string> {
    return (await this.#client.query<{ v: string }>(`select current_setting('server_version') as v`)).rows[0]!.v
  }

  async close(): Promise<void> {
    try {
      for (let n = this.#made; n > 0; n--)
        await this.#client.query(`drop database if exists ${ident(`${prefix}${this.#run}_${n}`)} with (force)`)
    } finally {
      await this.#client.end()
    }
  }

  /** Those of runs whose session is gone. */
  async #sweep(): Promise<void> {
    const { rows } = await this.#client.query<{ name: string }>(`select datname as name from pg_database where starts_with(datname, $1)`, [
      prefix,
    ])
    for (const { name } of rows) {
      const run = Number(/_(\d+)_\d+$/.exec(name)?.[1] ?? 0)
      const { rows: free } = await this.#client.query<{ got: string }>('select pg_try_advisory_lock($1, $2)::text as got', [lock, run])
      if (free[0]!.got !== 'true') continue
      if (run !== this.#run) await this.#client.query(`drop database if exists ${ident(name)}`).catch(() => undefined)
      await this.#client.query('select pg_advisory_unlock($1, $2)', [lock, run])
    }
  }
}
