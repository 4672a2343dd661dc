// What every part of a run shares.

import type { Database, Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import type { Bus } from '../events/bus.ts'
import type { Phase } from '../events/phase.ts'
import type { Fence } from '../ledger/lock.ts'
import type { Plan } from '../plan/plan.ts'
import type { Clock } from './clock.ts'
import type { Chunk } from './pace.ts'
import type { Surroundings } from './surroundings.ts'

export interface Budget {
  readonly rows: number
  readonly percent: number
}

export interface Settings {
  readonly workers: number
  readonly chunk: Chunk
  readonly budget: Budget
  readonly retries: number
  readonly lockTimeoutMs: number
  /** Not more than so many source rows of each mapping. */
  readonly limit: number | undefined
}

export const defaults: Settings = {
  workers: 2,
  chunk: { targetMs: 1500, rows: 10_000, most: 50_000 },
  budget: { rows: 1000, percent: 1 },
  retries: 5,
  lockTimeoutMs: 500,
  limit: undefined,
}

export interface Work {
  readonly plan: Plan
  readonly db: Database
  /** The session that holds the lock. */
  readonly control: Session
  readonly fence: Fence
  readonly run: number
  readonly pass: number
  readonly settings: Settings
  readonly bus: Bus
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What the tables looked like when the run began: one number. */
  readonly shape: string
  readonly around: Surroundings
  /** The last phase to be gone through. */
  readonly to: Phase | undefined
  /** The time that the phase may take in this process. */
  readonly timeLimit?: { readonly ms: number; readonly from: number }
  /** All in one transaction that is rolled back at the end. */
  readonly dry: boolean
}

export const stepOf = (work: Work, mapping: MappingPlan): string => work.plan.steps.find((s) => s.mapping === mapping)!.id
