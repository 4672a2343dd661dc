// Where a statement would run: the schema as it is by then, the server's version, the transaction and what it already holds.
import type { Node } from './ast.ts'
import { Catalog } from './catalog.ts'
import type { Statement } from './read.ts'

/** The least thing that is judged: one command of an ALTER TABLE, one index, one UPDATE within a CTE. */
export interface Act {
  /** The parser's kind of statement, or of the command within an ALTER TABLE. */
  readonly kind: string
  readonly node: Node
  /** The statement that it is part of, for its options and its text. */
  readonly whole: Node
  readonly statement: Statement
  /** As the server would be given it. */
  readonly text: string
  /** In a DO block or a function: no transaction can be ended there. */
  readonly within?: 'block' | undefined
}

export interface Circumstances {
  readonly pg: number
  /** Whether whoever runs the file wraps it in a transaction; undefined where that is not known. */
  readonly inTransaction: boolean | undefined
  readonly zone: string | undefined
}

export const newestPostgres = 18

export class Scene {
  readonly catalog = new Catalog()
  readonly pg: number
  zone: string | undefined
  /** False while the history is replayed: what that makes was there before. */
  judging = false
  /** BEGIN was said, and COMMIT was not. */
  begun = false
  /** Whoever runs the file began one. */
  runners = false
  /** It is known that nobody began one. */
  alone = false
  /** The transaction of whoever runs the file was ended by the file. */
  borrowed = false
  lockTimeout = false
  /** Tables that this transaction holds under ACCESS EXCLUSIVE, as they are said. */
  readonly exclusive = new Set<string>()
  /** Values that this transaction added to types that were there before. */
  readonly newLabels = new Set<string>()
  #transaction = 0

  constructor({ pg, zone }: Circumstances) {
    this.pg = pg
    this.zone = zone
  }

  get inTransaction(): boolean {
    return this.begun || this.runners
  }

  /** A number of its own for each transaction, and so for each statement outside of one. */
  get transaction(): number {
    return this.#transaction
  }

  nextTransaction(): void {
    this.#transaction++
    this.exclusive.clear()
    this.newLabels.clear()
  }
}
