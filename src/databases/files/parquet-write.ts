// Rows of texts as Parquet, typed where Parquet has a type that keeps every digit.
import path from 'node:path'
import { exportRefused } from '../../errors/files.ts'
import type { SqlType } from '../../schema/type.ts'
import { type Duckdb, ident, literal, openDuckdb } from './duckdb.ts'
import { digestOfFile, type Packing, type Written } from './sink.ts'

export interface WrittenColumn {
  readonly name: string
  readonly type: SqlType
}

type Rows = AsyncIterable<readonly (readonly (string | null)[])[]>

/** Gives how many rows are in the file, as the file itself says. */
export async function writeParquet(
  file: string,
  columns: readonly WrittenColumn[],
  rows: Rows,
  packing: Packing | undefined,
): Promise<Written & { readonly rows: number }> {
  const duckdb = await openDuckdb([path.dirname(file)])
  try {
    const form = `(format parquet, codec ${literal(packing ?? 'snappy')})`
    const { parts, rows: sent } = await inParts(duckdb, columns, rows)
    await duckdb.all(`copy (select * from read_parquet([${parts.map(literal).join(', ')}])) to ${literal(file)} ${form}`)
    const [[there]] = (await duckdb.all(`select coalesce(sum(num_rows), 0) from parquet_file_metadata(${literal(file)})`)) as [[string]]
    if (Number(there) !== sent)
      throw exportRefused({ why: `${sent} rows were sent, and ${there} are in the file.`, hint: 'Nothing was kept. Run it again.' })
    return { rows: sent, ...(await digestOfFile(file)) }
  } catch (cause) {
    if ((cause as { code?: string }).code?.startsWith('GW_')) throw cause
    throw exportRefused({
      why: `The rows cannot be written as Parquet: ${(cause as Error).message.split('\n')[0]}`,
      hint: 'What Parquet cannot hold (NaN in a numeric, a year beyond its range) goes as text: --query with a cast of that column.',
      cause,
    })
  } finally {
    duckdb.close()
  }
}

/** Characters that are held at once. */
const partSize = 32 * 1024 * 1024

/** A table for a while, then a file in the scratch folder: memory does not grow with the rows. */
async function inParts(duckdb: Duckdb, columns: readonly WrittenColumn[], rows: Rows): Promise<{ parts: string[]; rows: number }> {
  const values = columns.map((c, i) => `${typed(c.type, `c${i}`)} as ${ident(c.name)}`).join(', ')
  const parts: string[] = []
  const source = rows[Symbol.asyncIterator]()
  let all = 0
  try {
    for (;;) {
      await duckdb.all(`create or replace table t (${columns.map((_, i) => `c${i} varchar`).join(', ')})`)
      const sent = await duckdb.append('t', source, partSize)
      // the first is made also where there are no rows: it has the columns
      if (sent === 0 && parts.length) return { parts, rows: all }
      const part = path.join(duckdb.scratch, `${parts.length}.parquet`)
      await duckdb.all(`copy (select ${values} from t) to ${literal(part)} (format parquet)`)
      parts.push(part)
      all += sent
    }
  } finally {
    await source.return?.()
  }
}

const casts: Partial<Readonly<Record<SqlType['name'], string>>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'float',
  float8: 'double',
  uuid: 'uuid',
  time: 'time',
}
const dates: Partial<Readonly<Record<SqlType['name'], string>>> = { date: 'date', timestamp: 'timestamp', timestamptz: 'timestamptz' }

function typed(type: SqlType, column: string): string {
  const date = dates[type.name]
  // before Christ stands in brackets, behind the day
  if (date) return `regexp_replace(${column}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2')::${date}`
  if (type.name === 'bool') return `${column} = 't'`
  if (type.name === 'bytea') return `unhex(substr(${column}, 3))`
  if (type.name === 'numeric' && fits(type)) return `${column}::decimal(${type.precision}, ${type.scale ?? 0})`
  const cast = casts[type.name]
  return cast ? `${column}::${cast}` : column
}

const fits = ({ precision = 39, scale = 0 }: { precision?: number; scale?: number }): boolean =>
  precision <= 38 && scale >= 0 && scale <= precision
