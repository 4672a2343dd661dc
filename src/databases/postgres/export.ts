// What a table or a query gives, as bytes of a form, out of one snapshot that only reads.
import type { Readable } from 'node:stream'
import { exportRefused } from '../../errors/files.ts'
import type { SqlType } from '../../schema/type.ts'
import type { Database, Session } from '../database.ts'
import { columnType } from './column-type.ts'
import { PostgresFailure } from './failure.ts'
import { ident, qualifiedIdent } from './names.ts'

export interface Column {
  readonly name: string
  readonly type: SqlType
}

export interface Exporting {
  readonly columns: readonly Column[]
  /** CSV with a header; null is nothing, an empty text is "". */
  csv<T>(take: (bytes: Bytes) => Promise<T>): Promise<T>
  /** An object a line: numbers, booleans and JSON as such, all else as the text that Postgres writes. */
  ndjson<T>(take: (bytes: Bytes) => Promise<T>): Promise<T>
  rows(): AsyncIterable<(string | null)[][]>
}

/** How many rows they were is known when they have ended. */
type Bytes = Readable & { readonly rowCount: number }

export type What = { readonly schema: string; readonly name: string } | { readonly query: string }

/** `body` sees one snapshot. Nothing is left behind, not even what names the query. */
export async function exporting<T>(db: Database, what: What, body: (from: Exporting) => Promise<T>): Promise<T> {
  const done = Symbol('done')
  let result: T | undefined
  try {
    await db.session((session) =>
      session.transaction(
        async (tx) => {
          const relation = await named(tx, what)
          await tx.query('set transaction read only')
          result = await body(exportingFrom(tx, relation, await columnsOf(tx, relation)))
          throw done
        },
        { isolation: 'repeatable read' },
      ),
    )
  } catch (problem) {
    if (problem !== done) throw problem
  }
  return result as T
}

const view = 'godwit_export'

/** A query gets a name for as long as it takes, so that its columns can be looked up; it cannot be anything but one query. */
async function named(tx: Session, what: What): Promise<string> {
  if (!('query' in what)) return qualifiedIdent(what.schema, what.name)
  try {
    await tx.query(`create temporary view ${view} as ${what.query.replace(/;\s*$/, '')}`)
  } catch (cause) {
    if (!(cause instanceof PostgresFailure) || !/^(42|0A)/.test(cause.sqlstate)) throw cause
    throw exportRefused({
      why: `The query cannot be read: ${cause.message}`,
      hint: 'It is one SELECT, and tables have their schema in front: select … from public.customer.',
      cause,
    })
  }
  return `pg_temp.${view}`
}

async function columnsOf(tx: Session, relation: string): Promise<Column[]> {
  const { rows } = await tx.query(
    `select a.attname as name, t.typname as type, t.typtype::text as type_kind, (t.typnamespace = 'pg_catalog'::regnamespace)::text as builtin,
        a.atttypmod::text as modifier, format_type(a.atttypid, a.atttypmod) as type_sql, t.oid::text as type_oid, case when t.typcategory = 'A' then t.typname end as item
      from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [relation],
  )
  if (!rows.length) throw exportRefused({ why: 'There are no columns to export.', hint: 'Name a table or a query that has some.' })
  // how an array is read is of no matter here: it goes as text
  return rows.map((r) => ({
    name: r['name']!,
    type: r['item'] === null ? columnType(r, new Map()) : { name: 'other', sql: r['type_sql']! },
  }))
}

function exportingFrom(tx: Session, relation: string, columns: readonly Column[]): Exporting {
  const names = columns.map((c) => ident(c.name)).join(', ')
  const all = `select ${names} from ${relation}`
  return {
    columns,
    csv: (take) => tx.bytesOut(`copy (${all}) to stdout (format csv, header)`, take),
    // no JSON text holds these characters as they are, so each line is the object and nothing else
    ndjson: (take) =>
      tx.bytesOut(
        `copy (select row_to_json(r) from (select ${columns.map(inJson).join(', ')} from ${relation}) r) to stdout (format csv, delimiter e'\\x02', quote e'\\x01')`,
        take,
      ),
    rows: () => rowsOf(tx, `copy (${all}) to stdout`),
  }
}

const asSuch = new Set<SqlType['name']>(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'bool', 'jsonb', 'text', 'varchar', 'char'])

function inJson({ name, type }: Column): string {
  const column = ident(name)
  if (asSuch.has(type.name)) return column
  // json keeps the line breaks between its parts; within its texts there are none
  if (type.name === 'json') return `translate(${column}::text, e'\\n\\r', '  ')::json as ${column}`
  return `(${column})::text as ${column}`
}

async function* rowsOf(tx: Session, sql: string): AsyncGenerator<(string | null)[][]> {
  for await (const block of tx.copyOut(sql))
    yield block
      .slice(0, -1)
      .split('\n')
      .map((line) => line.split('\t').map(fieldOf))
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

const fieldOf = (text: string): string | null =>
  text === '\\N' ? null : text.includes('\\') ? text.replace(/\\(.)/gs, (_, c: string) => escapes[c] ?? c) : text
