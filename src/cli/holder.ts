// Who works on a database at the moment, asked of the server.
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Session } from '../databases/database.ts'
import { GodwitError } from '../errors/error.ts'
import { ledgerThere } from '../ledger/tables.ts'

export interface Holder {
  readonly run: string | undefined
  readonly host: string
  readonly pid: number | undefined
  readonly since: string
  /** Seconds. */
  readonly heartbeat: number | undefined
}

/** Whoever holds the lock; nobody if it is free. */
export async function holderOf(session: Session): Promise<Holder | undefined> {
  if (!(await ledgerThere(session))) return undefined
  const { rows } = await session.query(`
    select e.run::text as run, e.host, e.pid::text as pid, e.since::text as since, round(extract(epoch from clock_timestamp() - h.at))::text as ago
    from godwit.epoch e, godwit.heartbeat h where exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.classid = 1735353463 and l.objid = 2 and l.granted
      and l.database = (select oid from pg_database where datname = current_database()))`)
  const r = rows[0]
  if (!r) return undefined
  return {
    run: r.run ? `r${r.run}` : undefined,
    host: r.host ?? 'unknown',
    pid: r.pid ? Number(r.pid) : undefined,
    since: r.since ?? '',
    heartbeat: r.ago ? Math.max(0, Number(r.ago)) : undefined,
  }
}

/** r4, host build-7, pid 1182, heartbeat 2 s ago */
export function holderInWords({ run, host, pid, heartbeat }: Holder): string {
  const beat = heartbeat === undefined ? 'never' : `${heartbeat} s ago`
  return `${run ?? 'a run that has not begun yet'}, ${host === hostname() ? 'this host' : `host ${host}`}, pid ${pid ?? 'unknown'}, heartbeat ${beat}`
}

function isGone({ host, pid }: Holder): boolean {
  if (host !== hostname() || pid === undefined) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** A process that was killed leaves sessions behind, which the server ends by itself after a few seconds. That is worth waiting for. */
export async function whenFree<T>(db: Database, note: (text: string) => void, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let told = false
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof GodwitError) || error.code !== 'GW_LOCKED' || tries >= 60 || signal.aborted) throw error
      const holder = await db.session(holderOf)
      if (holder && !isGone(holder)) throw error
      if (!told && holder) note(`Process ${holder.pid} is gone, and the server is about to end its sessions …`)
      told = true
      await pause(500)
    }
  }
}
