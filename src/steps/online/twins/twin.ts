// What a table has over its columns, and the same over columns that wait to take their places: one kind a file beside this one.
import type { Hands, Row } from '../../hands.ts'

export type TwinKind = 'primary key' | 'unique' | 'exclusion' | 'index' | 'check' | 'statistics'

export interface Twin {
  /** `schema.name` of the table */
  readonly id: string
  readonly kind: TwinKind
  /** Where its name is looked up. */
  readonly schema: string
  readonly name: string
  readonly isUnique: boolean
  /** What comes after its name, as it is now. */
  readonly tail: string
  /** ` deferrable`, ` not valid`, or nothing */
  readonly manner: string
  /** Statements that give it what it has besides, once it has its name. */
  readonly worn: readonly string[]
}

export interface Way {
  /** A query: those over the columns `c.nums` of a table. */
  over(id: string): string
  /** Made on a table like it without rows, by the name g. */
  trial(twin: Twin, table: string): string
  /** What comes after its name there, as a question with one answer, `made`. */
  tried(twin: Twin, table: string): string
  there(twin: Twin, name: string): string
  make(hands: Hands, twin: Twin, name: string, made: string): Promise<void>
  /** The two change names, if the other one is there. */
  exchanged(twin: Twin, other: string): string
}

export const twinOf = (id: string, r: Row): Twin => ({
  id,
  kind: r['kind'] as TwinKind,
  schema: r['schema']!,
  name: r['name']!,
  isUnique: r['is_unique'] === 'true',
  tail: r['tail']!,
  manner: r['manner']!,
  worn: (JSON.parse(r['worn']!) as readonly (string | null)[]).filter((s) => s !== null),
})

/** As `over` gives it. */
export const row = (of: {
  kind: string
  schema: string
  name: string
  isUnique?: string
  tail: string
  manner?: string
  worn: readonly string[]
}) =>
  `select ${of.kind} as kind, ${of.schema} as schema, ${of.name}::text as name, (${of.isUnique ?? 'false'})::text as is_unique, ${of.tail} as tail, ${of.manner ?? `''`} as manner, json_build_array(${of.worn.join(', ')})::text as worn`

/** SQL: a statement with what is said about it, where something is. */
export const words = (format: string, names: string, said: string): string =>
  `case when ${said} is not null then format('comment on ${format} is %L', ${names}, ${said}) end`
