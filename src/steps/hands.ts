// What the runner lends to a step that does more than SQL. A step opens nothing itself: no connection, no process, no file of the project.

import type { Answer } from '../events/event.ts'
import type { Given } from './approval.ts'
import type { Step } from './step.ts'

/** What JSON can say. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

export interface Hands {
  /** `r4` */
  readonly run: string
  readonly migration: string
  readonly environment: string | undefined
  /** The plan's id: what is approved or measured is bound to it. */
  readonly plan: string
  /** `cutover.2` */
  readonly step: string
  /** The way by which the plan has this step go, if there are several. */
  readonly way: string | undefined
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  readonly signal: AbortSignal
  /** Where the project is: paths in a migration are relative to it. */
  readonly root: string
  /** Where the project keeps what Godwit makes for itself. */
  readonly folder: string
  readonly target: TargetHands
  /** Where an engine can only copy a table while writers wait: rows that it may have at most. */
  readonly copyUpTo?: number
  readonly schema: SchemaHands
  /** What this step keeps of itself in the ledger; it outlives the process. */
  readonly memory: Memory
  /** What people have said. */
  readonly approvals: ApprovalHands
  /** Who has called for this process. */
  readonly by: string
  /** When the cutover began, by the clock; nothing before it has. */
  cutOverAt(): Promise<number | undefined>
  /** What it sees time and again, for whoever wants to know how it went. */
  readonly history: History
  /** Files of the project. */
  readonly files: FileHands
  /** Rows as text, of a source by its name, in its own words. */
  source(name: string): { ask(sql: string): Promise<readonly Row[]> }
  /** Whether this run has written any rows yet. */
  hasWritten(): Promise<boolean>
  /** The audit of the data, made now. */
  assess(): Promise<AssessedData>
  /** A check, answered by the data as they are now. */
  check(step: Step): Promise<Answer>
  readonly backups: BackupHands
  command(what: Command): Promise<CommandSaid>
  request(what: Request): Promise<Reply>
  /** Of the environment. Its value appears in no output from then on. */
  secret(name: string): string | undefined
  /** What it waits for or is at, for whoever looks on. */
  tell(what: string): void
}

export type Row = Readonly<Record<string, string | null>>

export interface TargetHands {
  /** `postgres`, `sqlite`, `mariadb`: for what cannot be said in the same words everywhere. */
  readonly engine: string
  /** Rows as text, of the target as it is now, in its own words. */
  ask(sql: string): Promise<readonly Row[]>
  /** Statements in one transaction that is refused if another runner has taken over; in the target's own words. */
  change(statements: readonly string[]): Promise<void>
  /** Asked only to see how long it takes. */
  timed(sql: string): Promise<{ readonly ms: number; readonly rows: number }>
}

/** Changes of the schema beside an application that goes on: nobody waits for one longer than the budget for locks. */
export interface SchemaHands {
  /** In one transaction, which the run knows as its own change. A lock that cannot be had soon is asked for again later. */
  reshape(statements: readonly string[]): Promise<void>
  /** As `reshape`, where all that takes long is a look at rows, beside everybody: it may take as long as it takes. */
  validate(statements: readonly string[]): Promise<void>
  /** Statements that may not stand in a transaction, one after the other, for as long as they take; all of them again where the last was broken off. */
  alone(statements: readonly string[]): Promise<void>
  /** Statements of an engine that is not Postgres, with a lock that is asked for briefly and again; false where it does not go this way. */
  gently(statements: readonly string[]): Promise<boolean>
  /** Rows as text, of a question that may have to look at all rows: it may take as long as it takes. */
  ask(question: string): Promise<readonly Row[]>
  /** What a question finds after statements that are taken back at once. */
  trial(statements: readonly string[], question: string): Promise<readonly Row[]>
  /** Rows of a table changed where they stand, a few in each transaction. Gives how many were. */
  sweep(what: Sweep): Promise<number>
}
export interface Sweep {
  /** `schema.name` */
  readonly table: string
  /** `a = b + 1, c = now()` */
  readonly set: string
  /** Of which rows it has not been done yet. */
  readonly where: string
}

export interface AssessedData {
  /** `ready`, `ready with warnings`, `not ready`, `nothing to migrate`. */
  readonly outcome: string
  readonly says: readonly string[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  /** The whole of it, values by their shape only. */
  readonly kept: Plain
}

/** Lines that are added, and never changed. */
export interface History {
  read(): Promise<readonly Plain[]>
  add(line: Plain): Promise<void>
}

export interface FileHands {
  /** A file or a glob within the project; in the order of their names, and none where nothing is there. */
  list(pattern: string): Promise<readonly FileThere[]>
  digest(name: string): Promise<string>
  /** JSON as it is written; of NDJSON, CSV and Parquet the rows. */
  read(name: string): Promise<{ readonly text: string } | { readonly rows: readonly Row[] }>
  /** As it stands there, wherever it is; nothing where it is not there. */
  text(path: string): Promise<string | undefined>
  /** Whole or not at all; who owns it and who may read it stays as it was. */
  replace(path: string, text: string): Promise<void>
}
export interface FileThere {
  readonly name: string
  /** Another one wherever the file was written again. */
  readonly mark: string
}

export interface ApprovalHands {
  /** Answers to a question, by its own id. */
  given(request: string): Promise<readonly Given[]>
  /** Who began the run; nobody where that was not noted. */
  beganBy(): Promise<readonly string[]>
}

export interface Memory {
  read(): Promise<Plain | undefined>
  write(what: Plain): Promise<void>
  /** What another step of this run keeps, by its kind and title. */
  of(kind: string, title: string): Promise<Plain | undefined>
}

export interface Command {
  /** The program and its arguments: no shell reads them. */
  readonly run: readonly [string, ...string[]]
  readonly cwd?: string
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly timeoutMs: number
}
export interface CommandSaid {
  /** Null where it was ended by a signal or by its time budget. */
  readonly exit: number | null
  readonly out: string
  readonly err: string
  readonly ms: number
  readonly timedOut: boolean
}

export interface Request {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
}
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly ms: number
}

export interface BackupHands {
  /** Done when it was restored and compared. What this step has taken before is gone on with. */
  take(what: 'plan' | 'database' | { readonly tables: readonly string[] }): Promise<BackedUp>
  takeBy(programs: Programs): Promise<BackedUp>
}

/** Each a program and its arguments: no shell reads them. */
export interface Programs {
  readonly dump: readonly [string, ...string[]]
  readonly restore: readonly [string, ...string[]]
  readonly timeoutMs?: number
}

export interface BackedUp {
  readonly id: string
  /** Of its manifest. */
  readonly sha256: string
  readonly tables: number
  readonly rows: number
  readonly bytes: number
  /** What it does not hold, and why. */
  readonly left: readonly string[]
}
