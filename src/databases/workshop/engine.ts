// A target that is not Postgres, as the workshop needs it. To write one for another engine:
// 1. a folder `target/` in the engine's own, with a class that implements TargetEngine;
// 2. `tables`: what there is, each column with the type that it has in the workshop; a type must follow from the declaration, never from the data;
// 3. `rows`: the rows of a table in canonical text, which is what Postgres writes for that type; a value that does not fit is an error that names its row;
// 4. `read`: all of that out of one snapshot;
// 5. `deliver`: a delta in one transaction, or not at all; fenced, compared with what was there before, and read back;
// 6. `change`: statements of the user's own, in the engine's words, with rows counted around them;
// 7. an entry in `config/address.ts`, and one in `open.ts`; `test/targets` says when it is done.
import type { ForeignKeyAction, Trigger } from '../../schema/schema.ts'
import type { SqlType } from '../../schema/type.ts'
import type { BackupEngine } from '../backup.ts'
import type { Row } from '../database.ts'
import type { Finding } from '../postgres/finding.ts'

/** A row as texts, in the order of the columns that were asked for. */
export type Texts = readonly (string | null)[]

export interface TargetColumn {
  readonly name: string
  readonly type: SqlType
  readonly nullable: boolean
  /** The type as it is written there. */
  readonly declared: string
  /** As SQL of Postgres. */
  readonly default?: string
  /** As it is written there, where Postgres could not have it. */
  readonly ownDefault?: string
  /** Computed there: brought, and never delivered. */
  readonly generated?: string
  /** The engine draws numbers for it. */
  readonly numbered?: true
}

export interface TargetUnique {
  readonly name: string
  /** Each a column, or SQL over columns. */
  readonly parts: readonly ({ readonly column: string } | { readonly sql: string })[]
  readonly where?: string
}

export interface TargetForeignKey {
  readonly columns: readonly string[]
  /** The id of a table. */
  readonly to: string
  readonly toColumns: readonly string[]
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
}

export interface TargetTable {
  /** `main.tasks` */
  readonly id: string
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly columns: readonly TargetColumn[]
  readonly key: readonly string[]
  readonly uniques: readonly TargetUnique[]
  readonly foreignKeys: readonly TargetForeignKey[]
  /** Conditions as they are written there: held in the workshop as well where Postgres reads them, and by the target in any case. */
  readonly checks: readonly string[]
  readonly triggers: readonly Trigger[]
  /** Why it can have no part in a migration. */
  readonly unfit?: string
}

/** A table of the ledger, kept there as texts under the name `godwit_NAME`. */
export interface LedgerTable {
  readonly name: string
  readonly columns: readonly string[]
  /** Without, it is there and empty whenever the workshop is filled: what stands in it is made anew by whoever needs it. */
  readonly keeps: boolean
  /** What makes it again in Postgres. */
  readonly sql: readonly string[]
}

/** What one looks at in a single snapshot. */
export interface Snapshot {
  readonly tables: readonly TargetTable[]
  /** How many deliveries there have been: another number means that somebody has delivered since. */
  readonly deliveries: string
  readonly ledger: readonly LedgerTable[]
  rows(table: TargetTable): Iterable<Texts> | AsyncIterable<Texts>
  ledgerRows(table: LedgerTable): Iterable<Texts> | AsyncIterable<Texts>
  /** The number that would be drawn next. */
  next(table: TargetTable): Promise<string>
}

export interface Change {
  readonly before: Texts
  readonly after: Texts
}

/** What became of the rows of one table. Read as often as one likes: it does not change. */
export interface Delta {
  readonly table: TargetTable
  /** The columns of all rows here: those that are not computed. */
  readonly columns: readonly TargetColumn[]
  readonly counts: { readonly removed: number; readonly changed: number; readonly added: number }
  removed(): AsyncIterable<Texts>
  changed(): AsyncIterable<Change>
  added(): AsyncIterable<Texts>
  /** The number to be drawn next, where that has moved. */
  readonly next?: { readonly before: string; readonly after: string }
}

/** Each row is known by a digest of its key. */
export interface LedgerDelta {
  readonly table: LedgerTable
  /** It stood there before. */
  readonly known: boolean
  removed(): AsyncIterable<string>
  /** The digest, and then the columns: new ones and changed ones alike. */
  put(): AsyncIterable<Texts>
}

export interface Delivery {
  /** What the workshop was brought from. */
  readonly deliveries: string
  readonly tables: readonly TargetTable[]
  /** Parents before those that point at them. */
  readonly deltas: readonly Delta[]
  readonly ledger: readonly LedgerDelta[]
  readonly ledgerGone: readonly string[]
}

export interface ChangeManner {
  /** For so long a lock is waited for: whoever comes after waits as long. */
  readonly lockWaitMs: number
}

/** The engine has another way, and not this one: nothing was done. */
export class NotThisWay extends Error {
  override readonly name = 'NotThisWay'
}

/** Somebody has the table: asked for again a little later. */
export class LockNotHad extends Error {
  override readonly name = 'LockNotHad'
  readonly sqlstate = '55P03'
}

export interface TargetEngine {
  /** For people. Never a password. */
  readonly name: string
  /** How the engine is called: `SQLite`. */
  readonly kind: string
  readonly backup?: BackupEngine
  read<T>(body: (snapshot: Snapshot) => Promise<T>): Promise<T>
  /** Whether a column may be brought as another type than its own, because the migration says that it is one. Text always may. */
  carries(column: TargetColumn, type: SqlType): boolean
  /** For `godwit doctor`. */
  examine(): Promise<Finding[]>
  /** All tables and views, as they are now. */
  tables(): Promise<readonly TargetTable[]>
  /** A question of a step: rows as text. After so many milliseconds it is given up, where the engine can be told to. */
  look(sql: string, patienceMs?: number): Promise<readonly Row[]>
  /** Nothing that anybody has committed since the last `read` or `deliver` has gone unseen. */
  unchanged(): boolean
  /** In one transaction. Throws Moved where somebody has changed what is to be changed. */
  deliver(delivery: Delivery): Promise<void>
  /** Statements in the engine's own words, with the ledger of the delivery. */
  change(statements: readonly string[], delivery: Delivery, manner?: ChangeManner): Promise<void>
  close(): Promise<void>
}

/** Somebody has changed a row that a delivery would change, or taken a key that it would take: all is brought anew and done again. */
export class Moved extends Error {
  readonly table: string
  readonly row: string
  readonly what: string
  constructor(table: string, row: string, what: string) {
    super(`${table} ${row} ${what}`)
    this.name = 'Moved'
    this.table = table
    this.row = row
    this.what = what
  }
}

/** `tasks (id) = (7)`: how a row is named in messages. */
export const rowName = (key: readonly string[], values: Texts): string =>
  key.length ? `(${key.join(', ')}) = (${values.map((v) => v ?? 'null').join(', ')})` : 'a row without a key'
