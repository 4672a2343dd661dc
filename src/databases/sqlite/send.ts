// A table's rows on their way out of SQLite: by the pages of its file or in stretches where that can be, and by their columns otherwise.
import { isUtf8 } from 'node:buffer'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { Blocks } from '../blocks.ts'
import { rowHashOf } from '../row-hash.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { malformed, type Pages, pagesOf } from './pages.ts'
import { Records, type Stored } from './records.ts'
import { columnsOf } from './schema.ts'
import { type Odd, type Stretched, stretches } from './stretches.ts'
import { asText, bare, bareName, quote, type Raw } from './text.ts'

export async function send(db: DatabaseSync, what: Sending, here: Parameters<Source['send']>[1]): Promise<Sent> {
  db.exec('begin')
  try {
    return await here(async (s) => {
      const blocks = new Blocks(what, await rowHashOf(s))
      await s.copyIn(blocks.into, linesOf(db, what, blocks))
      return blocks.sent()
    })
  } finally {
    db.exec('rollback')
  }
}

function* linesOf(db: DatabaseSync, what: Sending, blocks: Blocks): Generator<Buffer> {
  const from = stretchedOf(db, what)
  const odd = (some: Odd) => byColumns(db, what, blocks, { ...some, rowid: from!.rowid })
  const table = from && tableIn(db, what)
  if (table) yield* wholeTable(db, table, what, blocks, odd)
  else if (from) yield* stretches(db, from, blocks, odd)
  else yield* byColumns(db, what, blocks)
  if (blocks.at > 0) yield blocks.take()
}

/** A table whose rows are numbered, in a file that keeps its texts as UTF-8. */
function stretchedOf(db: DatabaseSync, { table, columns }: Sending): Stretched | undefined {
  const name = bareName(table)
  const { encoding } = db.prepare('pragma encoding').get() as { encoding: string }
  const numbered = db.prepare(`select 1 from pragma_table_list where schema = 'main' and name = ? and type = 'table' and wr = 0`).get(name)
  const infos = new Map(columnsOf(db, name).map((c) => [c.name, c]))
  const rowid = ['rowid', '_rowid_', 'oid'].find((alias) => ![...infos.keys()].some((c) => c.toLowerCase() === alias))
  if (encoding !== 'UTF-8' || !numbered || rowid === undefined) return undefined
  return {
    table: bare(table),
    rowid,
    columns: columns.map((c) => {
      const info = infos.get(c.name)!
      return { name: quote(c.name), type: info.type, notNull: info.notnull === 1, isNumber: c.type.name === 'int8' }
    }),
  }
}

interface InFile {
  readonly pages: Pages
  readonly root: number
  readonly stored: Stored
}

/** Where the rows of a table are in its file, and which of their values are sent. */
function tableIn(db: DatabaseSync, { table, columns }: Sending): InFile | undefined {
  const name = bareName(table)
  const found = db.prepare(`select rootpage from sqlite_schema where type = 'table' and name = ?`).get(name) as
    | { rootpage: number }
    | undefined
  const infos = columnsOf(db, name)
  // some columns may be reckoned and stand nowhere, and a key may be declared like the number of a row and be none
  const apart = db.prepare(
    `select (select count(*) from pragma_table_xinfo(?1)) as columns, (select count(*) from pragma_index_list(?1) where origin = 'pk') as keys`,
  )
  const { columns: all, keys } = apart.get(name) as { columns: number; keys: number }
  if (!found || all !== infos.length || (keys > 0 && columns.some((c) => c.type.name === 'int8'))) return undefined
  const pages = pagesOf(db)
  const sent = columns.map((c) => {
    const at = infos.findIndex((i) => i.name === c.name)
    return { at, isRowid: c.type.name === 'int8', isReal: isReal(infos[at]!.type) }
  })
  return pages && { pages, root: found.rootpage, stored: { width: infos.length, columns: sent } }
}

/** By the pages of the file; SQLite counts them as well, by its own way through the same tree. */
function* wholeTable(
  db: DatabaseSync,
  table: InFile,
  what: Sending,
  blocks: Blocks,
  odd: (some: Odd) => Iterable<Buffer>,
): Generator<Buffer> {
  yield* leaves(table, blocks, odd)
  const { n } = db.prepare(`select count(*) as n from ${bare(what.table)}`).get() as { n: number }
  if (Number(blocks.sent().rows) !== n) throw malformed()
}

function* leaves({ pages, root, stored }: InFile, blocks: Blocks, byColumns: (odd: Odd) => Iterable<Buffer>): Generator<Buffer> {
  const records = new Records(blocks, pages, stored)
  for (const leaf of pages.leaves(root)) {
    records.leaf(leaf)
    if (records.odd.size) yield* byColumns({ from: records.firstRow, to: records.lastRow, has: (nth) => records.odd.has(nth) })
    if (blocks.full) yield blocks.take()
  }
}

/** SQLite's own rule for what a declared type means. */
const isReal = (type: string): boolean => /real|floa|doub/i.test(type) && !/int|char|clob|text|blob/i.test(type)

/** Values cross over one by one. */
function* byColumns(db: DatabaseSync, what: Sending, blocks: Blocks, odd?: Odd & { readonly rowid: string }): Generator<Buffer> {
  const some = odd ? ` where ${odd.rowid} between ?1 and ?2 order by ${odd.rowid}` : ''
  const statement = db.prepare(`select ${what.columns.map((c) => quote(c.name)).join(', ')} from ${bare(what.table)}${some}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const bounds: SQLInputValue[] = odd ? [odd.from, odd.to] : []
  let nth = -1
  for (const row of statement.iterate(...bounds) as Iterable<unknown> as Iterable<Raw[]>) {
    if (odd && !odd.has(++nth)) continue
    blocks.row(row.map(asText), (at) => bytesOf(db, what, row, at))
    if (blocks.full) yield blocks.take()
  }
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
