// What new keys are, and what it takes to have them: each kind is a file beside this one, and answers for itself.
import type { Hands } from '../../../hands.ts'
import type { Member, Rekeying, Types } from '../graph.ts'
import type { OldKey } from '../old-key.ts'

/** With what a kind is made. */
export interface Giving {
  readonly r: Rekeying
  /** The key itself. */
  readonly key: Member
  readonly old: OldKey
  readonly types: Types
}

export interface KeyKind {
  /** What speaks against keys of this kind in the place of such. */
  readonly against: readonly string[]
  /** The same, where it takes a look at the database. */
  againstThere?(hands: Hands): Promise<readonly string[]>
  /** Queries of reasons why old keys cannot come back. */
  readonly notBack: readonly string[]
  /** Every value has a new one, and not only what is the key of a row. */
  readonly forEveryValue: boolean
  /** Types of columns in which old keys may stand; nothing where it is numbers, which may stand as words as well. */
  readonly pointedAtBy: { readonly in?: readonly string[] }
  /** From the change of places on an old column may be without a value. */
  readonly loosens: boolean
  readonly functions: Functions
  /** Old and new keys by each other, as rows; nothing where the one tells the other. */
  readonly rows?: Rows
  /** The new key of what stands in a column, as an expression. */
  newKey(m: Member, value: string): string
  /** The old key of a new one, where it takes a look. */
  oldKey?(value: string): string
  /** The same as `newKey` for many, where they are looked for among the rows. */
  found(m: Member): string
  /** Lines of a trigger that fill a column that waits: the new one, and from the change of places on the old one. */
  fillsNew(m: Member): readonly string[]
  fillsOld(m: Member): readonly string[]
  /** Around the change of places by names, and around a new writing of the tables. */
  readonly byNames: ThereAndBack
  readonly writtenAnew: ThereAndBack
  /** New keys for a new writing. */
  atOnce(hands: Hands): Promise<AtOnce>
}

export interface Functions {
  readonly made: readonly string[]
  /** A question. */
  readonly there: string
  /** Those that take their places with the new keys. */
  readonly sinceThen: readonly string[]
}

export interface Rows {
  /** A question: whether one is missing. */
  readonly missing: string
  readonly made: readonly string[]
  readonly forgotten: readonly string[]
}

export interface ThereAndBack {
  readonly there: Around
  readonly back: Around
}

export interface Around {
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Before anybody looks what hangs on the tables, and once it has been seen that nothing else is another. */
  readonly first?: readonly string[]
  readonly last?: readonly string[]
}

export interface AtOnce {
  readonly before: readonly string[]
  /** The new key of a column, as an expression. */
  of(column: string): string
  readonly after: readonly string[]
}
