// MariaDB (and MySQL) as a source: rows streamed as the text that the server writes, out of one consistent snapshot.
import type { Connection } from 'mysql2'
import type { Source } from '../source.ts'
import { asked, askedByName, openConnection, quote, tableName } from './connection.ts'
import { failureFrom } from './failure.ts'
import { lookingAt } from './looking.ts'
import { type Ask, readSchema } from './schema.ts'
import { send } from './send.ts'
import { watchOver } from './watch.ts'

/** What a session must be so that values read alike everywhere, and nothing can be written. */
const pinned = [
  `set session time_zone = '+00:00', sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', net_write_timeout = 3600, net_read_timeout = 3600`,
  'set session transaction read only',
]

export interface MariadbSourceOptions {
  /** Milliseconds without a byte, after which the server is asked whether it is still at it. */
  readonly patience?: number
}

export async function openMariadbSource(url: string, shown: string, { patience = 30_000 }: MariadbSourceOptions = {}): Promise<Source> {
  const open = () => openConnection(url, shown, pinned)
  const session = new OneSession(await open(), open)
  const watched = async <T>(work: (connection: Connection, heard: () => void) => Promise<T>): Promise<T> => {
    const connection = await session.get()
    const end = watchOver(connection, patience, open)
    try {
      return await work(connection, end)
    } catch (problem) {
      throw failureFrom(problem)
    } finally {
      end()
    }
  }
  return {
    name: shown,
    schema: (only) => watched((c) => readSchema(askOf(c), shown, only)),
    extent: (table, key) =>
      watched(async (c) => {
        const ends = key === undefined ? 'null, null' : `min(${quote(key)}), max(${quote(key)})`
        const [row] = await asked(c, `select count(*), ${ends} from ${tableName(table)}`)
        return { rows: row![0]!, lo: row![1]!, hi: row![2]! }
      }),
    send: (what, here) => watched((c, heard) => send(c, heard, what, here)),
    looking: async () => {
      const on = (c: Connection) => lookingAt(askOf(c), (sql) => askedByName(c, sql), shown)
      return {
        engine: 'mariadb',
        tables: () => watched((c) => on(c).tables()),
        look: (sql, patienceMs) => watched((c) => on(c).look(sql, patienceMs)),
      }
    },
    close: () => session.close(),
  }
}

const askOf =
  (connection: Connection): Ask =>
  (sql, values = []) =>
    asked(connection, sql, values)

/** The connection, or another one where it has broken. */
class OneSession {
  private connection: Connection | undefined
  private readonly open: () => Promise<Connection>

  constructor(first: Connection, open: () => Promise<Connection>) {
    this.open = open
    this.keep(first)
  }
  private keep(connection: Connection): Connection {
    const lost = () => {
      if (this.connection === connection) this.connection = undefined
    }
    connection.once('error', lost)
    connection.once('end', lost)
    this.connection = connection
    return connection
  }
  async get(): Promise<Connection> {
    if (this.connection) return this.connection
    try {
      return this.keep(await this.open())
    } catch (problem) {
      // it was there before, so it may come back: who is waiting for it can try again
      throw failureFrom((problem as Error).cause ?? problem)
    }
  }
  close(): Promise<void> {
    const { connection } = this
    return connection ? new Promise((resolve) => connection.end(() => resolve())) : Promise.resolve()
  }
}
