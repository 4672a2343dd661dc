// What MariaDB and its driver say when something fails, as all failures of databases are known.
import type { DatabaseFailure } from '../database.ts'

export class MariadbFailure extends Error implements DatabaseFailure {
  override readonly name = 'MariadbFailure'
  readonly sqlstate: string
  constructor(message: string, sqlstate: string, cause: unknown) {
    super(message, { cause })
    this.sqlstate = sqlstate
  }
}

interface DriverError extends Error {
  readonly code?: string
  readonly sqlState?: string
  readonly errno?: number
  readonly fatal?: boolean
}

/** Of the server: it ends, it waited for a lock too long, two waited for each other, it has too many connections. */
const states: Readonly<Record<number, string>> = { 1053: '57P01', 1205: '55P03', 1213: '40P01', 1040: '53300', 1927: '57P01' }

export function failureFrom(problem: unknown): unknown {
  if (!(problem instanceof Error) || problem instanceof MariadbFailure) return problem
  const { code, errno, sqlState, fatal } = problem as DriverError
  if (code === undefined && errno === undefined) return problem
  const known = errno === undefined ? undefined : states[errno]
  // a connection that is gone has no state of its own
  return new MariadbFailure(problem.message, known ?? (fatal || sqlState === undefined ? '08006' : sqlState), problem)
}
