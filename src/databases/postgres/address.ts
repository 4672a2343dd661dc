// From a URL to what the driver wants, and to what people may see of it.
import pg from 'pg'
import { urlInvalid } from '../../errors/config.ts'
import { plainText } from '../../text.ts'

export interface Address {
  readonly url: string
  /** `app@host:5432/name`. Never a password. */
  readonly shown: string
  /** sslmode=prefer: the same without TLS, for where the server has none. */
  readonly withoutTls?: string
}

export function addressOf(given: string): Address {
  // sslmode as psql means it: `require` encrypts, `verify-full` also looks who is there
  const url = given.includes('uselibpqcompat=') ? given : `${given}${given.includes('?') ? '&' : '?'}uselibpqcompat=true`
  const { user, host, port, database } = readByDriver(url)
  const shown = plainText(`${user ?? ''}@${host}:${port}/${database ?? ''}`)
  const withoutTls = url.replace(/([?&]sslmode=)(prefer|allow)\b/, '$1disable')
  return withoutTls === url ? { url, shown } : { url, shown, withoutTls }
}

/** What the driver makes of it, the environment's PGUSER and so on included. */
function readByDriver(url: string): pg.Client {
  try {
    return new pg.Client({ connectionString: url })
  } catch (problem) {
    // for a certificate file that is not there the driver names the file; for a bad URL its message may hold all of it
    const missing =
      problem instanceof Error && 'code' in problem && problem.code === 'ENOENT' && 'path' in problem
        ? plainText(String(problem.path))
        : undefined
    throw urlInvalid({
      what: missing
        ? `The address of the database names a file that is not there: ${missing}`
        : 'The address of the database is not a URL that can be read.',
      hint: 'It is postgres://user:password@host:5432/database; in a password write % as %25, @ as %40, : as %3A, / as %2F, ? as %3F and # as %23.',
    })
  }
}
