// How long an answer is waited for.
import pg from 'pg'

export interface Watched {
  /** Milliseconds. */
  readonly patience: number
  /** The server process that owes the answer. */
  readonly pid: number
  /** Another connection to the same server. */
  connect(timeout: number): Promise<pg.Client>
  /** Bytes that have come so far. */
  received(): number
  /** Something has come that we have not taken yet: then it is not the server that is slow. */
  unread(): boolean
  giveUp(): void
}

/** How long an answer may be on its way after the server says that it has been given. */
const onItsWay = 2_000

/**
 * A half-open connection never answers and never breaks. A long statement does not answer for a long time either, so a time
 * limit alone cannot tell them apart: the server is asked, over a second connection, whether it is still at it.
 */
export async function awaiting<T>(watched: Watched, work: () => Promise<T>): Promise<T> {
  const end = watchOver(watched)
  try {
    return await work()
  } finally {
    end()
  }
}

export function watchOver(watched: Watched): () => void {
  let over = false
  const patience = Math.max(1, watched.patience)
  let seen = watched.received()
  const silent = () => watched.received() === seen && !watched.unread()
  const watch = setInterval(async () => {
    if (!silent()) {
      seen = watched.received()
      return
    }
    if (await serverIsAtIt(watched)) return
    setTimeout(
      () => {
        if (!over && silent()) watched.giveUp()
      },
      Math.min(onItsWay, patience),
    ).unref()
  }, patience)
  return () => {
    over = true
    clearInterval(watch)
  }
}

async function serverIsAtIt(watched: Watched): Promise<boolean> {
  try {
    return await aside(watched, async (client) => {
      const { rows } = await client.query(`select state = 'active' as busy from pg_stat_activity where pid = $1`, [watched.pid])
      return rows[0]?.busy === 't'
    })
  } catch (problem) {
    // an answer is an answer, even if it says that there are too many connections
    return problem instanceof pg.DatabaseError
  }
}

export const cancel = (watched: Watched): Promise<unknown> =>
  aside(watched, (client) => client.query('select pg_cancel_backend($1)', [watched.pid]))

async function aside<T>(watched: Watched, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await watched.connect(watched.patience)
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer')), watched.patience)
  try {
    return await Promise.race([work(client), late.promise])
  } finally {
    clearTimeout(timer)
    void client.end().catch(() => {})
  }
}
