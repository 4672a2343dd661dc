// The rows of a table as one number, the same on both sides whatever their order: the sum of a hash of each row.
import { createHash } from 'node:crypto'
import type { Session } from './database.ts'

/** Between the columns of a line, and what null is written as: bytes that texts do without nearly always. */
export const between = 0x1f
export const nothing = 0x01

/** So many bytes behind a text are read with it, and left out. */
export const readBehind = 12

/** Takes the hash of what stands before a text out of the two halves, the upper one first, and leaves that with the text in them. */
type HashOn = (bytes: DataView, from: number, to: number, halves: Int32Array) => void

export interface RowHash {
  readonly on: HashOn
  /** The same in Postgres: SQL of a text, and SQL of the hash of what stands before it. */
  readonly sql: (text: string, before: string) => string
  /** Whole numbers need not be written as texts for it. */
  readonly takesWholes: boolean
}

/** Postgres's own hash of a text in the server's bytes, whose seed is the hash before: hash_bytes_extended, which is lookup3 of Bob Jenkins. */
export const quick: RowHash = { on: lookup3, sql: (text, before) => `hashtextextended(${text} collate "C", ${before})`, takesWholes: true }

/** Of a server that keeps its texts in other bytes than UTF-8, or its numbers in another order. */
export const slow: RowHash = {
  on(bytes, from, to, halves) {
    const md5 = createHash('md5')
      .update(`${(BigInt(halves[0]!) << 32n) | BigInt(halves[1]! >>> 0)} `)
      .update(new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from))
      .digest()
    halves[0] = md5.readInt32BE(0)
    halves[1] = md5.readInt32BE(4)
  },
  sql: (text, before) => `('x' || substr(md5(convert_to(${before} || ' ' || ${text}, 'UTF8')), 1, 16))::bit(64)::bigint`,
  takesWholes: false,
}

const known = 'Ünknown to any other hash, and to other encodings'

/** Asks the server how it hashes; both ways are right everywhere, as long as both sides take the same. */
export async function rowHashOf(s: Session): Promise<RowHash> {
  const bytes = Buffer.from(known.padEnd(known.length + readBehind))
  const sum = new RowSum(quick)
  for (let column = 0; column < 2; column++)
    sum.column(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length - readBehind)
  sum.end()
  const { rows } = await s.query(`select ${quick.sql('$1::text', quick.sql('$1::text', '0'))}::text as hash`, [known])
  return rows[0]!['hash'] === sum.total ? quick : slow
}

/** So many columns are one inside the other in SQL, each the seed of the next; more are several hashes in one by XOR. */
const deepest = 50

/** Of a whole number, so many signs are still exact in a number. */
const mostExact = 15
const [minus, zero] = [0x2d, 0x30]

export class RowSum {
  private count = 0
  private whole = 0n
  private upper = 0
  private lower = 0
  /** Of the row under way: its hash so far, that of the columns before these, and how many there are. */
  private readonly halves = new Int32Array(2)
  private readonly before = new Int32Array(2)
  private columns = 0
  private readonly hash: RowHash

  constructor(hash: RowHash) {
    this.hash = hash
  }

  /** As it is between two rows. */
  copy(): RowSum {
    this.settle()
    const same = new RowSum(this.hash)
    same.count = this.count
    same.whole = this.whole
    return same
  }

  /** The next column of the row under way, as text. */
  column(bytes: DataView, from: number, to: number): void {
    this.begin()
    this.hash.on(bytes, from, to, this.halves)
  }

  /** The same of a whole number or null, written in digits; what is neither belongs to a row that is not taken. */
  number(bytes: DataView, from: number, to: number): void {
    this.begin()
    const isSeed = this.hash.takesWholes && this.seed(bytes, from, to)
    this.hash.on(bytes, isSeed ? to : from, to, this.halves)
  }

  private begin(): void {
    if (this.columns === deepest) this.deeper()
    this.columns++
  }

  private seed(bytes: DataView, from: number, to: number): boolean {
    const { halves } = this
    if (to - from > mostExact) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')
      if (!/^-?\d+$/.test(text)) return false
      const value = BigInt(text)
      halves[0]! ^= Number(BigInt.asIntN(32, value >> 32n))
      halves[1]! ^= Number(BigInt.asIntN(32, value))
      return true
    }
    if (from === to || bytes.getUint8(from) === nothing) return false
    const isNegative = bytes.getUint8(from) === minus
    let value = 0
    for (let at = isNegative ? from + 1 : from; at < to; at++) value = value * 10 + bytes.getUint8(at) - zero
    if (isNegative) value = -value
    halves[0]! ^= Math.floor(value / 2 ** 32)
    halves[1]! ^= value
    return true
  }

  private deeper(): void {
    this.before[0]! ^= this.halves[0]!
    this.before[1]! ^= this.halves[1]!
    this.halves.fill(0)
    this.columns = 0
  }

  /** The row is whole. */
  end(): void {
    this.upper += this.halves[0]! ^ this.before[0]!
    this.lower += (this.halves[1]! ^ this.before[1]!) >>> 0
    this.drop()
    // so many of 32 bits are still exact in a number
    if ((++this.count & 0xf_ffff) === 0) this.settle()
  }

  /** The row under way does not count. */
  drop(): void {
    this.halves[0] = 0
    this.halves[1] = 0
    this.before[0] = 0
    this.before[1] = 0
    this.columns = 0
  }

  private settle(): void {
    this.whole += (BigInt(this.upper) << 32n) + BigInt(this.lower)
    this.upper = 0
    this.lower = 0
  }

  get rows(): string {
    return String(this.count)
  }
  get total(): string {
    this.settle()
    return String(this.whole)
  }
}

/** Adds a text, or null, to the hash before it, in Postgres. */
export const textAdded =
  (hash: RowHash, text: string) =>
  (before: string): string =>
    hash.sql(`coalesce(${text}, e'\\x01')`, before)

/** The same of a whole number. It is put into the seed: the hash that Postgres has for it is of 32 bits only. */
export const wholeAdded =
  (value: string) =>
  (before: string): string =>
    `hashtextextended(case when ${value} is null then e'\\x01' else '' end, ${before} # coalesce(${value}, 0)::int8)`

/** `columns` add theirs each to the hash before it. */
export function sumAsked(columns: readonly ((before: string) => string)[], from: string): string {
  const parts = Array.from({ length: Math.ceil(columns.length / deepest) }, (_, n) => columns.slice(n * deepest, (n + 1) * deepest))
  const hashes = parts.map((part) => part.reduce((before, add) => add(before), '0'))
  return `select count(*)::text as rows, coalesce(sum(${hashes.join(' # ') || '0::bigint'}), 0)::text as digest from ${from} t`
}

/** Of the last bytes of a word, so many count. */
const mask = Int32Array.of(0, 0xff, 0xffff, 0xff_ffff, -1, -1, -1, -1, -1, -1, -1, -1)

function lookup3(bytes: DataView, from: number, to: number, halves: Int32Array): void {
  let a = (0x9e3779b9 + (to - from) + 3923095) | 0
  let b = a
  let c = a
  const upper = halves[0]!
  const lower = halves[1]!
  if ((upper | lower) !== 0) {
    a = (a + upper) | 0
    b = (b + lower) | 0
    a = ((a - c) ^ ((c << 4) | (c >>> 28))) | 0
    c = (c + b) | 0
    b = ((b - a) ^ ((a << 6) | (a >>> 26))) | 0
    a = (a + c) | 0
    c = ((c - b) ^ ((b << 8) | (b >>> 24))) | 0
    b = (b + a) | 0
    a = ((a - c) ^ ((c << 16) | (c >>> 16))) | 0
    c = (c + b) | 0
    b = ((b - a) ^ ((a << 19) | (a >>> 13))) | 0
    a = (a + c) | 0
    c = ((c - b) ^ ((b << 4) | (b >>> 28))) | 0
    b = (b + a) | 0
  }
  let at = from
  for (; to - at >= 12; at += 12) {
    a = (a + bytes.getInt32(at, true)) | 0
    b = (b + bytes.getInt32(at + 4, true)) | 0
    c = (c + bytes.getInt32(at + 8, true)) | 0
    a = ((a - c) ^ ((c << 4) | (c >>> 28))) | 0
    c = (c + b) | 0
    b = ((b - a) ^ ((a << 6) | (a >>> 26))) | 0
    a = (a + c) | 0
    c = ((c - b) ^ ((b << 8) | (b >>> 24))) | 0
    b = (b + a) | 0
    a = ((a - c) ^ ((c << 16) | (c >>> 16))) | 0
    c = (c + b) | 0
    b = ((b - a) ^ ((a << 19) | (a >>> 13))) | 0
    a = (a + c) | 0
    c = ((c - b) ^ ((b << 4) | (b >>> 28))) | 0
    b = (b + a) | 0
  }
  // whole words, of which the bytes that follow are left out; the lowest of c belongs to the length
  const rest = to - at
  a = (a + (bytes.getInt32(at, true) & mask[rest]!)) | 0
  if (rest > 4) b = (b + (bytes.getInt32(at + 4, true) & mask[rest - 4]!)) | 0
  if (rest > 8) c = (c + ((bytes.getInt32(at + 8, true) & mask[rest - 8]!) << 8)) | 0
  c = ((c ^ b) - ((b << 14) | (b >>> 18))) | 0
  a = ((a ^ c) - ((c << 11) | (c >>> 21))) | 0
  b = ((b ^ a) - ((a << 25) | (a >>> 7))) | 0
  c = ((c ^ b) - ((b << 16) | (b >>> 16))) | 0
  a = ((a ^ c) - ((c << 4) | (c >>> 28))) | 0
  b = ((b ^ a) - ((a << 14) | (a >>> 18))) | 0
  c = ((c ^ b) - ((b << 24) | (b >>> 8))) | 0
  halves[0] = b
  halves[1] = c
}
