// A case as plain data: what a failure prints, what shrinks, and what everything else is built from.

export type Kind = 'int' | 'dec' | 'text' | 'bool' | 'date' | 'timestamp' | 'timestamptz' | 'uuid' | 'json'
export type Plain = string | number | boolean | null | { readonly big: string }

/** An expression: a word, its kind, its arguments, and all else that it needs. */
export interface E {
  readonly w: string
  readonly k: Kind
  readonly a?: readonly E[]
  readonly p?: Readonly<Record<string, unknown>>
}

export type Text = string | null
/** What a text column mostly holds. */
export type Flavour = 'number' | 'date' | 'timestamp' | 'code' | 'name' | 'json' | 'uuid'

export interface ColumnSpec {
  readonly name: string
  /** As SQL: numeric(8,2), varchar(5). */
  readonly type: string
  readonly nullable: boolean
  readonly flavour?: Flavour
}

export interface SourceSpec {
  readonly name: string
  readonly key: readonly string[]
  /** Of all its text columns: a comparison between two would have no answer. */
  readonly collation?: 'C' | 'und-x-icu'
  readonly columns: readonly ColumnSpec[]
  readonly rows: readonly (readonly Text[])[]
}

export type KeyShape = 'serial' | 'identity' | 'always' | 'uuid' | 'natural'
export interface TargetColumn extends ColumnSpec {
  /** As SQL. */
  readonly default?: string
  readonly references?: { readonly table: string; readonly column: string }
}
export interface TargetSpec {
  readonly name: string
  readonly key: string
  readonly shape: KeyShape
  readonly columns: readonly TargetColumn[]
  readonly uniques: readonly (readonly string[])[]
  readonly checks: readonly CheckSpec[]
  /** Rows that were there before, without their key where the database makes it. */
  readonly natives: readonly Readonly<Record<string, Text>>[]
}
export interface CheckSpec {
  readonly name: string
  readonly column: string
  readonly rule: 'not negative' | 'not empty' | 'below 100'
}

export interface OutputSpec {
  readonly name: string
  readonly target: string
  readonly values: Readonly<Record<string, E>>
  readonly when?: E
  readonly per?: readonly string[]
  readonly adopt?: boolean
}
export interface MappingSpec {
  readonly name: string
  readonly from: string
  readonly outputs: readonly OutputSpec[]
  readonly only: readonly { readonly name: string; readonly keep: E }[]
  /** Expressions that several places use, each built once. */
  readonly shared: readonly E[]
}

export type Change =
  | { readonly op: 'insert'; readonly table: string; readonly row: readonly Text[] }
  | { readonly op: 'delete'; readonly table: string; readonly nth: number }
  | { readonly op: 'update'; readonly table: string; readonly nth: number; readonly column: string; readonly to: Text }

/** What comes after the first run; the cases of a batch share the first one's. */
export type Story = 'nothing' | 'a second run' | 'changes' | 'changes and a retry' | 'undo' | 'spoilt cells'

export interface CaseSpec {
  readonly sources: readonly SourceSpec[]
  readonly targets: readonly TargetSpec[]
  readonly mappings: readonly MappingSpec[]
  readonly changes: readonly Change[]
  readonly chunk: number
  readonly workers: number
  readonly story: Story
}

export const walkE = (e: E, visit: (e: E) => void): void => {
  visit(e)
  for (const a of e.a ?? []) walkE(a, visit)
}
