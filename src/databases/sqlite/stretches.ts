// The rows of a table in stretches, each written as lines by SQLite itself: to cross over for every single value costs more than all else.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Blocks, kindOf, unsendable } from '../blocks.ts'
import { release } from '../release.ts'
import { between, nothing } from '../row-hash.ts'
import { Fractions, mostDigits } from './fractions.ts'

/** What SQLite writes between two rows, for a number with a fraction, and for what has to go by its columns. */
const rowEnd = 0x1e
const fraction = 0x02
const special = Uint8Array.from(kindOf)
const separating = 0xff
for (const byte of [between, rowEnd, fraction]) special[byte] = separating

/** Rows longer than this go by their columns, or a stretch of them might fill the memory. */
const longest = 16 * 1024
const bytesAtOnce = 96 * 1024
const [fewest, most] = [16, 4096]
const [first, last] = [-(2n ** 63n), 2n ** 63n - 1n]

export interface Stretched {
  /** Quoted. */
  readonly table: string
  /** The name by which its rows are numbered. */
  readonly rowid: string
  readonly columns: readonly Column[]
}
export interface Column {
  /** Quoted. */
  readonly name: string
  /** As it was declared. */
  readonly type: string
  readonly notNull: boolean
  readonly isNumber: boolean
}

/** Some rows, from and to which number, and those of them that cannot go as the line that SQLite has written. */
export interface Odd {
  readonly from: bigint
  readonly to: bigint
  has(nth: number): boolean
}

/** All rows as blocks; those that cannot go as a line go as `byColumns` puts them. */
export function* stretches(
  db: DatabaseSync,
  from: Stretched,
  blocks: Blocks,
  byColumns: (odd: Odd) => Iterable<Buffer>,
): Generator<Buffer> {
  const write = prepared(db, writing(from))
  const fractions = new Fractions(
    db,
    from.columns.filter(mayBeReal).map((c) => c.name),
    rowsOf(from),
  )
  for (let at = first, rows = fewest; ; ) {
    const [lines, count, end, nulls] = write.get(at, rows) as unknown as [Uint8Array | null, bigint, bigint, bigint]
    if (lines === null) return
    const before = blocks.mark()
    if (lines.includes(fraction)) fractions.read(at, count)
    else fractions.none()
    const stretch = new Stretch(blocks, lines, from.columns.length, fractions)
    const exact = stretch.rows === Number(count) && stretch.nulls === Number(nulls)
    // a text that holds what stands between rows, or is the mark of null: no line is sure then
    const { length } = lines
    release(lines)
    if (!exact) blocks.back(before)
    if (!exact || stretch.odd.size) yield* byColumns({ from: at, to: end, has: (nth) => !exact || stretch.odd.has(nth) })
    if (blocks.full) yield blocks.take()
    if (end === last) return
    at = end + 1n
    rows = Math.min(most, Math.max(fewest, Math.round((Number(count) * bytesAtOnce) / (length + 1))))
  }
}

function prepared(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement
}

// ── what SQLite writes ───────────────────────────────────────────────────────────────────────

/** The inner rows are made one by one and not flattened into the sum, because they have a limit: a line is written once. */
function writing(from: Stretched): string {
  const { rowid, columns } = from
  const mayBeNull = columns.filter((c) => !c.notNull && !c.isNumber).map((c) => `(${c.name} is null)`)
  const isLong = `octet_length(line) > ${longest}`
  return `select cast(group_concat(iif(${isLong}, char(0), line), char(${rowEnd})) as blob), count(*), max(k), sum(iif(${isLong}, 0, nulls))
    from (select ${rowid} as k, ${joined(columns.map(written))} as line, ${mayBeNull.join(' + ') || '0'} as nulls
      ${rowsOf(from)})`
}

const rowsOf = ({ table, rowid }: Stretched): string => `from ${table} where ${rowid} >= ?1 order by ${rowid} limit ?2`

/** A function of SQLite takes 127 arguments at least. */
const argumentsOf = 100

function joined(texts: readonly string[]): string {
  if (texts.length <= argumentsOf) return `concat_ws(char(${between}), ${texts.join(', ')})`
  const parts = Array.from({ length: Math.ceil(texts.length / argumentsOf) }, (_, n) => texts.slice(n * argumentsOf, (n + 1) * argumentsOf))
  return joined(parts.map(joined))
}

const bytesIn = (c: string): string => `'\\x' || lower(hex(${c}))`

/** Its text as asText has it. What a column may hold is what it tends to; what it does hold is asked for every value. */
function written({ name: c, type, isNumber }: Column): string {
  if (isNumber) return c
  // numbers come before all texts, and bytes after them
  const plain = `+${c} collate binary`
  if (tendsTo(type) === 'text')
    return `case when ${plain} < '' then char(0) when ${plain} >= x'' then ${bytesIn(c)} else coalesce(${c}, char(1)) end`
  const real = tendsTo(type) === 'integer' ? 'char(0)' : `char(${fraction})`
  const kinds = [`when 'integer' then ${c}`, `when 'real' then ${real}`, `when 'text' then ${c}`, `when 'null' then char(1)`]
  if (tendsTo(type) === 'real') kinds.unshift(kinds.splice(1, 1)[0]!)
  return `case typeof(${c}) ${kinds.join(' ')} else ${bytesIn(c)} end`
}

const mayBeReal = ({ type, isNumber }: Column): boolean => !isNumber && ['real', 'any'].includes(tendsTo(type))

/** SQLite's own rules for what a declared type means, as far as they matter here. */
function tendsTo(type: string): 'integer' | 'text' | 'real' | 'any' {
  if (/int/i.test(type)) return 'integer'
  if (/char|clob|text/i.test(type)) return 'text'
  return /real|floa|doub/i.test(type) ? 'real' : 'any'
}

// ── what is put into blocks ──────────────────────────────────────────────────────────────────

/** The lines of a stretch, put into the block with their fractions in one pass over their bytes. */
class Stretch {
  rows = 0
  nulls = 0
  /** The rows that were not taken. */
  readonly odd = new Set<number>()
  private readonly blocks: Blocks
  private readonly lines: Uint8Array
  private readonly width: number
  private readonly fractions: Fractions

  constructor(blocks: Blocks, lines: Uint8Array, width: number, fractions: Fractions) {
    this.blocks = blocks
    this.lines = lines
    this.width = width
    this.fractions = fractions
    for (let from = 0; from <= lines.length; this.rows++) from = this.row(from) + 1
  }

  /** Gives where it ends. */
  private row(from: number): number {
    const { blocks, lines, width, fractions } = this
    const { length } = lines
    blocks.room(length - from + width * mostDigits)
    const { bytes } = blocks
    let [at, to, kinds, columns] = [from, blocks.at, 0, 0]
    for (let isLast = false; !isLast; columns++) {
      const column = to
      for (isLast = true; at < length; at++) {
        const byte = lines[at]!
        const kind = special[byte]!
        if (kind === separating) {
          if (byte !== fraction) {
            isLast = byte === rowEnd
            break
          }
          const end = fractions.put(bytes, to)
          // a text that holds this byte
          if (end === undefined) kinds |= unsendable
          else to = end
          continue
        }
        kinds |= kind
        bytes[to++] = byte
      }
      if (to - column === 1 && bytes[column] === nothing) this.nulls++
      blocks.column(columns, column, to)
      if (!isLast) {
        bytes[to++] = between
        at++
      }
    }
    const isWhole = fractions.next() && columns === width
    if (!isWhole) kinds |= unsendable
    if (!blocks.end(to, kinds)) this.odd.add(this.rows)
    return at
  }
}
