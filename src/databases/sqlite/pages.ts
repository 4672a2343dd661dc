// The pages of a SQLite file, read beside SQLite while a transaction of its holds the file as it is. https://www.sqlite.org/fileformat2.html
import { fstatSync, openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** So many pages are read at once where they follow each other. */
const mostAtOnce = 64
const headerSize = 100
const [interior, leaf] = [0x05, 0x0d]
/** Deeper than any tree of 2^32 pages is. */
const deepest = 40

/** Where what a page holds begins, and how many bytes of it there are. */
export interface Page {
  readonly bytes: Buffer
  readonly from: number
}

/** As SQLite says it, about a file that it would not read either. */
export const malformed = (): Error => new Error('database disk image is malformed')

export class Pages {
  /** Bytes of a page, and those of them that are used. */
  readonly size: number
  readonly usable: number
  private readonly file: number
  private readonly count: number
  private readonly ahead: Buffer
  private first = 0
  private end = 0
  private atOnce = 1
  private readonly alone: Buffer

  constructor(file: number, size: number, usable: number, count: number) {
    this.file = file
    this.size = size
    this.usable = usable
    this.count = count
    this.ahead = Buffer.allocUnsafeSlow(Math.max(1, Math.min(mostAtOnce, Math.floor((512 * 1024) / size))) * size)
    this.alone = Buffer.allocUnsafeSlow(size)
  }

  /** The leaves of a table's tree, in the order of its rows. Each is gone when the next is asked for. */
  *leaves(root: number, depth = 0): Generator<Page> {
    const page = this.inTurn(root)
    const { bytes, from } = page
    const kind = bytes[from]!
    if (kind === leaf) {
      yield page
      return
    }
    if (kind !== interior || depth === deepest) throw malformed()
    for (const child of this.children(page)) yield* this.leaves(child, depth + 1)
  }

  private children({ bytes, from }: Page): number[] {
    const cells = bytes.readUInt16BE(from + 3)
    const pointers = from + 12
    if (12 + 2 * cells > this.usable) throw malformed()
    const children = Array.from({ length: cells }, (_, i) => {
      const at = bytes.readUInt16BE(pointers + 2 * i)
      if (at + 4 > this.usable) throw malformed()
      return bytes.readUInt32BE(from + at)
    })
    return [...children, bytes.readUInt32BE(from + 8)]
  }

  /** Of pages that follow each other several are read at once. */
  private inTurn(number: number): Page {
    if (number < this.first || number >= this.end) {
      // between two leaves there may be a page of another kind
      const follows = number >= this.end && number <= this.end + 2
      this.atOnce = follows ? Math.min(2 * this.atOnce, this.ahead.length / this.size) : 1
      this.read(number, this.ahead, Math.min(this.atOnce, this.count + 1 - number))
      this.first = number
      this.end = number + Math.min(this.atOnce, this.count + 1 - number)
    }
    return { bytes: this.ahead, from: (number - this.first) * this.size }
  }

  /** One page by itself; those in turn stay where they are. */
  single(number: number): Buffer {
    this.read(number, this.alone, 1)
    return this.alone
  }

  private read(number: number, into: Buffer, pages: number): void {
    // the first page is that of the schema
    if (number < 2 || number > this.count) throw malformed()
    const length = pages * this.size
    if (readSync(this.file, into, 0, length, (number - 1) * this.size) !== length) throw malformed()
  }
}

/** Within a transaction that has read: nobody writes to the file then. Nothing where rows may stand beside it, or it is not what SQLite has open. */
export function pagesOf(db: DatabaseSync): Pages | undefined {
  const path = db.location()
  if (path === null) return undefined
  const file = opened(path)
  const header = Buffer.alloc(headerSize)
  readSync(file, header, 0, headerSize, 0)
  const [writes, reads] = [header[18], header[19]]
  const asked = (name: string) => Object.values(db.prepare(`pragma ${name}`).get()!)[0]
  const size = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const count = header.readUInt32BE(28)
  const isSame =
    asked('page_size') === size &&
    asked('page_count') === count &&
    asked('schema_version') === header.readUInt32BE(40) &&
    asked('user_version') === header.readInt32BE(60) &&
    asked('freelist_count') === header.readUInt32BE(36)
  // 2: what was written last may stand in a log beside the file
  if (!isSame || writes !== 1 || reads !== 1) return undefined
  return new Pages(file, size, size - header[20]!, count)
}

/** Never closed: on POSIX that would take the locks away that SQLite holds for this process on the same file. */
const kept = new Map<string, number>()

function opened(path: string): number {
  const { dev, ino } = statSync(path)
  const key = `${dev} ${ino}`
  const before = kept.get(key)
  if (before !== undefined) return before
  const file = openSync(path, 'r')
  const now = fstatSync(file)
  kept.set(`${now.dev} ${now.ino}`, file)
  return file
}
