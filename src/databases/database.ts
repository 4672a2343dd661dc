// A live database, as the runner sees it. Nothing above this folder opens a connection.
import type { Readable } from 'node:stream'
import type { LiveSchema } from '../schema/schema.ts'
import type { BackupEngine } from './backup.ts'
import type { Source } from './source.ts'
import type { Elsewhere } from './workshop/workshop.ts'

/** Rows as text, as the server wrote them. Nothing is decoded: what is decoded is soon changed. */
export type Row = Record<string, string | null>
export interface Result {
  readonly rows: Row[]
  /** Rows that the statement touched. */
  readonly count: number
}

export interface Session {
  /** One statement. `values` are bound as text; the server reads them by the type it wants. */
  query(sql: string, values?: readonly (string | number | boolean | null)[]): Promise<Result>
  /** Rows in, as text COPY: `sql` is the whole COPY … FROM STDIN. A block of bytes is not looked at any more when the next is asked for. */
  copyIn(sql: string, lines: AsyncIterable<string | Buffer> | Iterable<string | Buffer>): Promise<number>
  /** Rows out, as text COPY, in blocks of whole lines. */
  copyOut(sql: string): AsyncIterable<string>
  /** The bytes of a COPY … TO STDOUT, unread, and when they have ended how many rows they were. The session is taken until `take` is done with them. */
  bytesOut<T>(sql: string, take: (bytes: Readable & { readonly rowCount: number }) => Promise<T>): Promise<T>
  /** The bytes of a COPY, as they are, into COPY … FROM STDIN. Gives how many rows they were. */
  bytesIn(sql: string, bytes: Readable): Promise<number>
  /** COPY … TO STDOUT as the server's own messages, whole and unread. The session is taken until `take` is done with them. */
  messagesOut<T>(sql: string, take: (messages: AsyncIterable<readonly Buffer[]>) => Promise<T>): Promise<T>
  /** Such messages into COPY … FROM STDIN. Gives how many rows they were. */
  messagesIn(sql: string, messages: AsyncIterable<readonly Buffer[]>): Promise<number>
  /** Work in one transaction. What throws rolls back. */
  transaction<T>(work: (session: Session) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** The server's process for this session. */
  readonly pid: number
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read'
  readonly readOnly?: boolean
}

export interface Database {
  /** For people: `app@host:5432/name`. Never a password. */
  readonly name: string
  /** A session of its own, pinned (time zone, date style, search path …), given back at the end. */
  session<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** A session that stays until it is closed. */
  open(): Promise<Session & { close(): Promise<void>; readonly closed: boolean }>
  schema(only?: readonly string[]): Promise<LiveSchema>
  /** Where there are sources: the schema without theirs. */
  ownSchema?(): Promise<LiveSchema>
  /** Other databases that may be read, by the names that tables give them. */
  readonly sources?: ReadonlyMap<string, Source>
  /** Where the rows are worked on in another place than the one they are in. */
  readonly elsewhere?: Elsewhere
  /** How it is backed up. */
  readonly backup?: BackupEngine
  close(): Promise<void>
}

/** What a failed statement says, whatever the driver. */
export interface DatabaseFailure extends Error {
  /** SQLSTATE, or '08006' where the connection broke without one. */
  readonly sqlstate: string
  readonly detail?: string
  readonly constraint?: string
  readonly column?: string
  readonly table?: string
  readonly schema?: string
  /** A COMMIT was sent and its answer never came: ask what became of the transaction before anything is repeated. */
  readonly outcomeUnknown?: boolean
  /** The transaction's number, where it wrote anything. */
  readonly xid?: string
}
