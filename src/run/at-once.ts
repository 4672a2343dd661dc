// In one transaction, of which is known whether it took effect: also where the answer to COMMIT was lost.
import type { Session } from '../databases/database.ts'
import type { Work } from './context.ts'
import { failureOf, retrying } from './failures.ts'

export async function atOnce<T>(work: Work, session: Session, body: (tx: Session) => Promise<T>): Promise<T> {
  if (work.dry) return session.transaction((tx) => undoneAlone(tx, body))
  let result: T | undefined
  try {
    return await session.transaction(async (tx) => {
      result = await body(tx)
      return result
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure?.outcomeUnknown && failure.xid !== undefined && (await tookEffect(work, failure.xid))) return result as T
    throw error
  }
}

/** A dry run has one transaction around everything: what is looked at when a transaction commits is looked at here. */
async function undoneAlone<T>(tx: Session, body: (tx: Session) => Promise<T>): Promise<T> {
  const result = await body(tx)
  await tx.query('set constraints all immediate')
  return result
}

/** The server may still be at it: a look that comes too early would take what is under way for lost, and do it twice. */
async function tookEffect(work: Work, xid: string): Promise<boolean> {
  const ask = () => work.db.session(async (s) => (await s.query('select pg_xact_status($1::xid8) as status', [xid])).rows[0]!['status'])
  for (;;) {
    const status = await retrying('asking what became of a COMMIT', work.settings.retries, work.clock, work.signal, () => undefined, ask)
    if (status !== 'in progress') return status === 'committed'
    await work.clock.sleep(100, work.signal)
  }
}
