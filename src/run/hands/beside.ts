// What those at work feel of a step: who waits for a session of this program, held up by it or queued behind it, and for how long.
// Seen while it is done, because afterwards nobody can say.
import { setTimeout as after } from 'node:timers/promises'
import type { DatabaseFailure, Session } from '../../databases/database.ts'
import type { Work } from '../context.ts'

/** How long one may have waited unseen. */
const everyMs = 50

/** A session that gives way when somebody has waited for it too long. */
export interface Giving {
  readonly session: Session
  readonly mostMs: number
}

export interface Beside {
  during<T>(body: () => Promise<T>, giving?: Giving): Promise<T>
  /** Nothing where nobody has looked. */
  says(): string | undefined
}

/** Somebody has waited as long as anybody may: like a lock that was not to be had, it is asked for again. */
class GaveWay extends Error implements DatabaseFailure {
  readonly sqlstate = '55P03'
}

export function besideOf(work: Work): Beside {
  let longest: number | undefined
  let isSure = true
  return {
    async during(body, giving) {
      if (work.dry) return body()
      const looks = new Looks(work, giving)
      try {
        return await body()
      } catch (problem) {
        await looks.end()
        throw looks.gaveWay ? new GaveWay(`somebody waited for it longer than ${giving!.mostMs} ms`, { cause: problem }) : problem
      } finally {
        await looks.end()
        longest = Math.max(longest ?? 0, looks.longest)
        isSure &&= looks.sure
      }
    },
    says: () => (longest !== undefined && isSure ? `nobody waited for it longer than ${Math.ceil(longest)} ms` : undefined),
  }
}

class Looks {
  /** Nobody can have waited longer: what was seen, and what may have come until the next look. */
  longest = 0
  gaveWay = false
  /** No look has failed. */
  sure = true
  private last = { at: performance.now(), ms: 0 }
  private readonly over = new AbortController()
  private readonly looking: Promise<void>

  constructor(work: Work, giving: Giving | undefined) {
    this.looking = this.look(work, giving).catch(() => void (this.sure &&= this.over.signal.aborted))
  }

  /** When it is through, nothing more is sent to anybody. */
  async end(): Promise<void> {
    if (!this.over.signal.aborted) {
      this.over.abort()
      this.grow()
    }
    await this.looking
  }

  private async look({ db }: Work, giving: Giving | undefined): Promise<void> {
    const { signal } = this.over
    await after(everyMs, undefined, { signal })
    await db.session(async (s) => {
      while (!signal.aborted) {
        await this.once(s, giving)
        await after(everyMs, undefined, { signal })
      }
    })
  }

  private async once(s: Session, giving: Giving | undefined): Promise<void> {
    const at = performance.now()
    const ms = Number((await s.query(waiting)).rows[0]!['ms'])
    if (this.over.signal.aborted) return
    this.grow()
    this.last = { at, ms }
    if (!giving || ms <= giving.mostMs) return
    this.gaveWay = true
    await s.query('select pg_cancel_backend($1::int)', [giving.session.pid])
  }

  /** Whoever was seen waiting has waited until now; and somebody may have come just afterwards. */
  private grow(): void {
    this.longest = Math.max(this.longest, this.last.ms + performance.now() - this.last.at)
  }
}

/** Those who wait for one of ours. Ours have one name; what the server does by itself may wait. */
const waiting = `
  with ours as (select array_agg(pid) as pids from pg_stat_activity where application_name = current_setting('application_name'))
  select coalesce(max(extract(epoch from clock_timestamp() - l.waitstart) * 1000), 0)::int::text as ms
    from ours, pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and a.application_name <> current_setting('application_name') and coalesce(a.backend_type, 'client backend') = 'client backend'
      and pg_blocking_pids(l.pid) && ours.pids`
