// One row of a file, as far as it could be read.
import { placeKey, rawKey, reasonKey, type Unread } from '../../schema/unread.ts'
import { bytesOfText, type Decode } from './encoding.ts'

export type Kept = Readonly<Record<string, string>>

export interface FileRow {
  /** The line that it begins on; in a file without lines its number. */
  readonly line: number
  /** Its number in the file, from 0 on, where rows do not come in their order. */
  readonly nth?: number
  readonly texts: (string | null)[]
  /** What no text can hold, by column; and why a whole row could not be read. */
  readonly kept: Kept | undefined
}

const hex = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`

/** A row that is no row: all of it is kept, as text where it is one. */
export function unreadRow(file: string, line: number, reason: Unread, bytes: string, decode: Decode, width: number): FileRow {
  const text = decode(bytes)
  const holds = text !== undefined && !text.includes('\0') && text.isWellFormed()
  return {
    line,
    texts: Array.from({ length: width }, () => null),
    kept: { [reasonKey]: reason, [placeKey]: `${file}:${line}`, [rawKey]: holds ? text : hex(bytesOfText(bytes)) },
  }
}

/** Its fields, of which those that are not text are kept as bytes. */
export class RowMaker {
  private readonly file: string
  private readonly names: readonly string[]

  constructor(file: string, names: readonly string[]) {
    this.file = file
    this.names = names
  }

  /** `bytes` gives those of a field whose text is undefined. */
  row(line: number, texts: readonly (string | null | undefined)[], bytes: (i: number) => Uint8Array, reason?: Unread): FileRow {
    if (!texts.includes(undefined)) return { line, texts: texts as (string | null)[], kept: undefined }
    const bad = texts.flatMap((t, i) => (t === undefined ? [[this.names[i]!, hex(bytes(i))] as const] : []))
    return {
      line,
      texts: texts.map((t) => t ?? null),
      kept: Object.fromEntries([...bad, [placeKey, `${this.file}:${line}`], ...(reason ? [[reasonKey, reason] as const] : [])]),
    }
  }
}
