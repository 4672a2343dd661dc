// One COPY … FROM STDIN on the wire. What is given is sent as it is, and is not held longer than until it has been sent.
import type { Socket } from 'node:net'
import type pg from 'pg'

/** The driver's types leave these out. */
interface Wire {
  readonly stream: Socket
  query(sql: string): void
  sendCopyFail(why: string): void
}

const copyData = 0x64
const copyDone = Buffer.from([0x63, 0, 0, 0, 4])

export class CopyIn {
  private readonly sql: string
  private readonly begun = Promise.withResolvers<Wire>()
  private readonly ended = Promise.withResolvers<number>()
  private rows = 0
  /** The server has refused the rows, or is gone. */
  refused = false

  constructor(client: pg.Client, sql: string) {
    this.sql = sql
    // who writes or ends learns of it; until then a refusal must not count as unhandled
    this.begun.promise.catch(() => {})
    this.ended.promise.catch(() => {})
    client.query(this)
  }

  /** Rows of any number, whole. */
  write(rows: Buffer): Promise<void> {
    const head = Buffer.allocUnsafe(5)
    head[0] = copyData
    head.writeUInt32BE(rows.length + 4, 1)
    return this.send([head, rows])
  }

  /** Messages as another server wrote them, whole. When this is over they have left, and their buffers are free. */
  async send(messages: readonly Buffer[]): Promise<void> {
    const { stream } = await this.begun.promise
    const sent = new Promise<void>((resolve) => {
      stream.cork()
      for (const [i, message] of messages.entries()) stream.write(message, i === messages.length - 1 ? () => resolve() : undefined)
      stream.uncork()
    })
    await Promise.race([sent, this.ended.promise])
  }

  /** Gives how many rows the server took. */
  async end(): Promise<number> {
    const { stream } = await this.begun.promise
    if (!this.refused) stream.write(copyDone)
    return this.ended.promise
  }

  /** The server forgets what it was sent, and says so. */
  async fail(why: string): Promise<void> {
    await this.begun.promise.then((wire) => this.refused || wire.sendCopyFail(why)).catch(() => {})
    await this.ended.promise.catch(() => {})
  }

  // ── what the driver calls ──────────────────────────────────────────────────────────────────

  submit(connection: unknown): void {
    ;(connection as Wire).query(this.sql)
  }
  handleCopyInResponse(connection: Wire): void {
    this.begun.resolve(connection)
  }
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(/COPY (\d+)/.exec(text)?.[1] ?? 0)
  }
  handleReadyForQuery(): void {
    this.ended.resolve(this.rows)
  }
  handleError(problem: Error): void {
    this.refused = true
    this.begun.reject(problem)
    this.ended.reject(problem)
  }
}
