// A connection for backups: the same words on both sides, so that what is written reads as the same.
import type { Connection, QueryOptions } from 'mysql2'
import { asked, openConnection, quote } from '../connection.ts'
import { readAs, type Texts } from '../schema.ts'

/** Zero dates and odd numbers are carried as they are, and nothing is cut or rounded on the way in. */
export const mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'
const pinned = [
  `set session time_zone = '+00:00', sql_mode = '${mode}', net_write_timeout = 3600, net_read_timeout = 3600, foreign_key_checks = 0, unique_checks = 0`,
  'set session transaction isolation level repeatable read',
]

export interface Asking {
  ask(sql: string): Promise<Texts[]>
  rows(sql: string): AsyncGenerator<Texts>
  close(): Promise<void>
}

export async function session(url: string, shown: string): Promise<Asking> {
  const connection = await openConnection(url, shown, pinned)
  return {
    ask: (sql) => asked(connection, sql),
    rows: (sql) => streamed(connection, sql),
    close: () => new Promise((done) => connection.end(() => done())),
  }
}

async function* streamed(connection: Connection, sql: string): AsyncGenerator<Texts> {
  const stream = connection.query({ sql } as QueryOptions).stream({ highWaterMark: 1000 }) as AsyncIterable<Texts>
  const rows = stream[Symbol.asyncIterator]()
  let next = await rows.next()
  try {
    for (; !next.done; next = await rows.next()) yield next.value
  } finally {
    // the connection is of no use until all that is on its way has been taken off it
    while (!next.done) next = await rows.next()
  }
}

export interface Column {
  readonly name: string
  readonly declared: string
  readonly generated: boolean
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** What its rows are ordered by: the key, or all that it has. */
  readonly order: readonly string[]
}

/** All columns, in the order of the key. Names of ours: the driver takes none that an object has already. */
export const rowsAsked = (t: Table): string =>
  `select ${t.columns.map((c, i) => `${readAs(quote(c.name), c.declared)} as c${i}`).join(', ')} from ${quote(t.name)} order by ${t.order.join(', ')}`

export const isBytes = (declared: string): boolean => /(blob|binary|^bit|geometry|point|polygon|linestring)/i.test(declared)

const here = 'table_schema = database()'

export async function tablesOf({ ask }: Pick<Asking, 'ask'>): Promise<{ tables: Table[]; others: { name: string; why: string }[] }> {
  const all = await ask(
    `select table_name, table_type, engine from information_schema.tables where ${here} and table_name not like 'godwit\\_%' escape '\\' order by table_name`,
  )
  const columns = await ask(
    `select table_name, column_name, column_type, extra, generation_expression from information_schema.columns where ${here} order by table_name, ordinal_position`,
  )
  const keys = await ask(
    `select table_name, column_name from information_schema.statistics where ${here} and index_name = 'PRIMARY' order by table_name, seq_in_index`,
  )
  const tables = all
    .filter((t) => t[1] === 'BASE TABLE' && t[2] === 'InnoDB')
    .map(([name]): Table => {
      const of = columns.filter((c) => c[0] === name).map((c) => ({ name: c[1]!, declared: c[2]!, generated: (c[4] ?? '') !== '' }))
      const key = keys.filter((k) => k[0] === name).map((k) => quote(k[1]!))
      return { name: name!, columns: of, order: key.length ? key : of.map((c) => `cast(${quote(c.name)} as binary)`) }
    })
  const others = all
    .filter((t) => t[1] !== 'VIEW' && !(t[1] === 'BASE TABLE' && t[2] === 'InnoDB'))
    .map(([name, type, engine]) => ({
      name: name!,
      why: type === 'BASE TABLE' ? `its engine is ${engine}, which knows no snapshot` : `it is a ${type!.toLowerCase()}`,
    }))
  return { tables, others }
}
