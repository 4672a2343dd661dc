// All that the outside ever learns of a run. Plain JSON: the same on screen, in a log, over the wire and in the ledger.
import type { Phase } from './phase.ts'

export interface BooksTotals {
  readonly read: number
  readonly migrated: number
  readonly quarantined: number
  readonly filtered: number
  readonly warned: number
}
export type Verdict = 'passed' | 'failed' | 'not verified'
export interface Answer {
  readonly title: string
  readonly verdict: Verdict
  readonly examined: number
  readonly wrong: number
  /** Some of the rows that are wrong, as text. */
  readonly sample: readonly Readonly<Record<string, string | null>>[]
  /** Why it is not verified, or what was left out of the comparison. */
  readonly note?: string
  readonly at?: string
  readonly mapping?: string
}

export type EventBody =
  | {
      readonly type: 'run.started'
      readonly run: string
      readonly migration: string
      readonly plan: string
      readonly pass: number
      readonly resumed: boolean
      readonly steps: readonly { readonly id: string; readonly phase: Phase; readonly title: string; readonly rows?: number }[]
    }
  | { readonly type: 'step.started' | 'step.done' | 'step.skipped' | 'step.undone'; readonly step: string; readonly note?: string }
  | { readonly type: 'step.progress'; readonly step: string; readonly done: number; readonly of?: number; readonly quarantined: number }
  | { readonly type: 'step.books'; readonly step: string; readonly mapping: string; readonly books: BooksTotals }
  | { readonly type: 'step.waiting'; readonly step: string; readonly why: string }
  | { readonly type: 'check.answered'; readonly step: string; readonly answer: Answer }
  | { readonly type: 'run.finished' | 'run.paused' | 'run.undone'; readonly note?: string }
  | {
      readonly type: 'run.waiting'
      readonly step: string
      readonly why: string
      readonly next: readonly string[]
      readonly until?: number
    }
  | {
      readonly type: 'run.failed'
      readonly error: { readonly code: string; readonly message: string; readonly hint: string; readonly at?: string }
    }

export type Event = { readonly seq: number; readonly at: number } & EventBody
export type Observe = (event: Event) => void
