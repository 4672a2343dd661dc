// Text of a file as one character for each byte: delimiters are found in it, and no byte is lost before somebody asks what a field says.
import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { fileBroken } from '../../errors/files.ts'
import type { Encoding } from './declared.ts'
import type { Located } from './folder.ts'

/** What the bytes of a field say; undefined where they say nothing in this encoding. */
export type Decode = (bytes: string) => string | undefined

export interface Text {
  readonly decode: Decode
  /** Blocks of any length, without the byte order mark. */
  readonly blocks: AsyncIterable<string>
}

const beyondAscii = /[^\x00-\x7f]/

function decodeUtf8(bytes: string): string | undefined {
  if (!beyondAscii.test(bytes)) return bytes
  const raw = Buffer.from(bytes, 'latin1')
  return isUtf8(raw) ? raw.toString() : undefined
}

function decodeWith(encoding: Encoding): Decode {
  if (encoding === 'utf-8' || encoding.startsWith('utf-16')) return decodeUtf8
  // the decoder takes this name for windows-1252
  if (encoding === 'latin-1') return (bytes) => bytes
  const decoder = new TextDecoder(encoding)
  return (bytes) => {
    if (!beyondAscii.test(bytes)) return bytes
    const text = decoder.decode(Buffer.from(bytes, 'latin1'))
    // a byte that the encoding leaves open comes as a control character
    return encoding.startsWith('windows') && /[\x80-\x9f]/.test(text) ? undefined : text
  }
}

export const bytesOfText = (bytes: string): Uint8Array => Buffer.from(bytes, 'latin1')

/** How a text of the configuration would stand in such a file. */
export const asWritten = (text: string): string => Buffer.from(text).toString('latin1')

const marks: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** The encoding, and how many bytes its mark takes. */
function encodingOf(first: Buffer, declared: Encoding | undefined): { encoding: Encoding; skip: number } {
  const marked = marks.find(([, mark]) => mark.every((byte, i) => first[i] === byte))
  const skip = (encoding: Encoding) => (marked?.[0] === encoding ? marked[1].length : 0)
  if (declared === 'utf-16') {
    const encoding = marked?.[0] === 'utf-16be' ? 'utf-16be' : 'utf-16le'
    return { encoding, skip: skip(encoding) }
  }
  const encoding = declared ?? marked?.[0] ?? 'utf-8'
  return { encoding, skip: skip(encoding) }
}

export async function textOf(file: Located, bytes: AsyncGenerator<Buffer>, declared: Encoding | undefined): Promise<Text> {
  let first = Buffer.alloc(0)
  while (first.length < 3) {
    const block = (await bytes.next()).value
    if (block === undefined) break
    first = Buffer.concat([first, block])
  }
  const { encoding, skip } = encodingOf(first, declared)
  const all = joined(first.subarray(skip), bytes)
  return {
    decode: decodeWith(encoding),
    blocks: encoding.startsWith('utf-16') ? utf16(file, all, encoding === 'utf-16be') : asLatin1(all),
  }
}

async function* joined(first: Buffer, more: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (first.length) yield first
    yield* more
  } finally {
    await more.return(undefined)
  }
}

async function* asLatin1(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const block of bytes) yield block.toString('latin1')
}

/** UTF-16 as the bytes of UTF-8. */
async function* utf16(file: Located, bytes: AsyncIterable<Buffer>, bigEndian: boolean): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const block of bytes) {
    const all = Buffer.concat([rest, block])
    let end = all.length - (all.length % 2)
    const units = Buffer.from(all.subarray(0, end))
    if (bigEndian) units.swap16()
    // a pair is not torn
    if (end >= 2 && isHighSurrogate(units.readUInt16LE(end - 2))) end -= 2
    rest = all.subarray(end)
    yield asUtf8(units.subarray(0, end).toString('utf16le'))
  }
  if (rest.length % 2) throw fileBroken({ file: file.name, why: 'is UTF-16, and ends in the middle of a character' })
  if (rest.length) yield asUtf8(String.fromCharCode(bigEndian ? rest.readUInt16BE() : rest.readUInt16LE()))
}

const isHighSurrogate = (unit: number): boolean => unit >>> 10 === 0b110110

/** Half a pair becomes three bytes that no UTF-8 has: what it stands in is then refused, and not changed. */
function asUtf8(text: string): string {
  if (text.isWellFormed()) return Buffer.from(text).toString('latin1')
  return [...text].map((c) => (c.isWellFormed() ? Buffer.from(c).toString('latin1') : threeBytes(c.charCodeAt(0)))).join('')
}

const threeBytes = (unit: number): string => String.fromCharCode(0xe0 | (unit >>> 12), 0x80 | ((unit >>> 6) & 0x3f), 0x80 | (unit & 0x3f))
