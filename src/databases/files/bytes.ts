// The bytes of a file, unpacked, and what they were: counted and digested as they are read, so that the rows and the digest are of one reading.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { fileBroken } from '../../errors/files.ts'
import type { Content } from '../../schema/content.ts'
import type { Located } from './folder.ts'

const blockSize = 64 * 1024

/** Filled while a file is read; whole when it has been read to its end. */
export class Reading {
  private readonly hash = createHash('sha256')
  private bytes = 0
  private readonly name: string
  private whole: Content | undefined

  constructor({ name }: Located) {
    this.name = name
  }

  saw(block: Uint8Array): void {
    this.hash.update(block)
    this.bytes += block.length
  }

  content(): Content {
    return (this.whole ??= { name: this.name, bytes: this.bytes, sha256: this.hash.digest('hex') })
  }
}

export async function* packedBytes(file: Located, reading: Reading): AsyncGenerator<Buffer> {
  const handle = await open(file.path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(blockSize), 0, blockSize)
      if (bytesRead === 0) return
      const block = buffer.subarray(0, bytesRead)
      reading.saw(block)
      yield block
    }
  } finally {
    await handle.close()
  }
}

/** Of the whole file, without looking at it. */
export async function contentOf(file: Located): Promise<Content> {
  const reading = new Reading(file)
  for await (const _ of packedBytes(file, reading));
  return reading.content()
}

interface Packing {
  readonly ending: RegExp
  readonly begins: (first: Buffer) => boolean
  readonly open: () => Transform & { readonly bytesWritten: number }
  /** What may stand behind the end of one packed piece. */
  readonly mayFollow: (rest: Buffer) => 'another' | 'nothing' | undefined
}

const isZstd = (b: Buffer): boolean => b.length >= 4 && (b.readUInt32LE() === 0xfd2fb528 || b.readUInt32LE() >>> 4 === 0x184d2a5)

const packings: readonly Packing[] = [
  {
    ending: /\.gz$/i,
    begins: (b) => b[0] === 0x1f && b[1] === 0x8b,
    open: () => createGunzip(),
    mayFollow: (rest) => (rest.every((byte) => byte === 0) ? 'nothing' : undefined),
  },
  {
    ending: /\.zst$/i,
    begins: isZstd,
    open: () => createZstdDecompress(),
    mayFollow: (rest) => (isZstd(rest) ? 'another' : undefined),
  },
]

export async function* bytesOf(file: Located, reading: Reading): AsyncGenerator<Buffer> {
  const packed = packedBytes(file, reading)
  try {
    const first = (await packed.next()).value ?? Buffer.alloc(0)
    const packing = packings.find((p) => p.begins(first))
    const promised = packings.find((p) => p.ending.test(file.name))
    if (promised && promised !== packing)
      throw fileBroken({ file: file.name, why: `is named ${file.name.slice(file.name.lastIndexOf('.'))} and does not begin like one` })
    if (packing) return yield* unpacked(file, new Blocks(first, packed), packing)
    if (first.length) yield first
    yield* packed
  } finally {
    await packed.return(undefined)
  }
}

/** Blocks in order, of which a piece may be given back. */
class Blocks {
  private waiting: Buffer | undefined
  private readonly more: AsyncGenerator<Buffer>

  constructor(first: Buffer, more: AsyncGenerator<Buffer>) {
    this.waiting = first
    this.more = more
  }

  async next(): Promise<Buffer | undefined> {
    const block = this.waiting ?? (await this.more.next()).value
    this.waiting = undefined
    return block ?? undefined
  }

  giveBack(rest: Buffer): void {
    this.waiting = rest
  }
}

async function* unpacked(file: Located, blocks: Blocks, packing: Packing): AsyncGenerator<Buffer> {
  do {
    const decoder = packing.open()
    const fed = feed(decoder, blocks)
    try {
      yield* decoder as AsyncIterable<Buffer>
    } catch (cause) {
      throw fileBroken({ file: file.name, why: `cannot be unpacked: ${(cause as Error).message}`, cause })
    } finally {
      decoder.destroy()
      await fed
    }
  } while (await another(file, blocks, packing))
}

/** Gives the decoder what it takes; what it leaves is behind the end of its piece. */
async function feed(decoder: Transform & { readonly bytesWritten: number }, blocks: Blocks): Promise<void> {
  // what is refused comes out as an error where the decoder is read; the write is then never answered
  const over = new Promise<'over'>((resolve) => decoder.once('close', () => resolve('over')))
  for (let given = 0; ; ) {
    const block = await blocks.next()
    if (block === undefined) {
      decoder.end()
      return
    }
    const taken = new Promise<unknown>((resolve) => decoder.write(block, resolve))
    if (await Promise.race([taken, over])) return
    given += block.length
    if (decoder.bytesWritten < given) {
      blocks.giveBack(block.subarray(block.length - (given - decoder.bytesWritten)))
      return
    }
  }
}

/** Whether more follows that is to be unpacked. What stands there otherwise would be lost. */
async function another(file: Located, blocks: Blocks, packing: Packing): Promise<boolean> {
  for (let rest = await blocks.next(); rest !== undefined; rest = await blocks.next()) {
    const more = rest.length < 4 ? await blocks.next() : undefined
    const whole = more ? Buffer.concat([rest, more]) : rest
    const follows = packing.mayFollow(whole)
    if (follows === undefined) throw fileBroken({ file: file.name, why: 'goes on behind the end of what is packed in it' })
    if (follows === 'another') {
      blocks.giveBack(whole)
      return true
    }
  }
  return false
}
