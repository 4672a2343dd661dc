// What a proof needs of a database: empty ones and copies, somebody who says SQL to them, rows for them, and what they hold.

export interface Scratch {
  readonly name: string
  readonly url: string
}

/** What a database holds, so that two can be held against each other: the catalogue by its lines, rows by digests of tables and of columns. */
export interface Contents {
  /** What is said of each thing, by its name. Where a column stands in its table is left out. */
  readonly catalogue: ReadonlyMap<string, string>
  /** Columns of each table, in their order. */
  readonly places: ReadonlyMap<string, string>
  readonly tables: ReadonlyMap<string, readonly string[]>
  /** By table: how many rows, and a digest of each of its columns. */
  readonly columns: ReadonlyMap<string, Rows>
}

export interface Rows {
  readonly rows: number
  readonly digests: ReadonlyMap<string, string>
}

/** One session on a scratch database. */
export interface Worker {
  /** What the database says to it, where it refuses. */
  refusal(sql: string): Promise<string | undefined>
  /** What one migration sets for its session is not for the next. */
  anew(): Promise<void>
  close(): Promise<void>
}

/** `full`: everything that a column takes. `mild`: values that differ, without NULLs and without the ends. */
export type Manner = 'full' | 'mild'

export interface Sampled {
  readonly tables: number
  readonly rows: number
}

export interface Engine {
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  /** For the certificate: what it is, and its version. */
  readonly server: string
  /** A database of its own: empty, or a copy of the one of that name. Nobody is at work on that. */
  fresh(template?: string): Promise<Scratch>
  open(url: string): Promise<Worker>
  contentsOf(url: string): Promise<Contents>
  /** Whole rows of each table, without some of its columns. */
  rowDigests(url: string, wanted: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, string>>
  /** Puts rows that are made up into the tables that have none. */
  sampleRows(url: string, manner: Manner): Promise<Sampled>
  /** All that it has made is gone afterwards. */
  close(): Promise<void>
}
