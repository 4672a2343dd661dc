// A look at a database that goes past everything that is tested.
import pg from 'pg'

export type TextRow = readonly (string | null)[]

/** Runs the SQL (several statements are fine) and gives the last statement's rows, values as the server wrote them. */
export async function query(url: string, sql: string, values?: readonly (string | number | null)[]): Promise<TextRow[]> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } })
  // A server that is stopped under the test says so twice; the query's own error is the one to see.
  client.on('error', () => {})
  await client.connect()
  try {
    const result = await client.query({ text: sql, rowMode: 'array', ...(values ? { values: [...values] } : {}) })
    return [result].flat().at(-1)!.rows as unknown as TextRow[]
  } finally {
    await client.end()
  }
}
