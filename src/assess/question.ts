// What is asked of the data. A kind of question is a file in `questions/`; all kinds come down to these two.
import type { LiveTable } from '../schema/schema.ts'
import type { Example, Finding, Grade, Role } from './assessment.ts'
import type { Place } from './place.ts'
import type { Answers, Asking } from './scan.ts'

/** A table that the migration touches, in the database that it is in. */
export interface Subject {
  /** As the migration knows it. */
  readonly id: string
  readonly place: Place
  readonly table: LiveTable
  readonly roles: ReadonlySet<Role>
  /** Quoted, as the place calls it. */
  readonly named: string
  /** Undefined where it could not be counted. */
  readonly rows: number | undefined
  /** Where its keys become others: columns, as `schema.table.column`, of which somebody has said whether they point at it. */
  readonly decided?: ReadonlySet<string>
}

/** Rows of a table that are odd in one way. Many of them are counted in one pass over the table. */
export interface Suspicion {
  readonly kind: string
  readonly subject: Subject
  readonly columns: readonly string[]
  /** SQL over a row `s`: true where it is odd. */
  readonly where: string
  /** The rows that it could be true of; left out, all. */
  readonly of?: string
  /** Where rows are read from, if not from the table: they stand under `s`. */
  readonly from?: string
  /** Counted by itself: it looks into other tables. */
  readonly alone?: boolean
  /** The examples are values with how many rows have them, rather than rows: SQL by name. */
  readonly by?: Readonly<Record<string, string>>
  /** Undefined: nothing to tell. Asked also where no row is odd. Left out: a warning where there are any. */
  readonly judge?: (found: number, of: number) => Grade | undefined
  readonly says: (found: number, of: number) => string
  readonly fix: string
  readonly at?: string | undefined
}

/** Rows that are the same in what should tell them apart. */
export interface Twins {
  readonly kind: string
  readonly subject: Subject
  readonly columns: readonly string[]
  /** What is to be the same, SQL over a row `s`, by the names of what it goes into. */
  readonly by: Readonly<Record<string, string>>
  readonly where: string
  readonly from?: string
  /** What must differ among them; left out, it is enough that there are several. */
  readonly differing?: string
  readonly grade: Grade
  readonly says: (groups: number, rows: number) => string
  readonly fix: string
  readonly at?: string | undefined
}

/** What is known without a question about rows. */
export type Known = Pick<Finding, 'kind' | 'grade' | 'title' | 'columns' | 'fix'> &
  Partial<Pick<Finding, 'query' | 'found' | 'of' | 'at'>> & { readonly examples?: readonly Example[] }

export interface Kind {
  suspicions?(subject: Subject): readonly Suspicion[]
  twins?(subject: Subject): readonly Twins[]
  known?(subject: Subject): readonly Known[] | Promise<readonly Known[]>
  /** What takes several questions, each of them asked as far as patience goes. */
  several?(subject: Subject, asking: Asking, all: readonly Subject[]): Promise<Answers>
}

export const column = (s: Subject, name: string): string => `s.${s.place.spelling.sql.quote(name)}`
