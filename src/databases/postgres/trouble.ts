// Why a connection could not be opened, as one of a few cases that one can do something about.
import pg from 'pg'
import { type ConnectFailure, type ConnectTrouble, connectFailed } from '../../errors/database.ts'
import { GodwitError } from '../../errors/error.ts'
import { connectionBroken, PostgresFailure } from './failure.ts'

const bySqlstate: Readonly<Record<string, ConnectTrouble>> = {
  '28P01': 'password',
  '28000': 'not allowed',
  '3D000': 'no database',
  '42501': 'no privilege',
  '53300': 'full',
  '53400': 'full',
  '57P01': 'starting',
  '57P02': 'starting',
  '57P03': 'starting',
}

const byNetwork: Readonly<Record<string, ConnectTrouble>> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'no socket',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
}

const certificate = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/

export const offersNoTls = (error: unknown): boolean =>
  error instanceof Error && error.message === 'The server does not support SSL connections'

export function troubleIn(error: unknown): ConnectTrouble {
  if (error instanceof pg.DatabaseError) return serverTrouble(error)
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (offersNoTls(error)) return 'tls not offered'
  if (byNetwork[code]) return byNetwork[code]
  if (certificate.test(code)) return 'tls certificate'
  if (message.includes('timeout expired')) return 'timeout'
  if (message.startsWith('Connection terminated')) return 'closed'
  // the driver's own words, when the server wants a password and there is none to give
  if (message.startsWith('SASL') && message.includes('password must be a')) return 'no password'
  return 'other'
}

function serverTrouble(error: pg.DatabaseError): ConnectTrouble {
  // one code for two cases: pg_hba.conf says no, or there is no such role and the method needs no password
  if (error.code === '28000' && error.routine === 'InitializeSessionUserId') return 'no role'
  return bySqlstate[error.code ?? ''] ?? 'other'
}

const passing: readonly ConnectTrouble[] = ['starting', 'refused', 'no socket', 'timeout', 'unreachable', 'closed', 'full']

/** What kept a connection from being opened, as a failure that passes, if it may: a server that starts anew refuses for a while. */
export function awayFor(problem: unknown): unknown {
  if (!(problem instanceof GodwitError) || !passing.includes(troubleIn(problem.cause))) return problem
  return new PostgresFailure({ message: problem.message, sqlstate: connectionBroken, cause: problem })
}

export function connectFailure(database: string, error: unknown): ReturnType<typeof connectFailed> {
  const trouble = troubleIn(error)
  const facts: ConnectFailure = { database, trouble, said: saidBy(error, trouble), cause: error }
  return connectFailed(facts)
}

function saidBy(error: unknown, trouble: ConnectTrouble): string {
  if (trouble === 'no password') return 'the server asks for a password.'
  if (trouble === 'timeout') return 'no answer.'
  // where a name has several addresses Node tries each, and its message is empty
  const all = error instanceof AggregateError ? error.errors : [error]
  const messages = all.map((e: unknown) => (e instanceof Error ? e.message : String(e))).filter(Boolean)
  return messages.join('; ') || String((error as { code?: string }).code ?? 'no reason given')
}
