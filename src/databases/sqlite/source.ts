// SQLite as a source. A column there promises no type, so all arrives as text, exactly as written; only a rowid key is a number.
import { isUtf8 } from 'node:buffer'
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { sourceFileMissing } from '../../errors/database.ts'
import { Blocks, Lines } from '../lines.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { readSchema } from './schema.ts'
import { asText, type Raw } from './text.ts'

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const bare = (id: string): string => quote(id.slice(id.indexOf('.') + 1))

export async function openSqliteSource(file: string, shown: string): Promise<Source> {
  if (!existsSync(file)) throw sourceFileMissing({ file: shown })
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(file, { readOnly: true })
  return {
    name: shown,
    schema: async (only) => readSchema(db, shown, only),
    extent: async (table, key) => extent(db, table, key),
    send: (what, here) => send(db, what, here),
    close: async () => db.close(),
  }
}

function extent(db: DatabaseSync, table: string, key: string | undefined) {
  const ends = key === undefined ? 'null as lo, null as hi' : `min(${quote(key)}) as lo, max(${quote(key)}) as hi`
  const statement = db.prepare(`select count(*) as n, ${ends} from ${bare(table)}`)
  statement.setReadBigInts(true)
  const row = statement.get() as { n: bigint; lo: Raw; hi: Raw }
  const text = (v: Raw) => (v === null ? null : String(v))
  return { rows: String(row.n), lo: text(row.lo), hi: text(row.hi) }
}

async function send(db: DatabaseSync, what: Sending, here: Parameters<Source['send']>[1]): Promise<Sent> {
  const lines = new Lines(what)
  db.exec('begin')
  try {
    await here((s) => s.copyIn(lines.into, linesOf(db, what, lines)))
  } finally {
    db.exec('rollback')
  }
  return lines.sent()
}

function* linesOf(db: DatabaseSync, what: Sending, lines: Lines): Generator<string> {
  const statement = db.prepare(`select ${what.columns.map((c) => quote(c.name)).join(', ')} from ${bare(what.table)}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const rows = statement.iterate() as Iterable<unknown> as Iterable<Raw[]>
  const blocks = new Blocks()
  for (const row of rows) {
    const full = blocks.add(lines.line(row.map(asText), (at) => bytesOf(db, what, row, at)))
    if (full !== undefined) yield full
  }
  const rest = blocks.rest()
  if (rest !== undefined) yield rest
}

/** What is no UTF-8 comes as U+FFFD: whether that stands there really, only the bytes tell. */
function bytesOf(db: DatabaseSync, what: Sending, row: readonly Raw[], i: number): Uint8Array | undefined {
  const value = row[i]
  if (typeof value !== 'string' || !value.includes('\ufffd')) return undefined
  const keys = what.key.map((k) => what.columns.findIndex((c) => c.name === k))
  // a row that has no key to find it by is told from others by all that it has
  const by = keys.length ? keys : what.columns.flatMap((_, at) => (at === i || String(row[at]).includes('\ufffd') ? [] : [at]))
  const where = by.map((at, n) => `${quote(what.columns[at]!.name)} is ?${n + 1}`).join(' and ') || 'true'
  const found = db
    .prepare(`select cast(${quote(what.columns[i]!.name)} as blob) as bytes from ${bare(what.table)} where ${where}`)
    .all(...by.map((at) => row[at]!)) as { bytes: Uint8Array }[]
  return found.map((f) => f.bytes).find((bytes) => !isUtf8(bytes) && Buffer.from(bytes).toString() === value)
}
