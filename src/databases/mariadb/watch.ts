// How long MariaDB's answer is waited for: a half-open connection never answers and never breaks.
import type { Socket } from 'node:net'
import type { Connection } from 'mysql2'
import { asked } from './connection.ts'
import { MariadbFailure } from './failure.ts'

interface Inside extends Connection {
  readonly stream: Socket
}

/** Where nothing has come for so long, the server is asked over another connection whether it is still at it. */
export function watchOver(connection: Connection, patience: number, open: () => Promise<Connection>): () => void {
  // the driver's types leave the socket out
  const { stream, threadId } = connection as Inside
  let over = false
  let seen = stream.bytesRead
  // what has come and is not taken yet is not the server's slowness
  const silent = () => stream.bytesRead === seen && !stream.isPaused() && stream.readableLength === 0
  const watch = setInterval(async () => {
    if (!silent()) {
      seen = stream.bytesRead
      return
    }
    if (!(await isAtIt(threadId, patience, open)) && !over && silent()) stream.destroy(new MariadbFailure('no answer', '08006', undefined))
  }, patience)
  return () => {
    over = true
    clearInterval(watch)
  }
}

async function isAtIt(threadId: number, patience: number, open: () => Promise<Connection>): Promise<boolean> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patience, undefined).unref())
  const other = await Promise.race([open().catch(() => undefined), late])
  if (!other) return false
  try {
    const sql = `select command from information_schema.processlist where id = ${threadId}`
    const rows = await Promise.race([asked(other, sql).catch(() => undefined), late])
    // one that waits until we take what it has written is at it as well
    return rows !== undefined && rows.length > 0 && rows[0]![0] !== 'Sleep'
  } finally {
    other.destroy()
  }
}
