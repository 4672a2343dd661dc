// Signs of life: the heartbeat while somebody works, and what is told kept in the ledger.
import { audit } from '../ledger/audit.ts'
import { beat } from '../ledger/lock.ts'
import { toAudit } from './audit.ts'
import type { Work } from './context.ts'

/** So that one who finds the lock taken can see whether the holder lives. */
export async function withHeartbeat<T>(work: Work, body: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const beats = (async () => {
    while (!stop.signal.aborted) {
      await work.clock.sleep(2000, stop.signal)
      if (!stop.signal.aborted) await work.db.session(beat).catch(() => undefined)
    }
  })()
  try {
    return await body()
  } finally {
    stop.abort()
    await beats
  }
}

export async function keepEvents(work: Work): Promise<void> {
  const events = work.bus.take()
  if (!events.length || work.dry) return
  await work.control.transaction(async (tx) => {
    await tx.query('insert into godwit.event (run, body) select $1::integer, e from jsonb_array_elements($2::jsonb) e', [
      work.run,
      JSON.stringify(events),
    ])
    await audit(tx, toAudit(events, work.run, work.plan.id), work.clock.now())
  })
}
