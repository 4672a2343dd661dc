// A change of a table waits for whoever is at it, and whoever comes after waits behind the change. MariaDB counts such a wait in whole
// seconds, which is too long: so it is watched over another connection, and ended when its time is over.
import type { Connection } from 'mysql2'
import { asked } from '../connection.ts'

/** How often is looked whether it waits, in milliseconds. */
const interval = 25

export interface Watched {
  /** Whether a statement was ended because it had waited for too long. */
  readonly hasGivenWay: () => boolean
  /** Until then no statement of the connection waits longer than that. */
  stop(): Promise<void>
}

/** `other`: a connection of its own, which it closes. */
export function givingWay(connection: Connection, other: Connection, lockWaitMs: number): Watched {
  const { threadId } = connection
  const waiting = `select 1 from information_schema.processlist where id = ${threadId} and state like 'Waiting for %lock'`
  let [since, ended] = [0, false]
  const over = new AbortController()
  const look = async (): Promise<void> => {
    const waits = (await asked(other, waiting)).length > 0
    if (!waits) since = 0
    else if (!since) since = performance.now()
    else if (performance.now() - since + 2 * interval >= lockWaitMs) {
      ended = true
      since = 0
      await asked(other, `kill query ${threadId}`)
    }
  }
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look()
      await new Promise((resolve) => setTimeout(resolve, interval))
    }
  })()
  // whoever cannot look any more is told of it by `stop`
  watching.catch(() => {})
  return {
    hasGivenWay: () => ended,
    async stop() {
      over.abort()
      try {
        await watching
      } finally {
        other.destroy()
      }
    },
  }
}
