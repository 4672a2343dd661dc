// What a MariaDB database holds: line by line what the server says that makes its tables again, and sums of digests of rows.
import type { Connection } from 'mysql2'
import { type Statement, statementsOf } from '../../../databases/mariadb/backup/statements.ts'
import { asked, quote } from '../../../databases/mariadb/connection.ts'
import { type Ask, readAs } from '../../../databases/mariadb/schema.ts'
import type { Contents, Rows } from '../engine.ts'
import { isVersions } from '../tool-tables.ts'
import { type Table, tablesOf } from './tables.ts'

export async function contentsOf(connection: Connection): Promise<Contents> {
  const ask: Ask = (sql) => asked(connection, sql)
  const tables = (await tablesOf(ask)).filter((t) => !isVersions(t.name))
  const statements = await statementsOf(
    { ask },
    tables.map((t) => ({ ...t, order: [] })),
    true,
  )
  const columns = new Map<string, Rows>()
  for (const t of tables) columns.set(t.name, await columnDigests(ask, t))
  return {
    catalogue: new Map(statements.flatMap(linesOf)),
    places: new Map(tables.map((t) => [t.name, t.columns.map((c) => c.name).join(', ')])),
    tables: new Map(tables.map((t) => [t.name, t.columns.map((c) => c.name)])),
    columns,
  }
}

/** A table by its columns and keys, so that where they stand in it says nothing, and neither how far its numbers have come. */
function linesOf({ what, section, sql }: Statement): [string, string][] {
  if (section !== 'tables') return [[what, sql]]
  const table = what.slice('table '.length)
  const lines = sql.split('\n')
  const inner = lines.slice(1, -1).map((line) => line.trim().replace(/,$/, ''))
  const named = inner.map((line): [string, string] => {
    const column = /^`((?:[^`]|``)*)` (.*)$/.exec(line)
    return column ? [`column ${table}.${column[1]}`, column[2]!] : [`${table}: ${line}`, '']
  })
  return [[what, lines.at(-1)!.replace(/ AUTO_INCREMENT=\d+/, '')], ...named]
}

const textOf = ({ name, declared }: Table['columns'][number]): string =>
  `coalesce(concat('v', convert(${readAs(quote(name), declared)} using utf8mb4)), 'n')`

/** However they lie, the sums are the same; a sum of four parts, since the whole digest is no number of the server's. */
function summed(text: string): string {
  const part = (from: number) => `sum(cast(conv(substr(md5(${text}), ${from}, 8), 16, 10) as unsigned))`
  return `concat_ws('-', ${[1, 9, 17, 25].map(part).join(', ')})`
}

async function columnDigests(ask: Ask, { name, columns }: Table): Promise<Rows> {
  const [[rows, ...digests] = []] = await ask(`select count(*), ${columns.map((c) => summed(textOf(c))).join(', ')} from ${quote(name)}`)
  return { rows: Number(rows), digests: new Map(columns.map((c, i) => [c.name, digests[i] ?? ''])) }
}

export async function rowDigests(
  connection: Connection,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, string>> {
  const ask: Ask = (sql) => asked(connection, sql)
  const tables = await tablesOf(ask)
  const found = new Map<string, string>()
  for (const [name, own] of wanted) {
    const columns = tables.find((t) => t.name === name)!.columns.filter((c) => own.includes(c.name))
    const row = columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(textOf)
    const [[digest] = []] = await ask(`select ${summed(`concat_ws(char(31), ${row.join(', ')})`)} from ${quote(name)}`)
    found.set(name, digest ?? '')
  }
  return found
}
