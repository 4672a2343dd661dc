// A pile written anew in its own format: cut where a migration is to be cut, and in one line.
import type { Judged } from '../analysis.ts'
import type { PhaseName } from '../phase.ts'
import type { Folder, Migration, Pile } from '../types.ts'

/** Places of the operations that go into one of the files that a migration is cut into: of its way up, and of its way down. */
export interface Group {
  readonly up: ReadonlySet<number>
  readonly down: ReadonlySet<number>
}

/** The text of one of them; where the way back stands in a file of its own, that too. */
export interface Slice {
  readonly up: string
  readonly down?: string
}

export interface Uncut {
  readonly why: string
}

export interface Piece {
  readonly judged: Judged
  readonly phase: PhaseName
  /** Which of the phases it ships in, from 0 on. */
  readonly place: number
  /** Undefined where it stays whole. */
  readonly slice: Slice | undefined
  readonly group: Group
}

/** A file of the staged pile. Without a text it is the file that is there already. */
export interface StagedFile {
  readonly file: string
  readonly text: string
}

export interface StagedMigration extends Piece {
  /** As the tool will know it. */
  readonly id: string
  readonly files: readonly StagedFile[]
  /** Files that are there and are not in the staged pile. */
  readonly gone: readonly string[]
  readonly parent: string | undefined
  readonly change: 'none' | 'parent' | 'name' | 'part'
}

export interface Writer {
  readonly format: string
  /** One slice a group, or why it cannot be cut. */
  cut(migration: Migration, groups: readonly Group[], folder: Folder): readonly Slice[] | Uncut
  /** In the order in which they ship. `before`: migrations that are there and stay what they are. */
  write(pieces: readonly Piece[], before: readonly Migration[], pile: Pile, folder: Folder): readonly StagedMigration[]
}
