// A connection to MariaDB: every value as the text that the server writes.
import type { Connection, ConnectionOptions, QueryOptions, TypeCastField } from 'mysql2'
import { connectFailed } from '../../errors/database.ts'
import type { Texts } from './schema.ts'

export const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const tableName = (id: string): string => `${quote(id.slice(0, id.indexOf('.')))}.${quote(id.slice(id.indexOf('.') + 1))}`

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

/** `pinned`: what its session is told before its first statement. */
export async function openConnection(url: string, shown: string, pinned: readonly string[]): Promise<Connection> {
  const { createConnection } = await import('mysql2')
  const connection = createConnection(optionsOf(url))
  // a connection that breaks later says so in the statement under way
  connection.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) =>
      error ? reject(connectFailed({ database: shown, trouble: 'other', said: error.message, cause: error })) : resolve(),
    )
  })
  for (const sql of pinned) await asked(connection, sql)
  return connection
}

/** The same, each value under the name of its column. */
export const askedByName = (connection: Connection, sql: string): Promise<Record<string, string | null>[]> =>
  new Promise((resolve, reject) => {
    connection.query({ sql } as QueryOptions, (error, rows, fields) =>
      error
        ? reject(error)
        : resolve((rows as unknown as Texts[]).map((r) => Object.fromEntries(fields.map((f, i) => [f.name, r[i]!] as const)))),
    )
  })

export const asked = (connection: Connection, sql: string, values: readonly string[] = []): Promise<Texts[]> =>
  new Promise((resolve, reject) => {
    connection.query({ sql, values: [...values] } as QueryOptions, (error, rows) =>
      error ? reject(error) : resolve(rows as unknown as Texts[]),
    )
  })
