// One connection to one server process, pinned before its first statement.
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type pg from 'pg'
import { roleRefused } from '../../errors/database.ts'
import type { Result, Row, Session, TransactionOptions } from '../database.ts'
import { type Connected, type ConnectOptions, connect, raw } from './connect.ts'
import { bytesFrom, bytesInto, copyFrom, copyInto, type Lines, messagesInto, notUnicode } from './copy.ts'
import { CopyOut } from './copy-out.ts'
import { connectionBroken, endsSession, failureFrom, outcomeUnknown, PostgresFailure } from './failure.ts'
import { textArray } from './names.ts'
import { applySettings, type Limits, pinned, upkeep, whereSupported } from './settings.ts'
import { awaiting, cancel, type Watched, watchOver } from './watch.ts'

export interface SessionOptions extends ConnectOptions, Limits {
  readonly runAs?: string | undefined
  /** The server refuses every statement that would write. */
  readonly readOnly?: boolean | undefined
  /** Milliseconds without an answer, after which the server is asked whether it is still at it. */
  readonly queryTimeout?: number | undefined
}

type Value = string | number | boolean | null

const defaultPatience = 30_000

export async function openSession(options: SessionOptions): Promise<PostgresSession> {
  const session = new PostgresSession(await connect(options), options)
  try {
    await session.pin()
    return session
  } catch (problem) {
    await session.close()
    throw problem
  }
}

export class PostgresSession implements Session {
  pid = 0
  serverVersion = 0
  /** The transaction under way. */
  private under: TransactionOptions | undefined
  private savepoints = 0
  private broken = false
  private ended = false
  private copying = false
  private turn: Promise<unknown> = Promise.resolve()
  private readonly connected: Connected
  private readonly options: SessionOptions

  constructor(connected: Connected, options: SessionOptions) {
    this.connected = connected
    this.options = options
    connected.client.on('error', () => {
      this.broken = true
    })
    connected.client.on('end', () => {
      this.broken = true
    })
  }

  get closed(): boolean {
    return this.ended || this.broken
  }

  /** Settings, role, and what is to be known of the server. Again after DISCARD ALL. */
  async pin(): Promise<void> {
    const settings = { ...pinned, ...upkeep(this.options), ...(this.options.readOnly && { default_transaction_read_only: 'on' }) }
    await this.query(applySettings, [textArray(Object.keys(settings)), textArray(Object.values(settings))])
    const { rows } = await this.query(`select pg_backend_pid() as pid, current_setting('server_version_num') as version`)
    this.pid = Number(rows[0]!.pid)
    this.serverVersion = Number(rows[0]!.version)
    for (const [name, value] of Object.entries(whereSupported)) await this.setIfPossible(name, value)
    if (this.options.runAs !== undefined) await this.takeRole(this.options.runAs)
  }

  private async setIfPossible(name: string, value: string): Promise<void> {
    await this.query('select set_config($1, $2, false)', [name, value]).catch((problem: unknown) => {
      if (this.closed) throw problem
    })
  }

  private async takeRole(role: string): Promise<void> {
    try {
      await this.query(`select set_config('role', $1, false)`, [role])
    } catch (problem) {
      if (this.closed || !(problem instanceof PostgresFailure)) throw problem
      throw roleRefused({ database: this.connected.shown, role, said: problem.message, cause: problem })
    }
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Result> {
    const answer = await this.inTurn(() => this.ask(sql, values))
    return { rows: answer.rows, count: answer.rowCount ?? 0 }
  }

  private async ask(text: string, values: readonly Value[]): Promise<pg.QueryResult<Row>> {
    // the driver would write U+FFFD in its place, and the value were another one
    if (!text.isWellFormed() || values.some((v) => typeof v === 'string' && !v.isWellFormed())) throw notUnicode()
    // extended also without values: the server then refuses a second statement in the same text
    const statement = { text, values: [...values], types: raw, queryMode: 'extended' }
    return this.answered(() => this.connected.client.query<Row>(statement))
  }

  async copyIn(sql: string, lines: Lines): Promise<number> {
    return this.inTurn(() => this.answered(() => copyInto(this.connected.client, sql, lines)))
  }

  async bytesIn(sql: string, bytes: Readable): Promise<number> {
    return this.inTurn(() => this.answered(() => bytesInto(this.connected.client, sql, bytes)))
  }

  async messagesIn(sql: string, messages: AsyncIterable<readonly Buffer[]>): Promise<number> {
    return this.inTurn(() => this.answered(() => messagesInto(this.connected.client, sql, messages)))
  }

  async bytesOut<T>(sql: string, take: (bytes: Readable & { readonly rowCount: number }) => Promise<T>): Promise<T> {
    return this.inTurn(() => {
      const bytes = bytesFrom(this.connected.client, sql)
      return this.passedOn(
        () => take(bytes),
        (heard) => bytes.once('end', heard),
      )
    })
  }

  async messagesOut<T>(sql: string, take: (messages: AsyncIterable<readonly Buffer[]>) => Promise<T>): Promise<T> {
    return this.inTurn(() => {
      const copy = new CopyOut(this.connected.client, sql)
      return this.passedOn(
        () => take(copy.messages()),
        (heard) => copy.ended.then(heard, heard),
      )
    })
  }

  /** `whenHeard` calls back when all has come: from then on it is not this server that is waited for. */
  private async passedOn<T>(take: () => Promise<T>, whenHeard: (heard: () => void) => unknown): Promise<T> {
    const endWatch = watchOver(this.watched)
    whenHeard(endWatch)
    try {
      return await take()
    } catch (problem) {
      // what is still under way belongs to nobody
      this.cutOff()
      throw this.failure(problem)
    } finally {
      endWatch()
    }
  }

  async *copyOut(sql: string): AsyncIterable<string> {
    const before = this.turn
    const mine = Promise.withResolvers<void>()
    this.refuseWhileCopying()
    this.copying = true
    this.turn = mine.promise
    await before
    const endWatch = watchOver(this.watched)
    try {
      this.refuseIfClosed()
      yield* copyFrom(this.connected.client, sql, () => this.stopCopy())
    } catch (problem) {
      throw this.failure(problem)
    } finally {
      endWatch()
      this.copying = false
      mine.resolve()
    }
  }

  private async stopCopy(): Promise<void> {
    await cancel(this.watched).catch(() => this.cutOff())
  }

  async transaction<T>(work: (session: Session) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.under) return this.inSavepoint(work, options)
    await this.query(beginning(options))
    this.under = options
    let result: T
    let xid: string | undefined
    try {
      result = await work(this)
      // asked while there is somebody to answer: with it one can learn what became of a COMMIT whose answer is lost
      if (!options.readOnly) xid = (await this.query('select pg_current_xact_id_if_assigned()::text as xid')).rows[0]?.['xid'] ?? undefined
    } catch (problem) {
      await this.rollBack()
      throw problem
    }
    await this.commit(xid)
    return result
  }

  private async commit(xid: string | undefined): Promise<void> {
    this.under = undefined
    let did: string
    try {
      did = (await this.inTurn(() => this.ask('commit', []))).command
    } catch (problem) {
      throw problem instanceof PostgresFailure && this.closed ? outcomeUnknown(problem, xid) : problem
    }
    if (did === 'COMMIT') return
    throw new PostgresFailure({
      message: 'The transaction was rolled back instead of committed: a statement in it had failed, and its error was not passed on',
      sqlstate: '25P02',
    })
  }

  private async rollBack(): Promise<void> {
    this.under = undefined
    if (this.closed) return
    // the first problem is the one to tell; a connection that cannot roll back is given up, which rolls back as well
    await this.query('rollback').catch(() => this.cutOff())
  }

  private async inSavepoint<T>(work: (session: Session) => Promise<T>, wanted: TransactionOptions): Promise<T> {
    this.refuseWeaker(wanted)
    const name = `godwit_${++this.savepoints}`
    await this.query(`savepoint ${name}`)
    let result: T
    try {
      result = await work(this)
    } catch (problem) {
      if (!this.closed) await this.backTo(name)
      throw problem
    }
    await this.query(`release savepoint ${name}`)
    return result
  }

  private async backTo(savepoint: string): Promise<void> {
    await this.query(`rollback to savepoint ${savepoint}`)
    await this.query(`release savepoint ${savepoint}`)
  }

  private refuseWeaker(wanted: TransactionOptions): void {
    const has = this.under ?? {}
    const moves = wanted.isolation === 'repeatable read' && has.isolation !== 'repeatable read'
    if (moves || (wanted.readOnly && !has.readOnly)) {
      throw new TypeError('The transaction under way in this session promises less than the one asked for inside it.')
    }
  }

  /** Whether the server is still there. A statement that was sent and not answered may have been done, so it is this one that is risked. */
  answers(): Promise<boolean> {
    return this.query('select').then(
      () => true,
      () => false,
    )
  }

  /** As good as new, for whoever gets it next. */
  async reset(): Promise<void> {
    await this.query('discard all')
    await this.pin()
  }

  async close(): Promise<void> {
    if (this.ended) return
    this.ended = true
    if (this.broken || this.copying) this.cutOff()
    else await this.connected.client.end().catch(() => {})
  }

  /** One statement at a time, in the order in which they were asked for. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.refuseWhileCopying()
    const mine = this.turn.then(() => {
      this.refuseIfClosed()
      return work()
    })
    this.turn = mine.catch(() => {})
    return mine
  }

  private refuseWhileCopying(): void {
    if (this.copying) throw new TypeError('This session is busy with COPY OUT: read it to its end first, or use another session.')
  }

  private refuseIfClosed(): void {
    if (this.closed) throw new PostgresFailure({ message: 'The connection is closed', sqlstate: connectionBroken })
  }

  private async answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await awaiting(this.watched, ask)
    } catch (problem) {
      throw this.failure(problem)
    }
  }

  private get watched(): Watched {
    return {
      patience: this.options.queryTimeout ?? defaultPatience,
      pid: this.pid,
      connect: (timeout) => this.connected.again(timeout),
      received: () => this.socket.bytesRead,
      unread: () => this.socket.readableLength > 0,
      giveUp: () => this.cutOff(),
    }
  }

  private failure(problem: unknown): unknown {
    const failure = failureFrom(problem, this.broken)
    // what the server ends may take a while to arrive as the end of the connection
    if (failure instanceof PostgresFailure && endsSession(failure.sqlstate)) this.cutOff()
    return failure
  }

  private cutOff(): void {
    this.broken = true
    this.socket.destroy()
  }

  /** The driver's types leave it out. */
  private get socket(): Socket {
    return (this.connected.client as unknown as { connection: { stream: Socket } }).connection.stream
  }
}

const beginning = ({ isolation, readOnly }: TransactionOptions): string =>
  `begin isolation level ${isolation ?? 'read committed'}${readOnly ? ' read only' : ''}`
