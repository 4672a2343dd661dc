// One COPY … TO STDOUT as the messages that the server writes, for a COPY … FROM STDIN elsewhere: told apart by their lengths, and not looked into.
import type { Socket } from 'node:net'
import type pg from 'pg'
import { Gathered } from '../gathered.ts'

/** The driver's types leave these out. */
interface Wire {
  readonly stream: Socket
  query(sql: string): void
}

const copyData = 0x64
/** The answer to the COPY, and what a server may say at any time: a notice, a setting, a notification. */
const between = new Set([0x48, 0x4e, 0x53, 0x41])
/** The kind of a message and its length. */
const header = 5

export class CopyOut {
  private readonly sql: string
  private readonly over = Promise.withResolvers<void>()
  private wire: Wire | undefined
  /** What the driver does with all that comes. */
  private usual: (bytes: Buffer) => void = () => {}
  /** `whole` of it are messages to pass on, up to `at`; behind them one may have begun. */
  private readonly gathered = new Gathered()
  private whole: Buffer[] = []
  private at = 0
  private done = false
  private wake: () => void = () => {}

  constructor(client: pg.Client, sql: string) {
    this.sql = sql
    // who reads on learns of it
    this.over.promise.catch(() => {})
    client.query(this)
  }

  /** The server has said all, or is gone. */
  get ended(): Promise<void> {
    return this.over.promise
  }

  /** Whole messages, as many as have come. They are not kept when the next are asked for. */
  async *messages(): AsyncGenerator<readonly Buffer[]> {
    for (let last = false; !last; ) {
      await this.more()
      last = this.done
      if (this.whole.length) yield this.whole
      this.clear()
      this.wire?.stream.resume()
    }
    await this.ended
  }

  private clear(): void {
    this.whole = []
    this.gathered.drop(this.at)
    this.at = 0
  }

  private async more(): Promise<void> {
    if (this.done || this.whole.length) return
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
  }

  private readonly take = (chunk: Buffer): void => {
    this.gathered.add(chunk)
    const rest = this.split()
    if (rest) this.leave(rest)
    if (this.whole.length === 0) return
    // nothing more is taken until this has been passed on
    this.wire!.stream.pause()
    this.wake()
  }

  /** Gives what is the driver's. */
  private split(): Buffer | undefined {
    const { bytes, length } = this.gathered
    let from = this.at
    while (this.at + header <= length) {
      const kind = bytes[this.at]!
      const isOurs = kind === copyData || between.has(kind)
      const end = this.at + 1 + bytes.readUInt32BE(this.at + 1)
      if (!isOurs || end > length) {
        this.pass(from)
        return isOurs ? undefined : bytes.subarray(this.at, length)
      }
      if (kind !== copyData) {
        this.pass(from)
        from = end
      }
      this.at = end
    }
    this.pass(from)
    return undefined
  }

  private pass(from: number): void {
    if (this.at > from) this.whole.push(this.gathered.bytes.subarray(from, this.at))
  }

  /** What follows the rows, or an error instead of them. */
  private leave(rest: Buffer): void {
    const { stream } = this.wire!
    stream.on('data', this.usual)
    stream.off('data', this.take)
    // the driver keeps what it gets, and the bytes are ours
    this.usual(Buffer.from(rest))
  }

  private end(): void {
    this.done = true
    this.wake()
  }

  // ── what the driver calls ──────────────────────────────────────────────────────────────────

  submit(connection: unknown): void {
    this.wire = connection as Wire
    const { stream } = this.wire
    this.usual = stream.listeners('data')[0] as (bytes: Buffer) => void
    stream.on('data', this.take)
    stream.off('data', this.usual)
    this.wire.query(this.sql)
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.over.resolve()
    this.end()
  }
  handleError(problem: Error): void {
    this.over.reject(problem)
    this.end()
  }
}
