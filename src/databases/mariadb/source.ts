// MariaDB (and MySQL) as a source: rows streamed as the text that the server writes, out of one consistent snapshot.
import type { Connection, ConnectionOptions, QueryOptions, TypeCastField } from 'mysql2'
import { connectFailed } from '../../errors/database.ts'
import { Lines } from '../lines.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { type Ask, readAs, readSchema, type Texts } from './schema.ts'

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``
const tableName = (id: string): string => `${quote(id.slice(0, id.indexOf('.')))}.${quote(id.slice(id.indexOf('.') + 1))}`

/** What a session must be so that values read alike everywhere, and nothing can be written. */
const pinned = [
  `set session time_zone = '+00:00', sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', net_write_timeout = 3600, net_read_timeout = 3600`,
  'set session transaction read only',
]

export async function openMariadbSource(url: string, shown: string): Promise<Source> {
  const { createConnection } = await import('mysql2')
  const open = () => connected(createConnection(optionsOf(url)), shown)
  const main = await open()
  const ask: Ask = (sql, values = []) => asked(main, sql, values)
  return {
    name: shown,
    schema: (only) => readSchema(ask, shown, only),
    async extent(table, key) {
      const ends = key === undefined ? 'null, null' : `min(${quote(key)}), max(${quote(key)})`
      const [row] = await ask(`select count(*), ${ends} from ${tableName(table)}`)
      return { rows: row![0]!, lo: row![1]!, hi: row![2]! }
    },
    send: (what, here) => send(ask, main, what, here),
    close: () => new Promise((resolve) => main.end(() => resolve())),
  }
}

function optionsOf(url: string): ConnectionOptions {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    host: decodeURIComponent(hostname) || '127.0.0.1',
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    charset: 'utf8mb4_bin',
    // nothing is decoded but the bytes of a text
    typeCast: (field: TypeCastField) => field.string(),
    rowsAsArray: true,
  } as ConnectionOptions
}

async function connected(connection: Connection, shown: string): Promise<Connection> {
  // a connection that breaks later says so in the statement under way
  connection.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) =>
      error ? reject(connectFailed({ database: shown, trouble: 'other', said: error.message, cause: error })) : resolve(),
    )
  })
  for (const sql of pinned) await asked(connection, sql, [])
  return connection
}

const asked = (connection: Connection, sql: string, values: readonly string[]): Promise<Texts[]> =>
  new Promise((resolve, reject) => {
    connection.query({ sql, values: [...values] } as QueryOptions, (error, rows) =>
      error ? reject(error) : resolve(rows as unknown as Texts[]),
    )
  })

async function send(ask: Ask, connection: Connection, what: Sending, here: Parameters<Source['send']>[1]): Promise<Sent> {
  const lines = new Lines(what)
  const types = new Map(
    (await readSchema(ask, '', [what.table], 'declared')).tables.get(what.table)!.columns.map((c) => [c.name, c.comment ?? '']),
  )
  const values = what.columns.map((c) => readAs(quote(c.name), types.get(c.name) ?? ''))
  await ask('start transaction with consistent snapshot, read only')
  try {
    const rows = connection
      .query({ sql: `select ${values.join(', ')} from ${tableName(what.table)}` } as QueryOptions)
      .stream({ highWaterMark: 1000 })
    await here((s) => s.copyIn(lines.into, linesOf(rows as AsyncIterable<Texts>, lines)))
  } finally {
    await ask('rollback')
  }
  return lines.sent()
}

async function* linesOf(rows: AsyncIterable<Texts>, lines: Lines): AsyncGenerator<string> {
  for await (const row of rows) yield lines.line(row)
}
