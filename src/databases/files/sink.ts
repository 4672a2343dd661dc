// A file written whole or not at all: under another name until its last byte is there, packed and digested on the way.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'

export type Packing = 'gzip' | 'zstd'

export interface Written {
  readonly bytes: number
  readonly sha256: string
}

const packers: Readonly<Record<Packing, () => Transform>> = { gzip: () => createGzip(), zstd: () => createZstdCompress() }

/** `fill` is given the name under which the file is made. */
export async function wholeFile<T>(out: string, fill: (unfinished: string) => Promise<T>): Promise<T> {
  const file = path.resolve(out)
  const unfinished = `${file}.${process.pid}.unfinished`
  await mkdir(path.dirname(file), { recursive: true })
  try {
    const result = await fill(unfinished)
    await flushed(unfinished)
    await rename(unfinished, file)
    return result
  } catch (problem) {
    await rm(unfinished, { force: true })
    throw problem
  }
}

/** On the disk before it gets its name. */
export async function flushed(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function pack(bytes: Readable, file: string, packing: Packing | undefined): Promise<Written> {
  const told = new Telling()
  const out = createWriteStream(file)
  await (packing ? pipeline(bytes, packers[packing](), told, out) : pipeline(bytes, told, out))
  return told.written()
}

export async function digestOfFile(file: string): Promise<Written> {
  const told = new Telling()
  await pipeline(createReadStream(file), told.resume())
  return told.written()
}

/** What has passed. */
class Telling extends Transform {
  private readonly hash = createHash('sha256')
  private bytes = 0

  override _transform(block: Buffer, _: BufferEncoding, done: (error: null, block: Buffer) => void): void {
    this.hash.update(block)
    this.bytes += block.length
    done(null, block)
  }

  written(): Written {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') }
  }
}
