// A whole database as it is, read from its catalogue once and from then on a value.
import type { SqlType } from './type.ts'

export interface LiveColumn {
  readonly name: string
  readonly type: SqlType
  readonly nullable: boolean
  /** The default as SQL, if there is one. */
  readonly default?: string
  /** 'always' wants OVERRIDING SYSTEM VALUE. */
  readonly identity?: 'always' | 'by default'
  /** Computed by the database: never written by us. */
  readonly generated?: string
  /** The sequence that its default or identity draws from: quoted and qualified, as SQL. */
  readonly sequence?: string
  readonly collation?: string
  readonly comment?: string
}

export interface Unique {
  readonly name: string
  readonly columns: readonly string[]
  readonly deferrable: boolean
  readonly nullsNotDistinct: boolean
  /** A partial index: holds only for these rows. */
  readonly where?: string
  /** Over expressions rather than plain columns: `columns` is then empty, and this is the index's definition. */
  readonly expressions?: string
  /** What it compares, each as SQL over the table's columns; only where `columns` does not say it. */
  readonly parts?: readonly string[]
  /** All columns that its expressions and its `where` look at. */
  readonly uses?: readonly string[]
  readonly primary: boolean
}

export interface Index {
  readonly name: string
  /** Empty where it is over expressions. */
  readonly columns: readonly string[]
  readonly unique: boolean
  /** False: a CREATE INDEX CONCURRENTLY that failed, or is under way. */
  readonly valid: boolean
  /** The whole definition. */
  readonly sql: string
}

export interface CheckConstraint {
  readonly name: string
  /** The condition alone: `(quantity > 0)`. */
  readonly sql: string
  readonly columns: readonly string[]
  readonly validated: boolean
}

export type ForeignKeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKey {
  readonly name: string
  /** Where it stands: qualified name. */
  readonly table: string
  readonly columns: readonly string[]
  /** What it points at: qualified name. */
  readonly to: string
  readonly toColumns: readonly string[]
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
  readonly match: 'simple' | 'full'
  readonly deferrable: boolean
  readonly validated: boolean
}

export interface Trigger {
  readonly name: string
  readonly enabled: 'always' | 'origin' | 'replica' | 'disabled'
  /** The whole definition, as the catalogue gives it. */
  readonly sql: string
  readonly events: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
  readonly timing: 'before' | 'after' | 'instead of'
  readonly perRow: boolean
}

export interface LiveTable {
  /** `schema.name`, unquoted: how a table is known everywhere in Godwit. */
  readonly id: string
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'partitioned table' | 'partition' | 'view' | 'materialized view' | 'foreign table'
  readonly owner: string
  readonly columns: readonly LiveColumn[]
  readonly primaryKey: readonly string[]
  /** All unique constraints and valid unique indexes, the primary key among them. */
  readonly uniques: readonly Unique[]
  readonly checks: readonly CheckConstraint[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly exclusions: readonly string[]
  readonly triggers: readonly Trigger[]
  /** Rows by the database's own estimate; -1 when it was never analysed. */
  readonly estimate: number
  readonly bytes: number
  readonly rowSecurity: boolean
  /** All of them, unique or not, valid or not. */
  readonly indexes?: readonly Index[]
  /** Of a partition: whose (if that was read as well), and which rows. */
  readonly partition?: { readonly of?: string; readonly bound: string }
  readonly comment?: string
}

export interface LiveSchema {
  /** 180004 for 18.4 */
  readonly serverVersion: number
  readonly database: string
  readonly user: string
  /** By id. */
  readonly tables: ReadonlyMap<string, LiveTable>
}

export const column = (t: LiveTable, name: string): LiveColumn | undefined => t.columns.find((c) => c.name === name)

export const foreignKeysTo = (schema: LiveSchema, table: string): readonly ForeignKey[] =>
  [...schema.tables.values()].flatMap((t) => t.foreignKeys.filter((f) => f.to === table))

/** `schema.name` from either `name` (then in public) or `schema.name`. */
export const qualified = (name: string): string => (name.includes('.') ? name : `public.${name}`)

/** How a relation that is made of others is known: `=versions`. */
export const derivedMark = '='

const away = /^@([^:.]+):(.*)$/s

/** How a table of another database is known: `@legacy:public.customer`. */
export const elsewhere = (database: string, id: string): string => `@${database}:${id}`

/** Which database a table is in, and its id there; nothing for one of the target. */
export function whereIs(id: string): { readonly database: string; readonly id: string } | undefined {
  const found = away.exec(id)
  return found ? { database: found[1]!, id: found[2]! } : undefined
}

/** An id as people read it: without the schema that goes without saying, and without what marks a query. */
export const shownId = (id: string): string => id.replace(/^(?:(?:public|query)\.|=)/, '')

/** A column of every copy: values that no text in Postgres can hold, by the column they stood in, as JSON of their bytes. */
export const unheld = 'godwit unheld'
