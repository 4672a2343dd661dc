// What a database can do for a backup: take one at a moment of its own, and bring it back somewhere. To write one for another engine:
// 1. a folder `backup/` beside the engine's own files, with what implements BackupEngine; the database that is opened offers it as `backup`;
// 2. `take`: rows and whatever makes their tables again, out of one snapshot, with a digest of each table's rows at that very snapshot;
// 3. what is not written is listed under `left`, by name and with the reason: never silence;
// 4. `scratch`: a place that is gone afterwards, where a backup is brought back before anybody may rely on it;
// 5. `test/backup` says when it is done.
import type { Readable } from 'node:stream'

/** Which tables; left out, all of the database. */
export interface Scope {
  readonly tables?: readonly string[] | undefined
}

export interface BackedServer {
  /** `postgres` */
  readonly engine: string
  readonly version: string
  readonly database: string
  /** What no other server has; null where it cannot be asked. */
  readonly identity: string | null
}

export interface KeptTable {
  /** `public.customer` */
  readonly id: string
  readonly rows: number
  /** Of all its rows in canonical order: two tables with the same one hold the same. */
  readonly digest: string
  /** Where its rows are. */
  readonly file: string
}

/** What a backup does not hold, or could not do. */
export interface Left {
  readonly what: string
  readonly why: string
}

export interface Taken {
  readonly server: BackedServer
  readonly moment: {
    /** By the clock of the server. */
    readonly at: string
    /** In its log: an LSN, a GTID, a file and a place in it. */
    readonly position: string | null
    readonly snapshot: string | null
  }
  readonly tables: readonly KeptTable[]
  readonly left: readonly Left[]
}

/** One file of a backup. */
export interface KeptFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** Where an engine puts what it takes. Files appear whole, or not at all. */
export interface Sink {
  /** Packed on the way; `content` is what came in. */
  write(
    name: string,
    bytes: Readable,
  ): Promise<{ readonly file: KeptFile; readonly content: { readonly bytes: number; readonly sha256: string } }>
  /** A file that something else has made under this path. */
  made(name: string, make: (path: string) => Promise<void>): Promise<KeptFile>
  /** A folder that something else fills. */
  gathered(name: string, make: (path: string) => Promise<void>): Promise<void>
  tell(what: string): void
  readonly signal: AbortSignal
}

/** A backup as one reads it. What is read is held against its SHA-256 on the way. */
export interface Kept extends Taken {
  readonly scope: Scope
  open(name: string): Readable
  path(name: string): string
}

export interface Restoring {
  /** Only these tables; left out, all. */
  readonly tables?: readonly string[] | undefined
  /** What names the backup: a restore that was broken off goes on only with the same one. */
  readonly sha256: string
  tell(what: string): void
  readonly signal: AbortSignal
}

export interface Restored {
  readonly tables: number
  readonly rows: number
  /** What was there already, and was left as it is. */
  readonly there: readonly string[]
  readonly left: readonly Left[]
}

/** What one finds before anything is brought back. */
export interface Survey {
  /** It is not there yet, and would be made. */
  readonly makes: boolean
  /** Tables that are there and have no rows. */
  readonly empty: readonly string[]
  /** Tables that have rows: these are never written over. */
  readonly full: readonly string[]
  /** A restore of the same backup that was broken off. */
  readonly resumes: boolean
}

export const exportForms = ['csv', 'ndjson', 'parquet'] as const
export type ExportForm = (typeof exportForms)[number]

/** A database that a backup is brought back to. */
export interface Place {
  readonly name: string
  survey(kept: Kept, restoring: Pick<Restoring, 'tables' | 'sha256'>): Promise<Survey>
  restore(kept: Kept, restoring: Restoring): Promise<Restored>
  /** The first thing that is not as the snapshot had it; nothing where all is. `loose`: what could not be set is not held against it. */
  difference(kept: Kept, restoring: Pick<Restoring, 'tables' | 'signal'>, restored: Restored): Promise<string | undefined>
  /** The rows of a table that was brought back, in another form. */
  exported?(table: string, as: ExportForm, path: string): Promise<void>
  /** For other programs; the database is made where it is not there yet. */
  reach?(kept: Kept): Promise<Readonly<Record<string, string>>>
  close(): Promise<void>
}

export interface BackupEngine {
  /** Its rows can be written in other forms, out of a place that they were brought back to. */
  readonly exports?: true
  server(): Promise<BackedServer>
  /** What the tables take there, by its own count: for the room that is asked for before. */
  weigh(scope: Scope): Promise<{ readonly tables: number; readonly bytes: number }>
  take(scope: Scope, into: Sink): Promise<Taken>
  /** `on`: a server of the same kind where one may be made; left out, the database's own. */
  scratch<T>(work: (place: Place) => Promise<T>, on?: string): Promise<T>
  /** `into`: a database by its name beside this one, by its address, or as a file. */
  place(into: string): Promise<Place>
  /** What another program needs to reach this database, as the variables that it reads. */
  reach?(): Readonly<Record<string, string>>
  /** A backup that `others` make of the moment that they are told, in this file or folder: what the rows are then is noted. */
  witness?(scope: Scope, into: Sink, others: (snapshot: string) => Promise<void>, file: string): Promise<Taken>
}
