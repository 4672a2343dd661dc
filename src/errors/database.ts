// What can go wrong between Godwit and a database server. No message holds a password, and none a part of an address but what `describe` shows.

import { plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

/** Why there is no connection, as far as it can be told. */
export type ConnectTrouble =
  | 'refused'
  | 'no socket'
  | 'dns'
  | 'unreachable'
  | 'timeout'
  | 'closed'
  | 'password'
  | 'no password'
  | 'not allowed'
  | 'no role'
  | 'no database'
  | 'no privilege'
  | 'tls not offered'
  | 'tls certificate'
  | 'full'
  | 'starting'
  | 'other'

const whatToDo: Readonly<Record<ConnectTrouble, string>> = {
  refused: 'Nothing listens there. Is the server running, and are host and port right?',
  'no socket': 'There is no server socket in that folder. Is the server running? A path as host means a Unix socket.',
  dns: 'The name of the host is not known here. Look for a slip in it, and whether this machine needs a VPN or another DNS server.',
  unreachable: 'There is no route to that host. A VPN that is off, or another network, is the usual cause.',
  timeout: 'Nobody answered in time. A firewall that drops packets, a VPN that is off, or a wrong port look like this.',
  closed:
    'The server, or something in front of it, hung up without a word. Is it really Postgres that listens there, and does it want TLS (sslmode=require)?',
  password: 'The server does not accept this user with this password. If the password was changed, change it where the address comes from.',
  'no password': 'The server asks for a password and the address has none.',
  'not allowed':
    "The server's pg_hba.conf lets this user, from this machine, not into this database, or not without TLS (sslmode=require).",
  'no role': 'The server knows no such user. Look for a slip in the address.',
  'no database': 'The server has no such database. Look for a slip in the address, or make it with CREATE DATABASE.',
  'no privilege': 'This user may not connect to that database: GRANT CONNECT ON DATABASE … TO ….',
  'tls not offered': 'The address asks for TLS and the server has none. Leave sslmode out if this is your own machine.',
  'tls certificate':
    "The server's certificate does not hold. Give the right CA with sslrootcert=FILE and the host name that the certificate is made out to.",
  full: 'The server has no connection left. Close some, use fewer workers, or raise max_connections. Then run again.',
  starting: 'The server is starting up, shutting down or recovering. Wait a moment and run again.',
  other: 'If the message does not tell what to do, try the same address with psql.',
}

export interface ConnectFailure {
  /** `app@host:5432/name` */
  readonly database: string
  readonly trouble: ConnectTrouble
  /** What the server or the network said. */
  readonly said: string
  readonly cause?: unknown
}

export const connectFailed = defineError<ConnectFailure>('GW_CONNECT_FAILED', {
  exit: exit.resumable,
  means: `Godwit could not open a connection to a database. Nothing was changed by this attempt.
If a run was under way, it is where it was: what was committed is committed, and the same command goes on from there once the
database answers. The message has the words of the server or of the network; the line below says what they usually mean.
The address is shown without its password and parameters.`,
  say: ({ database, trouble, said, cause }) => ({
    message: `No connection to ${plainText(database)}: ${plainText(said)}`,
    hint: whatToDo[trouble],
    cause,
  }),
})

export const serverTooOld = defineError<{ database: string; version: string; least: number }>('GW_SERVER_TOO_OLD', {
  exit: exit.usage,
  means: `The server is older than what Godwit is tested with: PostgreSQL 14 is the least, 16 or later is better, because from there on
the server can test a value without an error being raised. Older servers lack words that Godwit's statements use, and get no more
security fixes. Nothing was changed.`,
  say: ({ database, version, least }) => ({
    message: `${plainText(database)} is PostgreSQL ${plainText(version)}; Godwit needs ${least} or later.`,
    hint: 'Upgrade the server first, or bring the data to a newer server and migrate there.',
  }),
})

export const poolerInBetween = defineError<{ database: string; shown: string }>('GW_POOLER', {
  exit: exit.usage,
  means: `Between Godwit and the server stands a pooler in transaction (or statement) mode: PgBouncer with pool_mode=transaction, the
"transaction" port of a hosted Postgres, RDS Proxy and the like. It gives every transaction another server connection, so that
settings, temporary tables and session locks of one transaction are gone, or worse someone else's, in the next.
Godwit's guarantees stand on its session being its own: the lock that keeps a second runner out, the pinned time zone and date
style, the lock_timeout that protects your application. So it refuses. Connect to the server itself, or to the pooler's session
mode; at most hosters that is another port (5432 instead of 6543) or another host name. Nothing was changed.`,
  say: ({ database, shown }) => ({
    message: `${plainText(database)} is behind a pooler that changes the connection between transactions: ${shown}.`,
    hint: 'Use the address of the server itself, or of a pooler in session mode.',
  }),
})

export const roleRefused = defineError<{ database: string; role: string; said: string; cause?: unknown }>('GW_ROLE_REFUSED', {
  exit: exit.usage,
  means: `The configuration tells Godwit to work as another role than the one it connects with (SET ROLE), and the server refused:
the role is not there, or the user that connects is not a member of it. Nothing was changed.`,
  say: ({ database, role, said, cause }) => ({
    message: `${plainText(database)} does not let Godwit work as the role ${plainText(role)}: ${plainText(said)}`,
    hint: `Make the role, or make the user a member of it: GRANT ${plainText(role)} TO ….`,
    cause,
  }),
})

export const nameAmbiguous = defineError<{ id: string }>('GW_NAME_AMBIGUOUS', {
  exit: exit.usage,
  means: `Two tables would be known to Godwit by one name, because a schema or a table has a dot in its own name: table "c" in schema
"a.b" and table "b.c" in schema "a" are both a.b.c. Godwit knows tables as schema.name and does not guess which is meant.`,
  say: ({ id }) => ({
    message: `Two tables are both called ${plainText(id)}, because of a dot in a name.`,
    hint: 'Rename one of them, or leave its schema out of this database.',
  }),
})

export const databaseSaid = defineError<{ message: string; sqlstate: string; cause: unknown }>('GW_DATABASE', {
  means: `The server refused a statement, and Godwit has no better words for it than the server's own. The code in brackets is its SQLSTATE.`,
  say: (f) => ({ message: `${plainText(f.message)} (${f.sqlstate})`, hint: hintFor(f.sqlstate), cause: f.cause }),
})

export const databaseAway = defineError<{ message: string; sqlstate: string; cause: unknown }>('GW_DATABASE_AWAY', {
  exit: exit.resumable,
  means:
    'The connection broke, the server was shut down or busy, or a lock could not be had. What was committed stays; the same command can be given again.',
  say: (f) => ({
    message: `${plainText(f.message)} (${f.sqlstate})`,
    hint: 'Nothing is half done. When the cause is gone, run the same command again.',
    cause: f.cause,
  }),
})

const hintFor = (sqlstate: string): string =>
  sqlstate === '42501'
    ? 'The role lacks a privilege: godwit doctor shows which, godwit grants prints what would give it.'
    : sqlstate === '25006'
      ? 'The server or the role is read-only: godwit doctor tells more.'
      : 'Nothing of the statement was kept. With GODWIT_DEBUG=1 the place in Godwit is shown.'

export const sourceUnknown = defineError<{ name: string; near: string | undefined }>('GW_SOURCE_UNKNOWN', {
  exit: exit.usage,
  means:
    'A mapping reads from another database by a name that the configuration does not know. `sources` in godwit.config.ts says which there are.',
  say: (f) => ({
    message: `There is no source '${plainText(f.name)}'.${f.near ? ` Did you mean '${plainText(f.near)}'?` : ''}`,
    hint: `Say where it is: sources: { ${plainText(f.name)}: '\${SOURCE_URL}' } in godwit.config.ts.`,
  }),
})

export const sourceFileMissing = defineError<{ file: string }>('GW_SOURCE_FILE', {
  exit: exit.usage,
  means: 'A source is a file, and there is none. Godwit does not make an empty database in its place, as SQLite itself would.',
  say: (f) => ({
    message: `There is no file ${plainText(f.file)}.`,
    hint: 'sources in godwit.config.ts says where it is, relative to that file.',
  }),
})
