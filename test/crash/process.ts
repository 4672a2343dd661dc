// A run, an undo or a retry that may be broken off, and the next one after it.
import { type Plan, plan, quarantineRetry, run, undo } from '../../src/api.ts'
import type { Database } from '../../src/databases/database.ts'
import { wallClock } from '../../src/run/clock.ts'
import type { SmallPlan } from './plans.ts'
import { type Fault, type Life, openLife } from './statements.ts'

export type Deed = 'run' | 'undo' | 'retry'

/** Waits between two attempts are short; what waits for hours still does. */
export const quickClock = { ...wallClock, sleep: (ms: number, signal?: AbortSignal) => wallClock.sleep(ms < 2000 ? 2 : ms, signal) }

export const generous = { rows: 1_000_000, percent: 100 }

export interface Manner {
  readonly chunk?: number
  readonly workers?: number
}

export async function carryOut(deed: Deed, small: SmallPlan, db: Database, manner: Manner = {}): Promise<unknown> {
  const { workers = 1, chunk = 7 } = manner
  const planned: Plan = await plan(small.migration, db, { chunk, workers, budget: generous, lockTimeoutMs: 5000 })
  if (deed === 'run') return run(planned, db, { clock: quickClock })
  if (deed === 'undo') return undo(planned, db, { clock: quickClock })
  return quarantineRetry(planned, db)
}

export interface Ended {
  /** Died: nothing is known of it but what it left. Failed: it has said why. */
  readonly how: 'done' | 'died' | 'failed'
  readonly error?: unknown
  readonly struck: boolean
  readonly sent: readonly string[]
}

export async function once(deed: Deed, small: SmallPlan, url: string, manner: Manner, fault?: Fault): Promise<Ended> {
  const life: Life = await openLife(url, fault)
  const told = carryOut(deed, small, life.db, manner).then(
    () => ({ how: 'done' as const }),
    (error: unknown) => ({ how: 'failed' as const, error }),
  )
  const ended = await Promise.race([told, life.died.then(() => ({ how: 'died' as const }))])
  await life.end()
  return { ...ended, struck: life.struck, sent: life.sent }
}

const codeOf = (error: unknown): string => (error as { code?: string } | undefined)?.code ?? ''

/** Again, as soon as the server has seen that the one before is gone. */
export async function again(deed: Deed, small: SmallPlan, url: string, manner: Manner, fault?: Fault): Promise<Ended> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const ended = await once(deed, small, url, manner, fault)
    if (codeOf(ended.error) !== 'GW_LOCKED' || performance.now() > deadline) return ended
  }
}

/** The same until it is done. Gives how it ended where that is not "done". */
export async function toTheEnd(deed: Deed, small: SmallPlan, url: string, manner: Manner): Promise<Ended> {
  const ended = await again(deed, small, url, manner)
  // an undo that had come to its end before it died has nothing left to do
  return deed === 'undo' && codeOf(ended.error) === 'GW_NO_RUN' ? { ...ended, how: 'done' } : ended
}
