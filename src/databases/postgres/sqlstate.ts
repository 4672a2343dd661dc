// What a SQLSTATE means for the unit of work it broke off. The text of an error is never looked at.

/**
 * retry: the same again, later. shrink: the same with fewer rows. row: some row is at fault, find it and quarantine it.
 * stop: nothing that trying again would mend.
 */
export type Reaction = 'retry' | 'shrink' | 'row' | 'stop'

/** A class of two characters or a whole code. A whole code goes before its class; what is not here stops the run. */
export const reactions: Readonly<Record<string, Reaction>> = {
  '08': 'retry', // connection
  '40001': 'retry', // could not serialize
  '40P01': 'retry', // deadlock
  '55P03': 'retry', // lock not available, lock_timeout
  '57P01': 'retry', // terminated by an administrator
  '57P02': 'retry', // server crashed
  '57P03': 'retry', // server is starting up
  '53300': 'retry', // too many connections

  '57014': 'shrink', // statement_timeout
  '53200': 'shrink', // out of memory
  '54000': 'shrink', // a limit of the program

  '22': 'row', // the value
  '23': 'row', // a constraint
  P0001: 'row', // RAISE in somebody's trigger

  '53100': 'stop', // disk full
  '58': 'stop', // system error
  XX001: 'stop', // corrupted data
  XX002: 'stop', // corrupted index
  '28': 'stop', // not authorised
  '42': 'stop', // the statement or a privilege
}

export const reactionTo = (sqlstate: string): Reaction =>
  (sqlstate.length === 5 && (reactions[sqlstate] ?? reactions[sqlstate.slice(0, 2)])) || 'stop'

/** The quarantine's codes that a server's error can lead to. */
export type FailureReason =
  | 'OUT_OF_RANGE'
  | 'TOO_LONG'
  | 'ENCODING'
  | 'DIV_BY_ZERO'
  | 'NULL_NOT_ALLOWED'
  | 'FK_ORPHAN'
  | 'UNIQUE_CONFLICT'
  | 'CHECK_FAILED'
  | 'EXCLUSION_CONFLICT'
  | 'TARGET_TRIGGER'
  | 'EXPR_ERROR'

const reasons: Readonly<Record<string, FailureReason>> = {
  '22003': 'OUT_OF_RANGE',
  '22001': 'TOO_LONG',
  '22021': 'ENCODING',
  '22012': 'DIV_BY_ZERO',
  '23502': 'NULL_NOT_ALLOWED',
  '23503': 'FK_ORPHAN',
  '23505': 'UNIQUE_CONFLICT',
  '23514': 'CHECK_FAILED',
  '23P01': 'EXCLUSION_CONFLICT',
  P0001: 'TARGET_TRIGGER',
}

/** Why a row goes to quarantine; nothing where the failure is not the row's. */
export const reasonOf = (sqlstate: string): FailureReason | undefined =>
  reactionTo(sqlstate) === 'row' ? (reasons[sqlstate] ?? 'EXPR_ERROR') : undefined
