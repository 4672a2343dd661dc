// MariaDB (and MySQL) as a source: rows streamed as the text that the server writes, out of one consistent snapshot.
import type { Connection, QueryOptions } from 'mysql2'
import { Blocks, Lines } from '../lines.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { asked, openConnection, quote, tableName } from './connection.ts'
import { failureFrom, MariadbFailure } from './failure.ts'
import { type Ask, readAs, readSchema, type Texts } from './schema.ts'
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

/** `heard`: from then on it is not this server that is waited for. */
async function send(connection: Connection, heard: () => void, what: Sending, here: Parameters<Source['send']>[1]): Promise<Sent> {
  const lines = new Lines(what)
  const ask = askOf(connection)
  const types = new Map(
    (await readSchema(ask, '', [what.table], 'declared')).tables.get(what.table)!.columns.map((c) => [c.name, c.comment ?? '']),
  )
  // under names of ours: the driver breaks its connection over a column called __proto__
  const values = what.columns.map((c, i) => `${readAs(quote(c.name), types.get(c.name) ?? '')} as c${i}`)
  await ask('start transaction with consistent snapshot, read only')
  try {
    const asking = connection.query({ sql: `select ${values.join(', ')} from ${tableName(what.table)}` } as QueryOptions)
    asking.once('end', heard)
    const rows = asking.stream({ highWaterMark: 1000 })
    // the driver leaves the rows without an end where the connection breaks among them
    const broken = (problem?: Error) => rows.destroy(problem ?? new MariadbFailure('the connection ended', '08006', undefined))
    connection.once('error', broken).once('end', broken)
    await here((s) => s.copyIn(lines.into, linesOf(rows as AsyncIterable<Texts>, lines)))
    connection.off('error', broken).off('end', broken)
  } catch (problem) {
    // whatever is still on its way belongs to nobody; where the connection goes, so does the transaction
    connection.destroy()
    throw problem
  }
  await ask('rollback')
  return lines.sent()
}

async function* linesOf(rows: AsyncIterable<Texts>, lines: Lines): AsyncGenerator<string> {
  const blocks = new Blocks()
  for await (const row of rows) {
    const full = blocks.add(lines.line(row))
    if (full !== undefined) yield full
  }
  const rest = blocks.rest()
  if (rest !== undefined) yield rest
}
