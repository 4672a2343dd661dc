// Whether a session is a session. A pooler in transaction mode hands out another server connection for every transaction.
import { randomUUID } from 'node:crypto'
import { poolerInBetween } from '../../errors/database.ts'
import type { Database, Session } from '../database.ts'

/** Throws GW_POOLER. For `doctor`, and for `run` before its first statement that counts on its session. */
export async function probe(db: Database): Promise<void> {
  const shown = await movesBetweenTransactions(db)
  if (shown) throw poolerInBetween({ database: db.name, shown })
}

/** A busy pooler has more than one connection to give away before it gives away the first one's. */
const holders = 3

/**
 * What gave it away, or nothing. With nobody else about, a pooler may well give the same connection twice: so others take it
 * away, by holding transactions open, before the first session is asked again.
 */
export async function movesBetweenTransactions(db: Database): Promise<string | undefined> {
  return db.session(async (first) => {
    const mark = randomUUID()
    await first.query(`select set_config('godwit.probe', $1, false)`, [mark])
    const before = await processOf(first)
    const others = await hold(db)
    try {
      if (others.some((other) => other.pid === before.pid)) return `two sessions at once were given one server process, ${before.pid}`
      const after = await soon(processOf(first))
      if (!after) return 'a session got no answer while others had a transaction open'
      if (after.pid !== before.pid) return `one session had server process ${before.pid}, then ${after.pid}`
      return after.mark === mark ? undefined : 'a setting of the session was gone in its next transaction'
    } finally {
      await Promise.all(others.map((other) => other.session.close()))
    }
  })
}

interface Holder {
  readonly session: Awaited<ReturnType<Database['open']>>
  readonly pid: string
}

/** As many as can be had; where there are no more connections, fewer will do. */
async function hold(db: Database): Promise<Holder[]> {
  const held: Holder[] = []
  while (held.length < holders) {
    const next = openHolder(db)
    const holder = await soon(next).catch((problem: unknown) => (held.length > 0 ? undefined : Promise.reject(problem)))
    if (!holder) {
      next.then((late) => late.session.close()).catch(() => {})
      break
    }
    held.push(holder)
  }
  return held
}

async function openHolder(db: Database): Promise<Holder> {
  const session = await db.open()
  await session.query('begin')
  return { session, pid: (await processOf(session)).pid }
}

/** Long enough for a slow line. A pooler with few connections would let a session wait until another is through. */
const soonEnough = 5_000

async function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), soonEnough)
  answer.catch(() => {})
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
}

async function processOf(session: Session): Promise<{ pid: string; mark: string | null }> {
  const { rows } = await session.query(`select pg_backend_pid() as pid, current_setting('godwit.probe', true) as mark`)
  return { pid: rows[0]!.pid!, mark: rows[0]!.mark! }
}
