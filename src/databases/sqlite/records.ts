// The rows of a leaf, put into blocks as they stand in the file: each value says there what it is, and how long.
import { type Blocks, kindOf, unsendable } from '../blocks.ts'
import { between, nothing } from '../row-hash.ts'
import { malformed, type Page, type Pages } from './pages.ts'
import { numberText } from './text.ts'

/** Rows longer than this go by their columns, or one alone might fill the memory. */
const longest = 16 * 1024
/** As many bytes as a number takes at most. */
const mostDigits = 32

export interface Stored {
  /** How many values a row of the table has in the file. */
  readonly width: number
  /** Those that are sent: which they are, and what of them the file does not say. */
  readonly columns: readonly { readonly at: number; readonly isRowid: boolean; readonly isReal: boolean }[]
}

export class Records {
  /** Of the leaf that was taken last: the numbers of its rows, and which of them have to go by their columns. */
  readonly odd = new Set<number>()
  firstRow = 0n
  lastRow = 0n
  private readonly blocks: Blocks
  private readonly pages: Pages
  private readonly stored: Stored
  /** Of each value of a row what it is and where it begins. */
  private readonly types: Float64Array
  private readonly starts: Int32Array
  /** A row that goes on in other pages. */
  private readonly whole = Buffer.allocUnsafeSlow(longest)
  /** Where what was read last has ended. */
  private after = 0

  constructor(blocks: Blocks, pages: Pages, stored: Stored) {
    this.blocks = blocks
    this.pages = pages
    this.stored = stored
    this.types = new Float64Array(stored.width)
    this.starts = new Int32Array(stored.width)
  }

  leaf({ bytes, from }: Page): void {
    this.odd.clear()
    const rows = bytes.readUInt16BE(from + 3)
    if (8 + 2 * rows > this.pages.usable) throw malformed()
    for (let n = 0; n < rows; n++) {
      const pointer = bytes.readUInt16BE(from + 8 + 2 * n)
      if (pointer + 4 > this.pages.usable) fail()
      const at = from + pointer
      const size = this.varint(bytes, at)
      const number = this.after
      this.rowid(bytes, number)
      if (!this.row(bytes, from, number, size)) this.odd.add(n)
    }
    if (this.odd.size === 0) return
    this.firstRow = this.rowidOf(bytes, from, 0)
    this.lastRow = this.rowidOf(bytes, from, rows - 1)
  }

  private rowidOf(bytes: Buffer, from: number, nth: number): bigint {
    this.varint(bytes, from + bytes.readUInt16BE(from + 8 + 2 * nth))
    return BigInt(this.rowid(bytes, this.after))
  }

  /** Whether it has been put; `number` is where its own number stands, which what it holds follows. */
  private row(bytes: Buffer, from: number, number: number, size: number): boolean {
    const { usable } = this.pages
    const end = from + usable
    const start = this.after
    const most = usable - 35
    if (size <= most) return start + size <= end ? this.put(bytes, start, size, number, bytes) : fail()
    if (size > longest) return false
    const least = Math.floor(((usable - 12) * 32) / 255) - 23
    const some = least + ((size - least) % (usable - 4))
    const local = some <= most ? some : least
    if (start + local + 4 > end) fail()
    bytes.copy(this.whole, 0, start, start + local)
    this.gather(bytes.readUInt32BE(start + local), local, size)
    return this.put(this.whole, 0, size, number, bytes)
  }

  private gather(first: number, from: number, size: number): void {
    const room = this.pages.usable - 4
    let next = first
    for (let at = from; at < size; at += room) {
      const page = this.pages.single(next)
      page.copy(this.whole, at, 4, 4 + Math.min(room, size - at))
      next = page.readUInt32BE(0)
    }
  }

  private put(bytes: Buffer, start: number, size: number, number: number, page: Buffer): boolean {
    if (!this.head(bytes, start, size)) return false
    const { blocks, types, starts } = this
    const { columns } = this.stored
    // bytes are written as twice as many digits
    blocks.room(2 * size + columns.length * mostDigits)
    let [to, kinds] = [blocks.at, 0]
    for (let i = 0; i < columns.length; i++) {
      const { at, isRowid, isReal } = columns[i]!
      const out = blocks.bytes
      if (i > 0) out[to++] = between
      const column = to
      const type = types[at]!
      let from = starts[at]!
      if (type >= 12) {
        const length = Math.floor((type - 12) / 2)
        if (type % 2 === 0) {
          to = putHex(out, to, bytes, from, length)
          kinds |= kindOf[backslash]!
        } else {
          // a text that is the mark of null
          if (length === 1 && bytes[from] === nothing) kinds |= unsendable
          for (const last = from + length; from < last; from++) {
            const byte = bytes[from]!
            kinds |= kindOf[byte]!
            out[to++] = byte
          }
        }
      } else if (type === 0) {
        if (isRowid) to = putNumber(out, to, this.rowid(page, number))
        else out[to++] = nothing
      } else if (type === 7) to = putText(out, to, fractionText(bytes.readDoubleBE(from)))
      else {
        const value = whole(bytes, from, type)
        // such a column holds numbers with a fraction only, and the file those that have none in a shorter way
        to = isReal ? putText(out, to, numberText(Number(value))) : putNumber(out, to, value)
      }
      blocks.column(i, column, to)
    }
    return blocks.end(to, kinds)
  }

  /** What the values are, and where. Says no where the row is older than the table's last column. */
  private head(bytes: Buffer, start: number, size: number): boolean {
    const { types, starts } = this
    const { width } = this.stored
    const end = start + this.varint(bytes, start)
    if (end > start + size) fail()
    let value = end
    let n = 0
    for (let at = this.after; at < end; n++) {
      let type = bytes[at]!
      if (type < 0x80) at++
      else {
        type = this.varint(bytes, at)
        at = this.after
      }
      if (n === width) return false
      types[n] = type
      starts[n] = value
      value += type >= 12 ? Math.floor((type - 12) / 2) : lengths[type]!
    }
    if (value > start + size) fail()
    return n === width
  }

  /** A number of up to 53 bits; all that is counted is less. */
  private varint(bytes: Buffer, from: number): number {
    let byte = bytes[from]!
    let value = byte & 0x7f
    let at = from + 1
    for (; byte >= 0x80 && at < from + 8; at++) {
      byte = bytes[at]!
      value = value * 128 + (byte & 0x7f)
    }
    this.after = at
    return byte >= 0x80 ? fail() : value
  }

  private rowid(bytes: Buffer, from: number): number | bigint {
    let at = from
    while (at < from + 7 && bytes[at]! >= 0x80) at++
    if (at < from + 7) return this.varint(bytes, from)
    let value = 0n
    for (at = from; at < from + 9; at++) {
      const byte = bytes[at]!
      // of the ninth byte all bits count
      value = at === from + 8 ? (value << 8n) | BigInt(byte) : (value << 7n) | BigInt(byte & 0x7f)
      if (byte < 0x80) {
        at++
        break
      }
    }
    this.after = at
    return BigInt.asIntN(64, value)
  }
}

function fail(): never {
  throw malformed()
}

/** How many bytes a value takes of each type below 12; there is nothing of 10 and 11. */
const lengths = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]

function whole(bytes: Buffer, at: number, type: number): number | bigint {
  if (type === 8) return 0
  if (type === 9) return 1
  if (type === 1) return bytes.readInt8(at)
  if (type === 2) return bytes.readInt16BE(at)
  if (type === 3) return bytes.readIntBE(at, 3)
  if (type === 4) return bytes.readInt32BE(at)
  if (type === 5) return bytes.readInt16BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 2)
  return type === 6 ? bytes.readBigInt64BE(at) : fail()
}

const [minus, zero, backslash] = [0x2d, 0x30, 0x5c]

function putNumber(bytes: Uint8Array, at: number, value: number | bigint): number {
  if (typeof value === 'bigint') return putText(bytes, at, String(value))
  if (value >= 0) return putDigits(bytes, at, value)
  bytes[at] = minus
  return putDigits(bytes, at + 1, -value)
}

/** The same as numberText; but the engine keeps a text that it makes of a number, and none that it makes as JSON. */
const fractionText = (value: number): string =>
  Number.isInteger(value) || !Number.isFinite(value) ? numberText(value) : JSON.stringify(value)

const half = 1e9

function putDigits(bytes: Uint8Array, at: number, value: number): number {
  if (value >= half) {
    const upper = Math.floor(value / half)
    return putLower(bytes, putDigits(bytes, at, upper), (value - upper * half) | 0, 9)
  }
  let digits = 1
  for (let power = 10; value >= power; power *= 10) digits++
  return putLower(bytes, at, value | 0, digits)
}

function putLower(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value
  for (let to = at + digits - 1; to >= at; to--) {
    const upper = (rest / 10) | 0
    bytes[to] = zero + rest - upper * 10
    rest = upper
  }
  return at + digits
}

function putText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

function putHex(out: Buffer, at: number, bytes: Buffer, from: number, length: number): number {
  return at + out.write(`\\x${bytes.toString('hex', from, from + length)}`, at, 'latin1')
}
