// What to do when a statement fails: by its SQLSTATE alone, never by its text.
import type { DatabaseFailure } from '../databases/database.ts'
import { type Reaction, reactionTo } from '../databases/postgres/sqlstate.ts'
import { databaseAway, databaseSaid } from '../errors/database.ts'
import { GodwitError } from '../errors/error.ts'
import { gaveUp, serverStopped } from '../errors/run.ts'
import type { Clock } from './clock.ts'

export function failureOf(error: unknown): (DatabaseFailure & { outcomeUnknown?: boolean }) | undefined {
  return error instanceof Error && typeof (error as Partial<DatabaseFailure>).sqlstate === 'string' ? (error as DatabaseFailure) : undefined
}

export function reaction(error: unknown): Reaction | undefined {
  if (error instanceof GodwitError) return undefined
  const failure = failureOf(error)
  return failure && reactionTo(failure.sqlstate)
}

/** Tries again where trying again can help, a little later each time. */
export async function retrying<T>(
  what: string,
  tries: number,
  clock: Clock,
  signal: AbortSignal,
  waiting: (why: string) => void,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      const failure = failureOf(error)
      if (reaction(error) !== 'retry' || signal.aborted) throw stopped(what, error)
      if (attempt > tries) throw gaveUp({ what, tries: attempt, sqlstate: failure!.sqlstate, message: failure!.message })
      waiting(`${what}: ${failure!.message} (${failure!.sqlstate}); trying again`)
      await clock.sleep(pause(attempt), signal)
    }
  }
}

/** Longer each time, and never quite the same for two that wait for each other. */
function pause(attempt: number): number {
  const spread = 0.75 + ((process.pid * 31 + attempt * 17) % 50) / 100
  return Math.min(50 * 2 ** attempt, 5000) * spread
}

/** What ends a run: also a unit of one row that takes too long or too much, which no smaller unit would mend. */
export const ended = (what: string, error: unknown): unknown =>
  reaction(error) === 'shrink'
    ? serverStopped({ what, sqlstate: failureOf(error)!.sqlstate, message: failureOf(error)!.message, cause: error })
    : stopped(what, error)

/** A failure of the server as an error of ours; errors of ours as they are. */
export function stopped(what: string, error: unknown): unknown {
  const failure = failureOf(error)
  if (!failure || error instanceof GodwitError || reaction(error) !== 'stop') return error
  return serverStopped({ what, sqlstate: failure.sqlstate, message: failure.message, cause: error })
}

/** Whatever the server said, as an error with a code and an exit; anything else as it is. */
export function inOurWords(thrown: unknown): unknown {
  const failure = failureOf(thrown)
  if (!failure || thrown instanceof GodwitError) return thrown
  const facts = { message: failure.message, sqlstate: failure.sqlstate, cause: thrown }
  return reaction(thrown) === 'retry' ? databaseAway(facts) : databaseSaid(facts)
}
