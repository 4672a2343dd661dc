// Somebody who works with one of two shapes.
import pg from 'pg'
import type { Place } from '../rekey/within.ts'

/** Somebody who works with one shape, on a connection of his own. */
export async function as<T>(p: Place, schema: string, body: (sql: (text: string) => Promise<unknown[][]>) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: p.url,
    options: `-c search_path=${schema},public`,
    types: { getTypeParser: () => String },
  })
  await client.connect()
  try {
    return await body(async (text) => (await client.query({ text, rowMode: 'array' })).rows as unknown[][])
  } finally {
    await client.end()
  }
}
