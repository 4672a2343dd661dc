// Databases for one proof on a MariaDB server: each empty or a copy of another, dropped at its end, and swept away later where it was killed.
import { randomInt } from 'node:crypto'
import type { Connection } from 'mysql2'
import { statementsOf } from '../../../databases/mariadb/backup/statements.ts'
import { asked, openConnection, quote } from '../../../databases/mariadb/connection.ts'
import type { Ask } from '../../../databases/mariadb/schema.ts'
import type { Scratch } from '../engine.ts'
import { tablesOf } from './tables.ts'

const prefix = 'godwit_prove_'

/** By a user who may make databases. Its session holds the lock that says that somebody is at work. */
export class Scratches {
  readonly #url: string
  readonly #connection: Connection
  readonly #run = randomInt(1, 2 ** 31)
  #made = 0

  private constructor(url: string, connection: Connection) {
    this.#url = url
    this.#connection = connection
  }

  static async open(url: string): Promise<Scratches> {
    const server = new URL(url)
    server.pathname = '/'
    const scratches = new Scratches(server.href, await openConnection(server.href, server.host, []))
    await scratches.#ask(`select get_lock('${prefix}${scratches.#run}', 0)`)
    await scratches.#sweep()
    return scratches
  }

  readonly #ask: Ask = (sql, values) => asked(this.#connection, sql, values)

  async version(): Promise<string> {
    const [[version, comment] = []] = await this.#ask('select version(), @@version_comment')
    return /mariadb/i.test(`${version} ${comment}`) ? `MariaDB ${version?.split('-')[0]}` : `MySQL ${version}`
  }

  async fresh(template?: string): Promise<Scratch> {
    const name = `${prefix}${this.#run}_${++this.#made}`
    await this.#ask(`create database ${quote(name)} character set utf8mb4`)
    const own = new URL(this.#url)
    own.pathname = `/${name}`
    if (template !== undefined) await this.#copy(template, name)
    return { name, url: own.href }
  }

  /** Triggers come after the rows: nothing is to happen twice. */
  async #copy(from: string, to: string): Promise<void> {
    const set = "set session foreign_key_checks = 0, unique_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'"
    await this.#ask(`use ${quote(from)}`)
    const tables = await tablesOf(this.#ask)
    const statements = await statementsOf(
      { ask: this.#ask },
      tables.map((t) => ({ ...t, order: [] })),
      true,
    )
    await this.#ask(`use ${quote(to)}`)
    await this.#ask(set)
    for (const s of statements.filter((x) => x.section === 'tables')) await this.#ask(s.sql)
    for (const { name, columns } of tables) {
      const own = columns
        .filter((c) => !c.generated)
        .map((c) => quote(c.name))
        .join(', ')
      await this.#ask(`insert into ${quote(name)} (${own}) select ${own} from ${quote(from)}.${quote(name)}`)
    }
    for (const { sql, mode } of statements.filter((x) => x.section === 'last')) {
      if (mode !== undefined && !sql.startsWith('CREATE ALGORITHM')) await this.#ask(`set session sql_mode = '${mode}'`)
      await this.#ask(sql)
    }
    await this.#ask('set session foreign_key_checks = default, unique_checks = default, sql_mode = default')
  }

  async close(): Promise<void> {
    try {
      for (let n = this.#made; n > 0; n--) await this.#ask(`drop database if exists ${quote(`${prefix}${this.#run}_${n}`)}`)
    } finally {
      await new Promise<void>((done) => this.#connection.end(() => done()))
    }
  }

  /** Those of runs whose session is gone. */
  async #sweep(): Promise<void> {
    const found = await this.#ask(`select schema_name from information_schema.schemata where schema_name like 'godwit\\_prove\\_%'`)
    for (const [name] of found) {
      const lock = /^(.*)_\d+$/.exec(name!)?.[1]
      if (lock === undefined || lock === `${prefix}${this.#run}`) continue
      const [[free] = []] = await this.#ask(`select get_lock('${lock}', 0)`)
      if (free !== '1') continue
      await this.#ask(`drop database if exists ${quote(name!)}`)
      await this.#ask(`select release_lock('${lock}')`)
    }
  }
}
