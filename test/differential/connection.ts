// One connection to a database of a test's own: values come as the server wrote them.
import pg from 'pg'
import type { Casing } from '../oracle/text.ts'

export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } })
  await client.connect()
  await client.query(`set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set client_min_messages = 'error'`)
  return client
}

/** Which letters the database's own locale has in two sizes. */
export async function casingOf(client: pg.Client): Promise<Casing> {
  const { rows } = await client.query(`select lower('É') = 'é' as wide, upper('ß') = 'SS' as whole`)
  return rows[0].whole === 't' ? 'full' : rows[0].wide === 't' ? 'simple' : 'ascii'
}
