// Files of a backup: written whole, packed and digested on the way; read back with their digest looked at.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream, readdirSync, statSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { Kept, KeptFile, Sink } from '../databases/backup.ts'
import { flushed } from '../databases/files/sink.ts'
import { backupDamaged, backupDiskFull } from '../errors/backup.ts'
import { GodwitError } from '../errors/error.ts'
import type { Backup } from './folder.ts'

const packed = '.zst'
/** The quickest level: it packs rows to a sixth, and faster than they come. */
const packer = () => createZstdCompress({ chunkSize: piece, params: { [constants.ZSTD_c_compressionLevel]: 1 } })
const block = 256 * 1024
const piece = 128 * 1024

class Told extends Transform {
  private readonly hash: Hash = createHash('sha256')
  private bytes = 0
  override _transform(chunk: Buffer | string, _: BufferEncoding, done: (error: null, chunk: Buffer | string) => void): void {
    this.hash.update(chunk)
    this.bytes += Buffer.byteLength(chunk)
    done(null, chunk)
  }
  said(): { bytes: number; sha256: string } {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') }
  }
}

export function sinkIn(folder: string, kept: KeptFile[], others: Pick<Sink, 'tell' | 'signal'>): Sink {
  const note = (file: KeptFile): KeptFile => {
    kept.push(file)
    return file
  }
  return {
    ...others,
    async write(name, bytes) {
      const [content, stored] = [new Told(), new Told()]
      const file = join(folder, name + packed)
      await written(folder, file, async (unfinished) => {
        await pipeline(
          bytes,
          content,
          packer(),
          stored,
          createWriteStream(unfinished, { flags: 'wx', mode: 0o600, highWaterMark: block }),
          {
            signal: others.signal,
          },
        )
      })
      return { file: note({ name: name + packed, ...stored.said() }), content: content.said() }
    },
    async gathered(name, make) {
      await make(join(folder, name)).catch((cause: unknown) => {
        throw refusedByDisk(cause) ? backupDiskFull({ folder: dirname(folder), file: name, said: (cause as Error).message, cause }) : cause
      })
      const files = readdirSync(join(folder, name), { recursive: true, withFileTypes: true }).filter((f) => f.isFile())
      for (const f of files) {
        const file = join(f.parentPath, f.name)
        await flushed(file)
        note({ name: relative(folder, file).replaceAll('\\', '/'), ...(await digested(file)) })
      }
    },
    async made(name, make) {
      const file = join(folder, name)
      await written(folder, file, make)
      return note({ name, ...(await digested(file)) })
    },
  }
}

export const writeText = (folder: string, name: string, text: string): Promise<void> =>
  written(folder, join(folder, name), (unfinished) => writeFile(unfinished, text, { flag: 'wx', mode: 0o600 }))

async function written(folder: string, file: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${file}.making`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await fill(unfinished)
    await flushed(unfinished)
    await rename(unfinished, file)
  } catch (cause) {
    throw refusedByDisk(cause)
      ? backupDiskFull({ folder: dirname(folder), file: relative(folder, file), said: (cause as Error).message, cause })
      : cause
  }
}

const disk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EIO', 'EPERM'])
const refusedByDisk = (problem: unknown): boolean =>
  !(problem instanceof GodwitError) && disk.has((problem as NodeJS.ErrnoException).code ?? '')

export async function digested(file: string): Promise<{ bytes: number; sha256: string }> {
  const told = new Told()
  await pipeline(createReadStream(file, { highWaterMark: block }), told.resume())
  return told.said()
}

/** As it is read to be brought back. */
export function keptOf(backup: Backup): Kept {
  const { manifest, folder, id } = backup
  const fileOf = (name: string): KeptFile => {
    const found = manifest.files.find((f) => f.name === name || f.name === name + packed)
    if (!found) throw backupDamaged({ backup: id, what: `its manifest has no file ${name}` })
    return found
  }
  return { ...manifest, open: (name) => opened(id, folder, fileOf(name)), path: (name) => join(folder, fileOf(name).name) }
}

function opened(backup: string, folder: string, file: KeptFile): Readable {
  const told = new Told()
  const unpack = file.name.endsWith(packed) ? createZstdDecompress({ chunkSize: piece }) : new Told()
  const held = new Transform({
    transform: (chunk, _, done) => done(null, chunk),
    flush: (done) => done(told.said().sha256 === file.sha256 ? null : backupDamaged({ backup, what: `${file.name} has another SHA-256` })),
  })
  pipeline(createReadStream(join(folder, file.name), { highWaterMark: block }), told, unpack, held).catch((problem: unknown) => {
    held.destroy(
      problem instanceof GodwitError
        ? problem
        : backupDamaged({ backup, what: `${file.name} cannot be read: ${(problem as Error).message}` }),
    )
  })
  return held
}

export const sizeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size
