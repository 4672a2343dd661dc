// Looks at a database before anything is done to it. Asks, and changes nothing.
import { bytes, count, duration, list, plainText, plural } from '../../text.ts'
import type { Database, Row, Session } from '../database.ts'
import { type Concern, examineTables } from './doctor-tables.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { movesBetweenTransactions } from './probe.ts'

export type { Finding } from './finding.ts'
export { grantsScript } from './grants.ts'

/** `readOnly` and `writes`: ids of tables, in which * stands for anything. */
export async function examine(db: Database, concern: Concern): Promise<Finding[]> {
  const moves = await movesBetweenTransactions(db)
  if (moves) {
    // everything else would be asked of changing sessions, and answer for none of them
    return [
      problem(
        'pooler in transaction mode',
        `${db.name}: ${moves}.`,
        'Use the address of the server itself, or of a pooler in session mode.',
      ),
    ]
  }
  return db.session((session) =>
    session.transaction(
      async (tx) => {
        const server = (await tx.query(serverFacts)).rows[0]!
        return [
          ...connection(db, server),
          ...version(server),
          ...encoding(server),
          ...readiness(server, concern),
          ...durability(server),
          ...limits(server),
          ...(await room(tx)),
          ...(await otherTransactions(tx, server, concern.longTransaction ?? 60)),
          ...(await preparedTransactions(tx)),
          ...(await slots(tx)),
          ...(await examineTables(tx, concern)),
        ]
      },
      { isolation: 'repeatable read', readOnly: true },
    ),
  )
}

// reset_val: what the role and the database start a session with, before ours is pinned
const started = (name: string): string => `(select reset_val from pg_settings where name = '${name}') as ${name}`
const serverFacts = `
select current_setting('server_version') as version, current_setting('server_version_num') as number, session_user as login, current_user as role,
  pg_is_in_recovery()::text as standby, current_setting('server_encoding') as encoding, current_setting('session_replication_role') as replication_role,
  ${['default_transaction_read_only', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'synchronous_commit', 'row_security'].map(started).join(', ')},
  current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - (select count(*) from pg_stat_activity
    where backend_type = 'client backend') as free_connections,
  (select rolconnlimit from pg_roles where rolname = session_user) as connection_limit,
  (select rolsuper from pg_roles where rolname = current_user)::text as superuser,
  (pg_has_role('pg_read_all_stats', 'usage'))::text as sees_others`

function connection(db: Database, server: Row): Finding[] {
  const as = server.role === server.login ? server.login : `${server.login}, working as ${server.role}`
  const found = [ok('connection', `${db.name}, as ${plainText(as!)}. Every session is its own, and pinned.`)]
  if (server.superuser !== 'true') return found
  return [
    ...found,
    warning(
      'superuser',
      `${plainText(server.role!)} is a superuser: no privilege, no policy and no owner holds it back.`,
      'Work as a role that has only what the migration needs: `godwit grants` prints one.',
    ),
  ]
}

function version(server: Row): Finding[] {
  if (Number(server.number) >= 160_000) return [ok('version', `PostgreSQL ${server.version}.`)]
  return [
    warning(
      'version',
      `PostgreSQL ${server.version} is supported, but can test a value only by trying, which is about 25 times slower for columns of dirty text.`,
      'Nothing must be done. From 16 on it is fast.',
    ),
  ]
}

function encoding(server: Row): Finding[] {
  if (server.encoding === 'UTF8') return [ok('encoding', 'UTF8.')]
  if (server.encoding === 'SQL_ASCII') {
    return [
      problem(
        'encoding',
        'The database is SQL_ASCII: it stores bytes and does not know what they mean, so nobody can tell what is text in it.',
        'Find out which encoding the bytes have, and load them into a database that says so.',
      ),
    ]
  }
  return [
    warning(
      'encoding',
      `The database is ${server.encoding}: characters that this encoding lacks cannot be stored in it.`,
      'Such rows will be in quarantine with ENCODING. A database in UTF8 has room for all.',
    ),
  ]
}

function readiness(server: Row, concern: Concern): Finding[] {
  const found: Finding[] = []
  const writes = concern.writes.length > 0
  if (server.standby === 'true') {
    found.push((writes ? problem : warning)('standby', 'This server is a standby and takes no writes.', 'Use the address of the primary.'))
  }
  if (server.default_transaction_read_only === 'on' && writes) {
    found.push(
      problem(
        'read-only',
        'Transactions are read-only here by default (default_transaction_read_only = on). Somebody meant that.',
        'Ask them. To lift it for one role: ALTER ROLE … SET default_transaction_read_only = off.',
      ),
    )
  }
  if (server.replication_role !== 'origin') {
    found.push(
      problem(
        'session_replication_role',
        `It is ${server.replication_role}: triggers do not fire and foreign keys are not checked.`,
        'ALTER ROLE … RESET session_replication_role (or ALTER DATABASE …).',
      ),
    )
  }
  return found
}

function durability(server: Row): Finding[] {
  const found: Finding[] = []
  if (server.synchronous_commit === 'off') {
    found.push(
      warning(
        'synchronous_commit',
        "It is off: a crash of the server can lose the last transactions that it called committed, Godwit's record of them included.",
        'ALTER ROLE … SET synchronous_commit = on, at least for the migration.',
      ),
    )
  }
  const unsafe = (['fsync', 'full_page_writes'] as const).filter((name) => server[name] === 'off')
  if (unsafe.length > 0) {
    found.push(
      warning(
        'durability',
        `${list(unsafe)} ${unsafe.length === 1 ? 'is' : 'are'} off: a power failure can destroy the database.`,
        'Fine for a test server, for nothing else.',
      ),
    )
  }
  return found.length > 0 ? found : [ok('durability', 'What is committed is on disk.')]
}

function limits(server: Row): Finding[] {
  const timeouts = (['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const).filter(
    (name) => server[name] !== '0',
  )
  const own = timeouts.length === 0 ? 'none set for this role' : `${list(timeouts.map((t) => `${t} = ${server[t]} ms`))} for this role`
  const found = [ok('timeouts', `${own}; Godwit's sessions set their own.`)]
  if (server.row_security === 'off')
    found.push(ok('row_security', 'It is off for this role already, as Godwit sets it: an error instead of rows that are not shown.'))
  const free = Math.min(Number(server.free_connections), Number(server.connection_limit) < 0 ? Infinity : Number(server.connection_limit))
  if (free >= fewConnections) return [...found, ok('connections', `${count(free)} free.`)]
  return [
    ...found,
    warning(
      'connections',
      `Only ${plural(free, 'connection')} free; a run takes up to ${fewConnections}.`,
      'Use fewer workers, close other clients, or raise max_connections.',
    ),
  ]
}
const fewConnections = 8

async function room(tx: Session): Promise<Finding[]> {
  const size = Number((await tx.query('select pg_database_size(current_database()) as size')).rows[0]!.size)
  return [
    warning(
      'disk space',
      `Unknown: SQL cannot ask how much is free. The database takes ${bytes(size)}; a migration that copies its largest tables needs their size again, up to three times with WAL.`,
      'Look on the server: df -h, for the data and for the WAL.',
    ),
  ]
}

async function otherTransactions(tx: Session, server: Row, longerThan: number): Promise<Finding[]> {
  const { rows } = await tx.query(
    `
select pid::text, coalesce(usename, '?') as usename, coalesce(nullif(application_name, ''), 'no name') as application, coalesce(state, '?') as state,
  extract(epoch from clock_timestamp() - xact_start)::text as age
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and xact_start < clock_timestamp() - $1 * interval '1 second'
order by xact_start limit 10`,
    [longerThan],
  )
  const found = rows.length === 0 ? [] : [longTransactions(rows)]
  if (server.sees_others === 'true') return found.length > 0 ? found : [ok('long transactions', `None older than ${duration(longerThan)}.`)]
  const unknown = 'Unknown for the sessions of other roles: this one may not look into them.'
  return [...found, warning('long transactions', unknown, 'GRANT pg_read_all_stats TO …; it shows what others do, and no table.')]
}

function longTransactions(rows: readonly Row[]): Finding {
  const who = rows.map(
    (r) => `pid ${r.pid} (${plainText(r.usename!)}, ${plainText(r.application!)}, ${r.state}) for ${duration(Number(r.age))}`,
  )
  return warning(
    'long transactions',
    `${list(who)}. Whatever needs a lock on what they touched waits for them, and the application waits behind it.`,
    'Let them end before cutover. If one was forgotten: select pg_terminate_backend(PID).',
  )
}

async function preparedTransactions(tx: Session): Promise<Finding[]> {
  const { rows } = await tx.query(
    `select gid, owner::text, prepared::text from pg_prepared_xacts where database = current_database() order by prepared limit 10`,
  )
  if (rows.length === 0) return []
  return [
    warning(
      'prepared transactions',
      `${list(rows.map((r) => `${plainText(r.gid!)} of ${plainText(r.owner!)} since ${r.prepared}`))}. They hold their locks until somebody ends them, restarts included.`,
      "Find out whose they are; then COMMIT PREPARED 'gid' or ROLLBACK PREPARED 'gid'.",
    ),
  ]
}

async function slots(tx: Session): Promise<Finding[]> {
  const { rows } = await tx.query(`
select slot_name, pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, restart_lsn)::text as kept
from pg_replication_slots where not active and restart_lsn is not null order by 2 desc nulls last limit 10`)
  if (rows.length === 0) return []
  return [
    warning(
      'replication slots',
      `${list(rows.map((r) => `${plainText(r.slot_name!)} keeps ${bytes(Number(r.kept))} of WAL`))}, and nobody reads. All that a migration writes is kept as well, until the disk is full.`,
      'Start the reader, or select pg_drop_replication_slot(NAME).',
    ),
  ]
}
