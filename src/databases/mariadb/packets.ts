// While many rows come, the driver is given whole packets out of memory that is used again: what it gets whole it does not keep.
import type { Socket } from 'node:net'
import { Gathered } from '../gathered.ts'

const header = 4
/** A packet of this length goes on in the next one. */
const longest = 0xff_ffff

export class Packets {
  private readonly stream: Socket
  private readonly usual: (bytes: Buffer) => void
  private readonly gathered = new Gathered()

  constructor(stream: Socket) {
    this.stream = stream
    this.usual = stream.listeners('data')[0] as (bytes: Buffer) => void
    stream.on('data', this.take)
    stream.off('data', this.usual)
  }

  private readonly take = (chunk: Buffer): void => {
    this.gathered.add(chunk)
    const end = this.whole()
    if (end === 0) return
    this.usual(this.gathered.bytes.subarray(0, end))
    this.gathered.drop(end)
  }

  private whole(): number {
    const { bytes, length } = this.gathered
    let whole = 0
    for (let at = 0; at + header <= length; ) {
      const size = bytes.readUIntLE(at, 3)
      at += header + size
      if (at > length) break
      if (size < longest) whole = at
    }
    return whole
  }

  /** The driver is given what comes, as usual. */
  end(): void {
    this.stream.on('data', this.usual)
    this.stream.off('data', this.take)
    const { bytes, length } = this.gathered
    if (length > 0) this.usual(Buffer.from(bytes.subarray(0, length)))
  }
}
