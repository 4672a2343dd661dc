// Many small questions to the server at once.
import { query, serverUrl } from '../support/postgres.ts'

/** One question for all: `sql` of the columns a, b, c of each line, answers as text. */
export async function ask(sql: string, lines: readonly (readonly string[])[]): Promise<(string | null)[]> {
  const json = JSON.stringify(lines.map(([a, b, c], n) => ({ n, a, b, c })))
  const rows = await query(serverUrl(), `select (${sql})::text from json_to_recordset($1) as x(n int, a text, b text, c text) order by n`, [
    json,
  ])
  return rows.map(([answer]) => answer!)
}

export const pairs = <T>(items: readonly T[]): (readonly [T, T])[] => items.flatMap((a) => items.map((b) => [a, b] as const))
