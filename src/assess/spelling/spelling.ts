// The words of SQL that questions are asked in, as each engine spells them. A row stands under the name `s`.
import type { SqlWords } from '../../expr/node.ts'
import type { SqlType } from '../../schema/type.ts'

export interface Spelling {
  readonly engine: 'postgres' | 'sqlite' | 'mariadb'
  /** What the mapping's own expressions are written with; what the engine has no word for throws Unspoken. */
  readonly sql: SqlWords
  /** A column of the row, as the mapping takes it to be. */
  column(name: string, type: SqlType): string
  text(sql: string): string
  /** The same for all texts that differ in case, accents and blanks at their ends only, as far as the engine can tell. */
  fold(sql: string): string
  readonly folds: string
  /** Is the text of this shape? 9 is a digit, a * at the end is anything. */
  shaped(sql: string, shape: string): string
  /** Is the text a plain number? */
  numeric(sql: string): string
  /** What a value is stored as, where a column promises no type. */
  stored?(sql: string): string
  /** Where some of the rows are read from: about one in so many. Nothing where that cannot be said. */
  sample(table: string, oneIn: number): string | undefined
  /** Asks how large the whole database is. */
  readonly size: string
  /** The engine ends a question whose time is over; without, only rows that it can go through in time are asked. */
  readonly givesUp: boolean
}

/** An expression that cannot be said here, and why. */
export class Unspoken extends Error {
  override readonly name = 'Unspoken'
}

export const unspoken = (why: string): never => {
  throw new Unspoken(why)
}

/** Tables by the names that they have in one database. */
export type Named = (id: string) => string

/** Values as they are written into a question; `text`: how this engine writes a text. */
export const literals =
  (text: (value: string) => string) =>
  (value: unknown): string =>
    value === null || value === undefined
      ? 'null'
      : typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint'
        ? String(value)
        : text(String(value))
