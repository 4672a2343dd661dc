// MariaDB (and MySQL) as a source: rows streamed as the text that the server writes, out of one consistent snapshot.
import type { Connection, QueryOptions } from 'mysql2'
import { Lines } from '../lines.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { asked, openConnection, quote, tableName } from './connection.ts'
import { type Ask, readAs, readSchema, type Texts } from './schema.ts'

/** What a session must be so that values read alike everywhere, and nothing can be written. */
const pinned = [
  `set session time_zone = '+00:00', sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', net_write_timeout = 3600, net_read_timeout = 3600`,
  'set session transaction read only',
]

export async function openMariadbSource(url: string, shown: string): Promise<Source> {
  const main = await openConnection(url, shown, pinned)
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
