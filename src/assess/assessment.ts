// What an audit of the data says, as data: every format draws this and nothing else, and JSON is this.
import type { Plain } from '../steps/hands.ts'

/** Raised when a program that reads version 1 would misread what is written now; what is only added does not raise it. */
export const assessmentVersion = 1

/** An error is to be mended before the migration is run; a warning is to be known; a note tells how things are. */
export type Grade = 'error' | 'warning' | 'note'

export type Readiness = 'ready' | 'ready with warnings' | 'not ready' | 'nothing to migrate'

export interface Assessment {
  readonly format: 'godwit assessment'
  readonly version: typeof assessmentVersion
  readonly madeAt: string
  readonly migration: string
  readonly environment: string | undefined
  readonly database: string
  readonly verdict: {
    readonly outcome: Readiness
    /** Whole sentences, the most important first. */
    readonly says: readonly string[]
    readonly next?: string
  }
  /** Values of rows are shown by their shape only: letters as x, digits as 9. Keys are shown as they are. */
  readonly masked: boolean
  readonly tables: readonly Volume[]
  /** Errors first; within a grade by what they are about. */
  readonly findings: readonly Finding[]
  readonly notLookedAt: readonly Unlooked[]
  /** Questions that were answered. */
  readonly asked: number
}

export interface Volume {
  readonly table: string
  /** The database it is in, as people know it. */
  readonly place: string
  readonly roles: readonly Role[]
  /** Counted, or the database's estimate; undefined where neither was to be had. */
  readonly rows: number | undefined
  readonly counted: boolean
  readonly bytes: number | undefined
}

/** `source`: a mapping goes through its rows. `read`: looked into, or named by a check. `written`: rows are put into it. `rekeyed`: its keys become others. */
export type Role = 'source' | 'read' | 'written' | 'rekeyed'

export interface Finding {
  /** What it is about: `orphans`, `unknown codes`. */
  readonly kind: string
  readonly grade: Grade
  /** One sentence, with its numbers. */
  readonly title: string
  readonly place: string
  readonly table: string | undefined
  readonly columns: readonly string[]
  /** How many of how many; undefined where it is not about rows. */
  readonly found: number | undefined
  readonly of: number | undefined
  /** Not all rows were looked at: which. */
  readonly sampled?: string
  readonly examples: readonly Example[]
  /** What finds it, as it can be run there. */
  readonly query: string | undefined
  readonly fix: string
  /** Where the migration says what the rows do not. */
  readonly at: string | undefined
}

/** What a finding about a database as a whole leaves open. */
export const aboutNoRows = {
  table: undefined,
  columns: [],
  found: undefined,
  of: undefined,
  examples: [],
  query: undefined,
  at: undefined,
} as const satisfies Partial<Finding>

export interface Example {
  /** Of the row; undefined where it stands for several. */
  readonly key: string | undefined
  readonly values: Readonly<Record<string, string | null>>
  /** Rows that are like this. */
  readonly rows: number | undefined
}

export interface Unlooked {
  readonly what: string
  readonly why: string
}

/** As it is kept with a run. */
export const kept = (a: Assessment): Plain => JSON.parse(JSON.stringify(a)) as Plain

export const isAssessment = (p: unknown): p is Assessment =>
  typeof p === 'object' && p !== null && (p as Partial<Assessment>).format === 'godwit assessment'

export const gradesOf = (findings: readonly Finding[], grade: Grade): Finding[] => findings.filter((f) => f.grade === grade)
