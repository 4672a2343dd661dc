// What can go wrong with the Postgres that godwit brings along.
import { defineError } from './error.ts'

const ownServer = 'Or use a server of your own: DATABASE_URL=postgresql://user@host:5432/name'

export const noEmbeddedPackage = defineError<{ platform: string; name: string }>('GW_EMBEDDED_NO_PACKAGE', {
  means:
    'The embedded Postgres comes as an optional npm package for each platform. There is none for this one, or it was left out when dependencies were installed.',
  say: ({ platform, name }) => ({
    message: `There is no embedded Postgres for ${platform} here: the package ${name} is not installed.`,
    hint: `Install dependencies again with the optional ones: npm install --include=optional\n${ownServer}`,
  }),
})

export const noEmbeddedVersion = defineError<{ wanted: string; installed: string; alias: string; name: string }>('GW_EMBEDDED_NO_VERSION', {
  means: 'Other major versions of the embedded Postgres are looked for under npm aliases: pg14, pg15 and so on.',
  say: ({ wanted, installed, alias, name }) => ({
    message: `Postgres ${wanted} is not installed; the embedded one is ${installed}.`,
    hint: `Install it under the name ${alias}: npm install --save-dev ${alias}@npm:${name}@${wanted}\n${ownServer}`,
  }),
})

export const rootCannotRunPostgres = defineError<{ unreachable: string }>('GW_EMBEDDED_ROOT', {
  means:
    'Postgres refuses to run as root. godwit runs it as the user postgres or nobody, or, where that user cannot reach the files, in a user namespace of its own.',
  say: ({ unreachable }) => ({
    message: `Postgres does not run as root, another user cannot reach ${unreachable}, and this machine allows no user namespace.`,
    hint: `Run godwit as an ordinary user, or put the project where other users may read it.\n${ownServer}`,
  }),
})

export const dataDirectoryOfAnother = defineError<{ dir: string; owner: number; user: number }>('GW_EMBEDDED_OWNER', {
  means: 'Postgres runs only as the owner of its data directory.',
  say: ({ dir, owner, user }) => ({
    message: `The Postgres data in ${dir} belongs to the user with id ${owner}, and this is the user with id ${user}.`,
    hint: 'Run as the owner, or choose another directory.',
  }),
})

export const dataOfAnotherVersion = defineError<{ dir: string; has: string; runs: string }>('GW_EMBEDDED_DATA_VERSION', {
  means: 'A Postgres server reads only data that its own major version has written.',
  say: ({ dir, has, runs }) => ({
    message: `The data in ${dir} was written by Postgres ${has}, and this is Postgres ${runs}.`,
    hint: `Start it with version ${has}, or choose another directory.`,
  }),
})

export const socketPathTooLong = defineError<{ path: string; most: number }>('GW_EMBEDDED_SOCKET_PATH', {
  means: 'The operating system limits the length of the path of a Unix socket.',
  say: ({ path, most }) => ({
    message: `The path of the Unix socket is longer than ${most} bytes: ${path}`,
    hint: 'Set TMPDIR to a directory with a short path.',
  }),
})

export const initdbFailed = defineError<{ output: string; cause?: unknown }>('GW_EMBEDDED_INITDB', {
  means: 'The embedded Postgres could not make its data directory. What initdb printed says why.',
  say: ({ output, cause }) => ({
    message: `The embedded Postgres could not be set up: ${output.trim() || 'initdb said nothing.'}`,
    hint: `Look at what initdb says: disk space, permissions and missing system libraries are the usual causes.\n${ownServer}`,
    cause,
  }),
})

export const postgresDidNotStart = defineError<{ log: string; cause?: unknown }>('GW_EMBEDDED_START', {
  means: 'The embedded Postgres ended before it took connections, or did not take any in time. The end of its log says why.',
  say: ({ log, cause }) => ({
    message: `The embedded Postgres did not start: ${log.trim() || 'its log is empty.'}`,
    hint: `Look at the end of its log, above.\n${ownServer}`,
    cause,
  }),
})

export const serverOfAnotherProcess = defineError<{ dir: string; pid: number }>('GW_EMBEDDED_JOINED', {
  means: 'The server was already running when this process came to it. Only the process that started it may restart it.',
  say: ({ dir, pid }) => ({
    message: `The Postgres on ${dir} (process ${pid}) was started by another process, which alone may restart it.`,
    hint: 'Restart it where it was started.',
  }),
})
