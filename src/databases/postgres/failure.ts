// What the driver throws, as what the rest of Godwit knows.
import pg from 'pg'
import type { DatabaseFailure } from '../database.ts'

export const connectionBroken = '08006'

interface Told {
  readonly message: string
  readonly sqlstate: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  readonly constraint?: string | undefined
  readonly column?: string | undefined
  readonly table?: string | undefined
  readonly schema?: string | undefined
  readonly outcomeUnknown?: boolean | undefined
  readonly xid?: string | undefined
  readonly cause?: unknown
}

/** `detail` can hold values of rows: it is for the quarantine, and for people only where the policy allows. */
export class PostgresFailure extends Error implements DatabaseFailure {
  readonly sqlstate: string
  declare readonly detail?: string
  declare readonly hint?: string
  declare readonly constraint?: string
  declare readonly column?: string
  declare readonly table?: string
  declare readonly schema?: string
  declare readonly outcomeUnknown?: boolean
  declare readonly xid?: string
  constructor(told: Told) {
    super(told.message, told.cause === undefined ? undefined : { cause: told.cause })
    this.name = 'PostgresFailure'
    this.sqlstate = told.sqlstate
    for (const fact of ['detail', 'hint', 'constraint', 'column', 'table', 'schema', 'outcomeUnknown', 'xid'] as const) {
      if (told[fact] !== undefined) Object.assign(this, { [fact]: told[fact] })
    }
  }
}

/** `broken`: the connection is known to be gone, so an error that the server did not word is due to that. */
export function failureFrom(error: unknown, broken: boolean): unknown {
  if (error instanceof PostgresFailure) return error
  if (error instanceof pg.DatabaseError)
    return new PostgresFailure({ ...factsOf(error), message: error.message, sqlstate: error.code ?? 'XX000' })
  if (!broken || !(error instanceof Error)) return error
  return new PostgresFailure({ message: `The connection broke: ${error.message}`, sqlstate: connectionBroken, cause: error })
}

function factsOf(error: pg.DatabaseError): Omit<Told, 'message' | 'sqlstate'> {
  const { detail, hint, constraint, column, table, schema } = error
  return { detail, hint, constraint, column, table, schema }
}

/** A COMMIT whose answer never came: it may have happened. */
export const outcomeUnknown = (failure: PostgresFailure, xid: string | undefined): PostgresFailure =>
  new PostgresFailure({
    ...failure,
    message: `The connection broke during COMMIT, so it is not known whether the transaction was committed: ${failure.message}`,
    outcomeUnknown: true,
    xid,
    cause: failure,
  })

/** Whether the server ended the session with this, so that nothing more will come over it. */
export const endsSession = (sqlstate: string): boolean =>
  sqlstate.startsWith('08') || sqlstate.startsWith('57P') || sqlstate === '25P03' || sqlstate === '25P04'
