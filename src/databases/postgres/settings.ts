// What every session of ours is told before its first statement.
import { createHash } from 'node:crypto'

/**
 * What decides how a value is written, read or found. The same everywhere, whatever the role, the database or the
 * environment have set: a text that depends on a session's settings cannot be compared with one from another session.
 */
export const pinned = {
  client_encoding: 'UTF8',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  // the shortest text that reads back as the same float
  extra_float_digits: '1',
  bytea_output: 'hex',
  // pg_temp last and named: left out, it would be searched first, and a temporary table could stand in for a catalogue
  search_path: 'pg_catalog, pg_temp',
  // an error instead of rows that are silently not shown
  row_security: 'off',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  xmlbinary: 'base64',
  xmloption: 'content',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
} as const satisfies Readonly<Record<string, string>>

/** Changes when a setting is added, left out or given another value: part of a plan's id. */
export const settingsHash = (settings: Readonly<Record<string, string>> = pinned): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')

export interface Limits {
  /** Milliseconds; 0 or nothing: none. */
  readonly statementTimeout?: number | undefined
  readonly lockTimeout?: number | undefined
}

/** What a session may cost and when it is given up. Does not change what a statement answers, so no part of the hash. */
export const upkeep = (limits: Limits): Record<string, string> => ({
  // the role's own would end long statements and DDL in the middle of a run
  statement_timeout: String(limits.statementTimeout ?? 0),
  lock_timeout: String(limits.lockTimeout ?? 0),
  // a runner that was stopped (SIGSTOP, laptop closed) must not hold its locks for ever
  idle_in_transaction_session_timeout: '300000',
  // the session that holds the run's lock is idle for hours
  idle_session_timeout: '0',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
  // what a unit stages should stay in memory
  temp_buffers: '64MB',
  // our statements are either short or limited by reading and writing
  jit: 'off',
})

/** Where a server or its operating system does not have these, it goes without. */
export const whereSupported: Readonly<Record<string, string>> = {
  tcp_user_timeout: '60000',
  // a statement whose client is gone stops instead of running on with its locks
  client_connection_check_interval: '10000',
  transaction_timeout: '0',
}

/** One statement that sets them all for the session; names and values are bound. */
export const applySettings = 'select set_config(name, value, false) from unnest($1::text[], $2::text[]) as s(name, value)'
