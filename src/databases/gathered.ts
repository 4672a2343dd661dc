// Bytes that have come from a server and are not passed on yet, in memory that is used again.
import { release } from './release.ts'

/** Twice what a socket gives at once. */
const usualSize = 128 * 1024

export class Gathered {
  bytes: Buffer = Buffer.allocUnsafeSlow(usualSize)
  length = 0

  /** The chunk is of no use afterwards. */
  add(chunk: Buffer): void {
    if (this.length + chunk.length > this.bytes.length) {
      const wider = Buffer.allocUnsafeSlow(2 * (this.length + chunk.length))
      this.bytes.copy(wider, 0, 0, this.length)
      this.bytes = wider
    }
    this.length += chunk.copy(this.bytes, this.length)
    release(chunk)
  }

  /** So many of the first have been passed on. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.length)
    this.length -= count
  }
}
