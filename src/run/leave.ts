// How a run ends for now: stopped, waiting, failed. What the ledger says of it, and what is told.
import type { Session } from '../databases/database.ts'
import { GodwitError } from '../errors/error.ts'
import { interrupted } from '../errors/run.ts'
import type { View } from '../events/view.ts'
import { setState } from '../ledger/runs.ts'
import type { Waiting } from '../steps/step.ts'
import type { Work } from './context.ts'
import { keepEvents } from './life.ts'

export async function pause(work: Work, why: string): Promise<View> {
  work.bus.emit({ type: 'run.paused', note: why })
  await leaveAs(work, work.control, 'paused').catch(() => undefined)
  if (why === 'interrupted') throw interrupted({ run: `r${work.run}`, rows: work.bus.view.steps.reduce((n, s) => n + s.done, 0) })
  return work.bus.view
}

export async function wait(work: Work, step: string, { waits, next, until }: Waiting): Promise<View> {
  work.bus.emit({ type: 'run.waiting', step, why: waits, next, ...(until === undefined ? {} : { until }) })
  await leaveAs(work, work.control, 'waiting')
  return work.bus.view
}

export async function fail(work: Work, error: unknown): Promise<void> {
  const e = error instanceof GodwitError ? error : undefined
  work.bus.emit({
    type: 'run.failed',
    error: {
      code: e?.code ?? 'GW_INTERNAL',
      message: e?.message ?? (error instanceof Error ? error.message : String(error)),
      hint: e?.hint ?? '',
      ...(e?.at ? { at: e.at } : {}),
    },
  })
  // the connection that failed may be this one; the run's state then stays 'running', and the next run finds out
  await work.db.session((s) => leaveAs(work, s, 'failed')).catch(() => undefined)
}

/** What the ledger says of a run that ends before its end: only as long as nobody has taken it over. */
export const leaveAs = (work: Work, session: Session, state: 'paused' | 'waiting' | 'failed' | 'rolled back'): Promise<void> =>
  session.transaction(async (tx) => {
    await work.fence.check(tx)
    await setState(tx, work.run, state)
    await keepEvents({ ...work, control: tx })
  })
