// A change of one table in an engine that is not Postgres: which ways there are, the gentlest first, and how each is taken back. To teach
// an engine these words: a file beside this one, and its line in `alters.ts`.
import type { Hands, Row, TargetHands } from '../../hands.ts'
import type { Retyped as Whole } from '../../step.ts'
import type { NewColumn } from '../add-column.ts'
import type { EnumValue } from '../enum-value.ts'
import type { ForeignKeyOptions } from '../foreign-key.ts'
import type { IndexOptions } from '../index.ts'
import type { Online } from '../move.ts'

/** Rows as text, in the engine's own words. */
export type Ask = (sql: string) => Promise<readonly Row[]>
/** Statements that are carried out together. */
export type Way = readonly string[]

export interface Circumstances {
  readonly ask: Ask
  /** A table of more rows is not copied while writers wait. */
  readonly copyUpTo: number
}

export interface Alteration {
  /** It is there already where this holds, made by somebody else: then there is nothing to do. Left out, that is refused. */
  readonly already?: true
  there(ask: Ask): Promise<boolean>
  /** What speaks against it, asked before anything is done. */
  against(ask: Ask, target: TargetHands): Promise<readonly string[]>
  /** What a way back has to know. */
  was?(ask: Ask): Promise<Row>
  forward(c: Circumstances): Promise<readonly Way[]>
  /** What speaks against it once it is there: then it is taken back at once. */
  afterwards?(ask: Ask): Promise<readonly string[]>
  back(was: Row, c: Circumstances): Promise<readonly Way[]>
  /** What speaks against the way back, asked before it. */
  hinders?(was: Row, ask: Ask): Promise<readonly string[]>
  /** And once it has been gone: then it is there again at once. */
  hindersLate?(was: Row, ask: Ask): Promise<readonly string[]>
}

/** What takes several moves there. */
export type Several = Pick<Online, 'moves' | 'against' | 'was' | 'retires'>

/** A column of another type, as `retype` knows it; a value or a way back that is not said is a cast. */
export type Retyped = Omit<Whole, 'using' | 'keep'> & { readonly using: string | undefined }

export interface Retype {
  /** Beside it, while the column is what it was. */
  readonly expand: Alteration | Several
  readonly cutover: Alteration | Several
  /** What has been kept of the old one goes. */
  purge(hands: Hands): Promise<void>
}

export interface Alters {
  addColumn(id: string, name: string, column: NewColumn): Alteration
  notNull(id: string, column: string): Alteration
  check(id: string, name: string, condition: string): Alteration
  foreignKey(
    id: string,
    columns: readonly string[],
    to: string,
    toColumns: readonly string[],
    name: string,
    o: ForeignKeyOptions,
  ): Alteration
  unique(id: string, columns: readonly string[], name: string): Alteration
  index(id: string, on: readonly string[], name: string, options: IndexOptions): Alteration
  dropIndex(name: string): Alteration
  dropColumn(id: string, column: string): Alteration
  setDefault(id: string, column: string, value: string | null): Alteration
  renameColumn(id: string, from: string, to: string): Alteration
  renameTable(id: string, to: string): Alteration
  dropConstraint(id: string, name: string): Alteration
  dropNotNull(id: string, column: string): Alteration
  validate(id: string, name: string): Alteration
  primaryKey(id: string, columns: readonly string[], name: string): Alteration
  enumValue(type: string, value: string, place: Pick<EnumValue, 'before' | 'after'>): Alteration
  renameEnumValue(type: string, from: string, to: string): Alteration
  retype(r: Retyped): Retype
}

/** A step that has nothing to do there. */
export const nothingToDo: Alteration = {
  already: true,
  there: async () => true,
  against: async () => [],
  forward: async () => [],
  back: async () => [],
}
