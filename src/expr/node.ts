// The tree of an expression, and what each word in it must be able to say of itself.
import type { Read } from '../schema/table.ts'
import type { SqlType } from '../schema/type.ts'

/** One word with its arguments. Frozen, shared by reference: the same node used twice is computed once. */
export interface Node {
  readonly word: Word
  readonly args: readonly Node[]
  /** All else that the word needs; plain data, because the plan's id is made of it. */
  readonly params: Readonly<Record<string, unknown>>
  /** Where it was written: `migration.ts:41`. Not part of the plan's id. */
  readonly at: string | undefined
}

/** A word of the language. It writes itself as SQL that never fails: what it cannot do, it refuses for that row. */
export interface Word {
  readonly name: string
  write(node: Node, writer: Writer): Value
  /** The values it can have, where they are a closed list (a value map, a literal). For checks at plan time. */
  values?(node: Node): readonly unknown[] | undefined
}

/** A piece of SQL with what is known of it. */
export interface Value {
  readonly sql: string
  readonly type: SqlType
  readonly nullable: boolean
}

/** Why a row cannot go, or goes with a warning. */
export interface Reason {
  readonly code: string
  /** Source columns it is about. */
  readonly columns: readonly string[]
  readonly at: string | undefined
  /** In words, for people: `is not a number in the declared format`. */
  readonly says: string
  /** Another mapping's row that has to go first. */
  readonly blockedBy?: string
}

/** Found or not, and what was found. */
export interface Found {
  readonly value: Value
  /** Rows that agree: SQL of a number, null where none does. */
  readonly matches: string
}

/** What a word may ask of the one who compiles it. */
export interface Writer {
  readonly sql: SqlWords
  /** Compiling the check rather than the mapping: what can be said in another way is, so that one mistake is not made twice. */
  readonly checking: boolean
  value(node: Node): Value
  /** Computed once for a row, whoever asks for it. */
  once(sql: string, type: SqlType, nullable: boolean): Value
  /** A value that is written more than once: computed once, unless it is as cheap as a column. */
  again(value: Value): Value
  /** Rows where `when` is true cannot go. */
  refuse(when: string, reason: Reason): void
  /** Compiles what is only computed where `condition` holds: its refusals count only there. */
  under(condition: string, node: Node): Value
  /** Compiles and catches the refusals: `failed` is the SQL of "one of them holds". */
  attempt(node: Node): { value: Value; failed: string | undefined; causes: readonly { readonly when: string; readonly reason: Reason }[] }
  /** Rows where `when` is true go, and are counted. */
  warn(when: string, reason: Reason): void
  /** The row of another relation that agrees on these columns. */
  find(relation: Relation, on: readonly (readonly [string, Value])[], take: string): Found
  /** The key of the row that an output makes of the source row with this key; none given: of this very row. */
  keyOf(slot: Slot, source: readonly Value[] | undefined, node: Node): Value
  /** A value that needs other rows too, prepared before the rows go. */
  window(sql: string, type: SqlType, nullable: boolean): Value
  /** A value computed in Node, sent back with the row. */
  computed(node: Node, args: readonly Value[]): Value
  /** Source columns that a node reads. */
  columnsOf(node: Node): readonly string[]
}

/** A table or a query that can be looked into. */
export interface Relation {
  readonly id: string
  readonly query?: string
  readonly derived?: Derived
  readonly columns: Readonly<Record<string, { readonly type: SqlType; readonly nullable: boolean }>>
  readonly key: readonly string[]
}

/** Rows made of the rows of other relations: a query that is written once it is known how these are named. */
export interface Derived {
  readonly of: readonly Read[]
  /** The expressions that it is made with. */
  readonly nodes: readonly Node[]
  write(scribe: Scribe): string
  /** What the plan's id is made of. */
  toJSON(): unknown
}

/** What writes a query over relations. */
export interface Scribe {
  readonly sql: SqlWords
  /** Where the rows of a relation are read from: a table's name, or a query in brackets. */
  from(of: Relation): string
  /** Compiles expressions over the rows of a relation, which stand under the name `s`. */
  rows(of: Relation): RowScribe
  /** Are two values of this type not the same? */
  differs(left: string, right: string, type: SqlType): string
}

export interface RowScribe {
  value(node: Node): Value
  /** The relation with all that the expressions look up beside it; asked for last. */
  from(): string
}

/** Where an output's keys are kept: filled in when the mapping gets its name. */
export interface Slot {
  readonly mapping: string
  readonly name: string
  readonly keyTypes: readonly SqlType[]
}

/** The words of SQL that databases spell differently. */
export interface SqlWords {
  readonly name: string
  quote(name: string): string
  /** A qualified name `schema.table`, quoted. */
  table(id: string): string
  literal(value: unknown): string
  typeName(type: SqlType): string
  cast(sql: string, type: SqlType): string
  /** Does the text match a regular expression (POSIX, whole semantics in the pattern)? */
  matches(sql: string, pattern: string): string
  /** Regular expression replaced everywhere. */
  replaceAll(sql: string, pattern: string, by: string): string
  /** Would the text be taken as this type? Never fails. */
  isValid(sql: string, type: SqlType): string
  /** Without the white space around it: blanks, tabs, line ends, form feeds, and the no-break space that spreadsheets leave behind. */
  trim(sql: string): string
  /** Without any of these characters. */
  strike(sql: string, characters: string): string
  concat(parts: readonly string[]): string
  jsonObject(entries: readonly (readonly [string, string])[]): string
  jsonArray(items: readonly string[]): string
  jsonText(sql: string, path: readonly string[]): string
  atZone(sql: string, zone: string): string
  /** The same UUID for the same texts, always; the first group tells whose it is. */
  uuidOf(parts: readonly string[]): string
  isDistinct(left: string, right: string): string
  /** A text to be held against others by its bytes, not by what a collation takes for the same. */
  bytewise(sql: string): string
}

export function make(word: Word, args: readonly Node[], params: Record<string, unknown> = {}, at?: string): Node {
  return Object.freeze({ word, args: Object.freeze([...args]), params: Object.freeze(params), at })
}

/** A node as data without its places: what the plan's id is made of. */
export function describe(node: Node): unknown {
  return [node.word.name, node.params, node.args.map(describe)]
}

export function walk(node: Node, visit: (n: Node) => void, seen = new Set<Node>()): void {
  if (seen.has(node)) return
  seen.add(node)
  visit(node)
  for (const a of node.args) walk(a, visit, seen)
}
