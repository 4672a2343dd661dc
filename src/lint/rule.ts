// A rule is data: the page in the docs, the message and the test are made from the same file.
import type { At } from './at.ts'
import type { Act } from './scene.ts'

export const categories = ['lock-heavy', 'rewrite', 'destructive', 'breaking', 'fails', 'data', 'caution', 'style', 'safe'] as const
export type Category = (typeof categories)[number]

/** Caution and style are told, and stop nobody. */
export const isDanger = (category: Category): boolean => category !== 'caution' && category !== 'style' && category !== 'safe'

export interface Lock {
  readonly mode: string
  readonly on: readonly string[]
  /** Until what is done. */
  readonly work: string
  /** Whether all rows are read or written meanwhile, and it is not over at once. */
  readonly scans?: boolean
}

export interface Found {
  readonly categories: readonly Category[]
  readonly message: string
  readonly lock?: Lock
  /** The statements to write in its place. */
  readonly instead?: readonly string[]
  /** What it names gets another file, with nothing of the old one in it. */
  readonly newFile?: boolean
  /** What one run of the statement by itself does not show. */
  readonly beyondOneRun?: boolean
}

export interface Example {
  /** What is there before. */
  readonly schema: string
  readonly sql: string
  readonly pg?: number
  readonly transaction?: boolean
  readonly zone?: string
  /** As it was when it ran elsewhere. */
  readonly applied?: string
}

export interface Rule {
  readonly id: string
  readonly name: string
  readonly when: string
  readonly harm: string
  readonly instead: string
  readonly bad: Example
  readonly good: Example
  /** The kinds of acts that it looks at. */
  readonly on: readonly string[]
  /** Also where the migration itself made the table. */
  readonly always?: boolean
  check(act: Act, at: At): Found | undefined
}
