// Rows of another engine as blocks of lines for COPY: their bytes are put there once, hashed there and sent from there.
import { isUtf8 } from 'node:buffer'
import { postgres } from '../dialects/postgres.ts'
import { unheld } from '../schema/schema.ts'
import { between, nothing, type RowHash, RowSum, readBehind, sumAsked, textAdded, wholeAdded } from './row-hash.ts'
import type { Sending, Sent } from './source.ts'

/** From here on a block is sent; the rest of its bytes is room for the rows that fill it. */
const enough = 256 * 1024
const blockSize = 4 * enough

const newline = 10
const backslash = 0x5c
/** What follows the last column: nothing is left unheld. */
const lineEnd = Buffer.from([between, nothing, newline])
/** Behind a backslash, what stands for a byte that would end a line or begin an escape. */
const escapeOf = new Uint8Array(256)
escapeOf[newline] = 0x6e
escapeOf[13] = 0x72
escapeOf[backslash] = backslash

/** What the bytes of a row hold besides plain text; these are flags. */
const escaped = 1
const manyBytes = 2
export const unsendable = 4
export const kindOf = new Uint8Array(256)
kindOf.fill(manyBytes, 0x80)
for (const byte of [newline, 13, backslash]) kindOf[byte] = escaped
for (const byte of [0, between]) kindOf[byte] = unsendable

interface Mark {
  readonly at: number
  readonly sum: RowSum
}

export class Blocks {
  bytes: Buffer = Buffer.allocUnsafeSlow(blockSize)
  at = 0
  /** While one is being sent the other is filled. */
  private usual = this.bytes
  private other: Buffer = Buffer.allocUnsafeSlow(blockSize)
  private view = viewOf(this.bytes)
  private readonly what: Sending
  private readonly wholes: readonly boolean[]
  private readonly hash: RowHash
  private sum: RowSum

  constructor(what: Sending, hash: RowHash) {
    this.what = what
    this.wholes = what.columns.map((c) => c.type.name === 'int8')
    this.hash = hash
    this.sum = new RowSum(hash)
  }

  get into(): string {
    const names = [...this.what.columns.map((c) => c.name), unheld].map(postgres.quote)
    return `copy ${this.what.copy} (${names.join(', ')}) from stdin with (delimiter e'\\x1f', null e'\\x01')`
  }

  get full(): boolean {
    return this.at >= enough
  }

  /** What is there so far. Its bytes are used again after the next has been taken. */
  take(): Buffer {
    const block = this.bytes.subarray(0, this.at)
    const other = this.other
    this.other = this.usual
    this.usual = other
    this.use(other, 0)
    return block
  }

  /** So many bytes more can be put at `at`. */
  room(needed: number): void {
    const end = this.at + needed + readBehind
    if (end <= this.bytes.length) return
    const wider = Buffer.allocUnsafeSlow(2 * end)
    // behind `at` there may be the row that is under way
    this.bytes.copy(wider)
    this.use(wider, this.at)
  }
  private use(bytes: Buffer, at: number): void {
    if (bytes !== this.bytes) this.view = viewOf(bytes)
    this.bytes = bytes
    this.at = at
  }

  /** The next column of a row has been put there, without what stands between. */
  column(nth: number, from: number, to: number): void {
    if (this.wholes[nth]) this.sum.number(this.view, from, to)
    else this.sum.column(this.view, from, to)
  }

  /** Takes the row whose columns have been put from `at` on to `to`, of the kinds that are given; says no where it has to go by its columns. */
  end(to: number, kinds: number): boolean {
    if (kinds & unsendable || (kinds & manyBytes && !isUtf8(this.bytes.subarray(this.at, to)))) {
      this.sum.drop()
      return false
    }
    this.sum.end()
    const end = kinds & escaped ? this.escape(to) : to
    this.at = end
    this.room(lineEnd.length)
    this.at = end + lineEnd.copy(this.bytes, end)
    return true
  }

  private escape(to: number): number {
    const from = this.at
    let more = 0
    for (let i = from; i < to; i++) if (escapeOf[this.bytes[i]!]) more++
    this.room(to - from + more)
    const { bytes } = this
    for (let i = to - 1, put = to + more - 1; put > i; i--) {
      const sign = escapeOf[bytes[i]!]!
      bytes[put--] = sign || bytes[i]!
      if (sign) bytes[put--] = backslash
    }
    return to + more
  }

  /** A row by its columns; `bytesOf` gives those of a text that is not what it seems. */
  row(texts: readonly (string | null)[], bytesOf: (i: number) => Uint8Array | undefined): void {
    const kept: [string, string][] = []
    const held = texts.map((text, i) => {
      const bytes = text === null ? undefined : (bytesOf(i) ?? (text.includes('\0') ? Buffer.from(text) : undefined))
      if (bytes === undefined) return text
      kept.push([this.what.columns[i]!.name, `\\x${Buffer.from(bytes).toString('hex')}`])
      return null
    })
    const from = this.at
    for (const [i, text] of held.entries()) {
      const to = this.put(text ?? nullText)
      this.column(i, from, to)
      this.at = from
    }
    this.sum.end()
    const rest = kept.length ? JSON.stringify(Object.fromEntries(kept)) : null
    this.at = this.put(`${[...held, rest].map(fieldOf).join(betweenText)}\n`)
  }
  private put(text: string): number {
    this.room(Buffer.byteLength(text))
    return this.at + this.bytes.write(text, this.at)
  }

  /** Where things stand: what has been put since is taken back by `back`. */
  mark(): Mark {
    return { at: this.at, sum: this.sum.copy() }
  }
  back(mark: Mark): void {
    this.at = mark.at
    this.sum = mark.sum
  }

  sent(): Sent {
    const columns = this.what.columns.map(({ name }, i) => {
      const value = `(t.${postgres.quote(name)})`
      return this.wholes[i] && this.hash.takesWholes ? wholeAdded(value) : textAdded(this.hash, `${value}::text`)
    })
    return { rows: this.sum.rows, digest: this.sum.total, asked: sumAsked(columns, this.what.copy) }
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

const [betweenText, nullText] = [String.fromCharCode(between), String.fromCharCode(nothing)]
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  [betweenText]: '\\x1f',
  [nullText]: '\\x01',
}
const fieldOf = (text: string | null): string => (text === null ? nullText : text.replace(/[\\\n\r\u0001\u001f]/g, (c) => escapes[c]!))
