// A table's rows on their way out of MariaDB: out of the driver's packets into blocks, without a value for each column in between.
import { isUtf8 } from 'node:buffer'
import type { Socket } from 'node:net'
import type { Connection, Query } from 'mysql2'
import { Blocks, kindOf, unsendable } from '../blocks.ts'
import { between, nothing, rowHashOf } from '../row-hash.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { asked, quote, tableName } from './connection.ts'
import { MariadbFailure } from './failure.ts'
import { Packets } from './packets.ts'
import { readAs, readSchema } from './schema.ts'

/** `heard`: from then on it is not this server that is waited for. */
export async function send(connection: Connection, heard: () => void, what: Sending, here: Parameters<Source['send']>[1]): Promise<Sent> {
  const sql = await selectOf(connection, what)
  await asked(connection, 'start transaction with consistent snapshot, read only')
  let sent: Sent
  try {
    sent = await here(async (s) => {
      const blocks = new Blocks(what, await rowHashOf(s))
      const rows = new Rows(connection, sql, blocks, what.columns.length)
      rows.ended.then(heard, heard)
      await s.copyIn(blocks.into, rows.blocks())
      return blocks.sent()
    })
  } catch (problem) {
    // whatever is still on its way belongs to nobody; where the connection goes, so does the transaction
    connection.destroy()
    throw problem
  }
  await asked(connection, 'rollback')
  return sent
}

async function selectOf(connection: Connection, what: Sending): Promise<string> {
  const ask = (sql: string, values: readonly string[] = []) => asked(connection, sql, values)
  const types = new Map(
    (await readSchema(ask, '', [what.table], 'declared')).tables.get(what.table)!.columns.map((c) => [c.name, c.comment ?? '']),
  )
  // under names of ours: the driver breaks its connection over a column called __proto__
  const values = what.columns.map((c, i) => `${readAs(quote(c.name), types.get(c.name) ?? '')} as c${i}`)
  return `select ${values.join(', ')} from ${tableName(what.table)}`
}

/** The driver's types leave these out. */
interface Packet {
  readonly buffer: Buffer
  readonly offset: number
  readonly end: number
  isEOF(): boolean
}
type Taking = (packet: Packet, connection: Connection) => unknown
interface Asking extends Query {
  row: Taking
}
interface Inside extends Connection {
  readonly stream: Socket
}

/** The mark of null, and of lengths that take two, three and eight bytes. */
const [nullMark, twoBytes, threeBytes] = [0xfb, 0xfc, 0xfd]

class Rows {
  /** The server has said all. */
  readonly ended: Promise<void>
  private readonly stream: Socket
  private readonly into: Blocks
  private readonly width: number
  private over = false
  private wake: () => void = () => {}

  constructor(connection: Connection, sql: string, into: Blocks, width: number) {
    this.stream = (connection as Inside).stream
    this.into = into
    this.width = width
    const packets = new Packets(this.stream)
    const asking = connection.query({ sql }) as Asking
    const usual = asking.row
    asking.row = (packet, on) => {
      if (packet.isEOF()) return usual.call(asking, packet, on)
      this.take(packet)
      return asking.row
    }
    this.ended = this.endOf(connection, asking).finally(() => packets.end())
    // who waits for the next block learns of it
    this.ended.catch(() => {})
  }

  private async endOf(connection: Connection, asking: Asking): Promise<void> {
    const end = Promise.withResolvers<void>()
    asking.once('end', () => end.resolve()).once('error', end.reject)
    // the driver leaves the rows without an end where the connection breaks among them
    const broken = (problem?: Error) => end.reject(problem ?? new MariadbFailure('the connection ended', '08006', undefined))
    connection.once('error', broken).once('end', broken)
    try {
      await end.promise
    } finally {
      connection.off('error', broken).off('end', broken)
      this.over = true
      this.wake()
    }
  }

  async *blocks(): AsyncGenerator<Buffer> {
    for (let last = false; !last; ) {
      await this.more()
      if (this.over) await this.ended
      last = this.over
      const block = this.into.take()
      // rows go on coming while this one is sent; also after the last, when the connection is asked again
      this.stream.resume()
      if (block.length > 0) yield block
    }
  }

  private async more(): Promise<void> {
    if (this.over || this.into.full) return
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
  }

  private take(packet: Packet): void {
    if (!this.put(packet)) this.byColumns(packet)
    if (!this.into.full) return
    // until the block before it has been sent; what has come already is put behind it
    this.stream.pause()
    this.wake()
  }

  private put({ buffer, offset, end }: Packet): boolean {
    const { into, width } = this
    into.room(end - offset)
    const { bytes } = into
    let [at, to, kinds] = [offset, into.at, 0]
    for (let column = 0; column < width; column++) {
      if (column > 0) bytes[to++] = between
      const from = to
      const first = buffer[at]!
      if (first === nullMark) {
        bytes[to++] = nothing
        at++
      } else {
        const length = lengthAt(buffer, at)
        at += lengthSize(first)
        // a text that is the mark of null
        if (length === 1 && buffer[at] === nothing) kinds |= unsendable
        for (const last = at + length; at < last; at++) {
          const byte = buffer[at]!
          kinds |= kindOf[byte]!
          bytes[to++] = byte
        }
      }
      into.column(column, from, to)
    }
    return into.end(to, kinds)
  }

  private byColumns({ buffer, offset }: Packet): void {
    const values: (Buffer | null)[] = []
    for (let at = offset; values.length < this.width; ) {
      const from = at + lengthSize(buffer[at]!)
      const isNull = buffer[at] === nullMark
      at = isNull ? from : from + lengthAt(buffer, at)
      values.push(isNull ? null : buffer.subarray(from, at))
    }
    this.into.row(
      values.map((v) => v?.toString() ?? null),
      (i) => (isUtf8(values[i]!) ? undefined : values[i]!),
    )
  }
}

const lengthSize = (first: number): number => (first < twoBytes ? 1 : first === twoBytes ? 3 : first === threeBytes ? 4 : 9)

function lengthAt(bytes: Buffer, at: number): number {
  const first = bytes[at]!
  if (first < twoBytes) return first
  return first === twoBytes
    ? bytes.readUInt16LE(at + 1)
    : first === threeBytes
      ? bytes.readUIntLE(at + 1, 3)
      : Number(bytes.readBigUInt64LE(at + 1))
}
