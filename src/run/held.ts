// Work on a run that is there, under its lock: what is done to it besides going on and going back.
import type { Database } from '../databases/database.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import { noRun } from '../errors/run.ts'
import { Bus } from '../events/bus.ts'
import { leave, takeLock } from '../ledger/lock.ts'
import { type KnownRun, liveRun } from '../ledger/runs.ts'
import { installLedger } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { wallClock } from './clock.ts'
import { defaults, type Work } from './context.ts'
import { withHeartbeat } from './life.ts'
import type { RunOptions } from './run.ts'
import { surroundings } from './surroundings.ts'

export const held = <T>(plan: Plan, db: Database, options: RunOptions, body: (work: Work, there: KnownRun) => Promise<T>): Promise<T> =>
  delivered(db, async () => {
    const control = await db.open()
    try {
      await installLedger(control)
      const there = await liveRun(control, plan.migration)
      if (!there) throw noRun({ migration: plan.migration })
      const fence = await takeLock(control, there.id)
      const clock = options.clock ?? wallClock
      const bus = new Bus(() => clock.now(), options.observe ? [options.observe] : [])
      const signal = options.signal ?? new AbortController().signal
      const about = { around: surroundings(options), to: undefined, shape: '', dry: false, settings: { ...defaults, limit: undefined } }
      const work: Work = { plan, db, control, fence, run: there.id, pass: there.pass, bus, clock, signal, ...about }
      return await withHeartbeat(work, () => body(work, there))
    } finally {
      await leave(control).catch(() => undefined)
      await control.close()
    }
  })
