// What a report says of a run, as data: every format draws this and nothing else, and JSON is this.
import type { Assessment } from '../assess/assessment.ts'
import type { Answer, BooksTotals, Verdict } from '../events/event.ts'
import type { Phase } from '../events/phase.ts'
import type { Finding } from '../plan/spec.ts'

/** Raised when a program that reads version 1 would misread what is written now; what is only added does not raise it. */
export const reportVersion = 1

export type Outcome = Verdict | 'not finished' | 'undone'

export interface Report {
  readonly format: 'godwit report'
  readonly version: typeof reportVersion
  readonly madeAt: string
  readonly verdict: {
    readonly outcome: Outcome
    /** Whole sentences, the most important first. */
    readonly says: readonly string[]
    /** What to do now, where there is something to do. */
    readonly next?: string
  }
  readonly migration: string
  readonly run: RunFacts
  readonly database: { readonly name: string; readonly server: string }
  /** Values of rows are shown by their shape only: letters as x, digits as 9. Keys are shown as they are. */
  readonly masked: boolean
  readonly books: readonly MappingBooks[]
  readonly quarantine: { readonly rows: number; readonly waived: number; readonly causes: readonly QuarantineCause[] }
  readonly warnings: readonly Warning[]
  readonly coverage: readonly Coverage[]
  readonly verification: Asked | undefined
  /** Rows that were there before the run and are somebody else's. */
  readonly notOurs: readonly { readonly table: string; readonly rows: number }[]
  /** Tables that were only read. `changed` since the run began, by somebody else; undefined where it was not asked, or is not there to be asked. */
  readonly onlyRead: readonly { readonly table: string; readonly rows: number; readonly changed: boolean | undefined }[]
  readonly steps: readonly StepTime[]
  /** Each process that has committed something: a run that was broken off and taken up again has had several. */
  readonly processes: readonly Process[]
  readonly sequences: readonly { readonly sequence: string; readonly nextBefore: string; readonly nextAfter: string }[]
  readonly findings: readonly Finding[]
  /** The audit of the data that the run kept, values by their shape; undefined where it made none. */
  readonly assessment: Assessment | undefined
  /** What people have said to what the run asked, in that order. */
  readonly approvals: readonly Approval[]
  /** What one who reads this must know besides. */
  readonly notes: readonly string[]
}

export interface Approval {
  readonly question: string
  readonly step: string
  readonly plan: string
  readonly verdict: 'approved' | 'rejected'
  readonly person: string
  readonly roles: readonly string[]
  /** Signed with a key of that person, or only said in their name. */
  readonly proof: 'signed' | 'claimed'
  readonly at: string
  readonly note: string | undefined
}

export interface RunFacts {
  readonly id: string
  /** As the ledger has it: running, paused, waiting, failed, rolled back, finished, undoing, undone. */
  readonly state: string
  readonly plan: string
  readonly environment: string | undefined
  readonly startedAt: string
  readonly finishedAt: string | undefined
  readonly passes: number
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | undefined
  /** What it waits for, if it does. */
  readonly gate: { readonly why: string; readonly next: readonly string[]; readonly until: string | undefined } | undefined
}

export interface MappingBooks {
  readonly mapping: string
  readonly source: string
  readonly totals: BooksTotals
  /** Rows in the source when the plan was made: counted, or the database's estimate. */
  readonly expected: number | undefined
  /** read = migrated + quarantined + filtered, to the row. */
  readonly close: boolean
  /** What the mapping makes. `rows`: how many the verification compared; undefined where it has not been asked. */
  readonly outputs: readonly { readonly output: string; readonly table: string; readonly rows: number | undefined }[]
}

export interface QuarantineCause {
  readonly mapping: string
  readonly code: string
  readonly columns: readonly string[]
  readonly says: string
  readonly at: string | undefined
  readonly rows: number
  readonly waived: number
  /** Why they were waived, each reason once. */
  readonly reasons: readonly string[]
  readonly examples: readonly { readonly key: string; readonly value: string | undefined }[]
}

export interface Warning {
  readonly mapping: string
  readonly code: string
  readonly columns: readonly string[]
  readonly says: string
  readonly at: string | undefined
  readonly rows: number
}

export interface Coverage {
  readonly mapping: string
  readonly source: string
  readonly columns: readonly SourceColumn[]
  /** Target columns that the mapping gives no value: the database fills them, or leaves them empty. */
  readonly unfed: readonly { readonly table: string; readonly column: string; readonly gets: string }[]
}

export interface SourceColumn {
  readonly column: string
  readonly type: string
  readonly key: boolean
  /** `pad_request.status`, or a rule's name. */
  readonly usedFor: readonly string[]
  /** The reason why it goes nowhere. */
  readonly ignored: string | undefined
}

export type Question = 'books' | 'rows' | 'rows that are not ours' | 'next keys' | 'checks'

export interface Asked {
  readonly verdict: Verdict
  readonly at: string
  /** Just now for this report, or at the end of the run. */
  readonly when: 'for this report' | 'by the run'
  readonly answers: readonly (Answer & { readonly about: Question })[]
  readonly notes: readonly string[]
}

export interface StepTime {
  readonly id: string
  readonly phase: Phase
  readonly title: string
  readonly state: 'done' | 'under way' | 'waiting' | 'not begun' | 'undone'
  /** What is known of it: the time of a process that was killed is not. */
  readonly seconds: number | undefined
  /** What came of it, in its own words. */
  readonly note?: string | undefined
}

export interface Process {
  readonly pass: number
  readonly from: string
  readonly to: string
  /** Transactions that were committed. */
  readonly units: number
  readonly rows: number
}
