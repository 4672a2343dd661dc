// A pile of migrations as the stager sees it, whatever wrote it.
import type { Migration as Own } from '../migration/migration.ts'

/** One thing that a migration does: as SQL where there is SQL for it. */
export interface Operation {
  /** In the words of the file: add_column, execute, RunPython. */
  readonly kind: string
  readonly sql?: string
  readonly line: number
  /** Only where something holds that is known when it runs. */
  readonly conditional?: boolean
  /** As often as something that is known when it runs. */
  readonly repeated?: boolean
  /** Parts of the SQL that are known only when it runs. */
  readonly holes?: boolean
  /** What it does where there is no SQL: nothing to the database, rows changed by code, or nobody knows. */
  readonly effect?: 'none' | 'rows' | 'unknown'
  /** It asks the database something, or uses a connection. */
  readonly live?: boolean
}

/** A place in a file that could not be read without running it. */
export interface Unread {
  readonly file: string
  readonly line: number
  readonly why: string
  /** Whether rows or tables may be changed there. */
  readonly grave: boolean
}

export type Way = 'real' | 'empty' | 'none'

export interface Migration {
  readonly id: string
  readonly file: string
  readonly title: string
  /** Those that it says it comes after. */
  readonly parents: readonly string[]
  /** Those that must be there as well, without being before it in the chain. */
  readonly needs: readonly string[]
  readonly up: readonly Operation[]
  readonly down: readonly Operation[]
  /** Whether there is a way back: written, written and empty, or not written. */
  readonly back: Way
  readonly unread: readonly Unread[]
  /** What the file says that is not so, and what is noteworthy in it. */
  readonly notes: readonly string[]
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  /** What it says was there before it, as SQL. */
  readonly before?: readonly string[]
  /** It is run anew whenever it changes: what stands in it replaces what it made before. */
  readonly repeatable?: boolean
}

export interface Pile {
  readonly format: string
  /** In the order in which they are run, as far as the files say. */
  readonly migrations: readonly Migration[]
  /** False where its first migration meets a database that is not empty. */
  readonly whole?: boolean
  /** Why none of them is ever cut. */
  readonly uncut?: string
  /** What is wrong with the pile as a whole: two heads, an id twice, a parent that is not there. */
  readonly faults: readonly string[]
}

/** A folder, as its reader sees it: paths are relative to the project, with slashes. */
export interface Folder {
  /** The folder of the migrations. */
  readonly at: string
  readonly files: readonly string[]
  /** Undefined where there is none. */
  text(file: string): string | undefined
  /** Of a file of Godwit's own: the migrations in it, where somebody has loaded them. */
  readonly loaded?: (file: string) => readonly Own[] | undefined
}

export interface Reader {
  readonly format: string
  /** Whether the folder holds its files. */
  knows(folder: Folder): boolean
  read(folder: Folder): Pile
}
