// Where a database is. Everything that a message may show of it comes from `describe`.

import { inspect } from 'node:util'
import { urlInvalid } from '../errors/config.ts'
import { didYouMean, list, plainText } from '../text.ts'
import { registerSecret, Secret } from './secret.ts'

export interface Scheme {
  readonly name: string
  readonly engine: string
  /** `word`: the name is the whole address. `server`: name://user:password@host:port/database. `file`: name:path. */
  readonly form: 'word' | 'server' | 'file'
}

export const postgresSchemes: readonly Scheme[] = [
  { name: 'postgres', engine: 'postgres', form: 'server' },
  { name: 'postgresql', engine: 'postgres', form: 'server' },
  { name: 'embedded', engine: 'embedded', form: 'word' },
]

/** All that `database` may begin with. A new kind of database adds its line here. */
export const schemes: readonly Scheme[] = [
  ...postgresSchemes,
  { name: 'sqlite', engine: 'sqlite', form: 'file' },
  { name: 'file', engine: 'sqlite', form: 'file' },
  { name: 'mariadb', engine: 'mariadb', form: 'server' },
  { name: 'mysql', engine: 'mariadb', form: 'server' },
]

/** What a source may be: all that a target may, and more. */
export const sourceSchemes: readonly Scheme[] = [...schemes, { name: 'files', engine: 'files', form: 'file' }]

/** Whether it is a place on this machine, relative to the configuration. */
export const isPath = ({ scheme }: { readonly scheme: string }): boolean =>
  sourceSchemes.some((s) => s.name === scheme && s.form === 'file')

interface Parts {
  readonly scheme: string
  readonly engine: string
  readonly url: Secret
  readonly user?: string | undefined
  readonly password?: Secret | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly database?: string | undefined
}

export class DatabaseAddress {
  readonly scheme: string
  readonly engine: string
  readonly url: Secret
  readonly user: string | undefined
  readonly password: Secret | undefined
  readonly host: string | undefined
  /** Only if the address has it. */
  readonly port: number | undefined
  readonly database: string | undefined

  private constructor(parts: Parts) {
    this.scheme = parts.scheme
    this.engine = parts.engine
    this.url = parts.url
    this.user = parts.user
    this.password = parts.password
    this.host = parts.host
    this.port = parts.port
    this.database = parts.database
  }

  /** Reads an address and registers its secrets. Throws GW_URL_INVALID, which shows nothing of it but an unknown scheme. */
  static parse(
    text: string,
    options: { at?: string | undefined; from?: string | undefined; schemes?: readonly Scheme[] } = {},
  ): DatabaseAddress {
    const known = options.schemes ?? schemes
    try {
      return new DatabaseAddress(partsOf(text.trim(), known))
    } catch (problem) {
      if (!(problem instanceof Unclear)) throw problem
      const from = options.from ? `The address comes from ${options.from}.\n` : ''
      throw urlInvalid({ what: problem.message, hint: `${from}${problem.hint}`, at: options.at })
    }
  }

  /** user@host:port/database, without password and parameters. */
  describe(): string {
    if (this.host === undefined && this.database === undefined) return this.scheme
    if (isPath(this)) return plainText(`${this.scheme}:${this.database}`)
    const user = this.user === undefined ? '' : `${this.user}@`
    const port = this.port === undefined ? '' : `:${this.port}`
    const database = this.database === undefined ? '' : `/${this.database}`
    return plainText(`${user}${this.host ?? 'localhost'}${port}${database}`)
  }

  toString(): string {
    return this.describe()
  }

  toJSON(): string {
    return this.describe()
  }

  [inspect.custom](): string {
    return this.describe()
  }
}

/** Why an address was not understood, before it is known where it stood. */
class Unclear extends Error {
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

const encodeIt =
  'In a user, password or database name write % as %25, @ as %40, : as %3A, / as %2F, ? as %3F and # as %23.\n' +
  "To encode a password: node -p 'encodeURIComponent(process.argv[1])' PASSWORD"

function partsOf(text: string, known: readonly Scheme[]): Parts {
  const word = known.find((s) => s.form === 'word' && s.name === text)
  if (word) return { scheme: word.name, engine: word.engine, url: new Secret(text) }
  const file = known.find((s) => s.form === 'file' && text.startsWith(`${s.name}:`))
  if (file)
    return { scheme: file.name, engine: file.engine, url: new Secret(text), database: fileOf(file.name, text.slice(file.name.length + 1)) }
  registerSecret(text)
  return serverParts(text, schemeOf(text, known))
}

/** `file:` may be a URL, as other tools write it: file:///var/app.db, file:app.db?cache=shared. */
function fileOf(scheme: string, path: string): string {
  if (scheme !== 'file') return path
  const plain = path.replace(/[?#].*$/, '').replace(/^\/\/(localhost)?(?=\/)/, '')
  return decoded(plain, 'path') ?? ''
}

function schemeOf(text: string, known: readonly Scheme[]): Scheme {
  const names = list(
    known.map((s) => s.name),
    'or',
  )
  const example = `Use ${names}, such as postgres://user:password@host:5432/database.`
  const given = /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(text)?.[1]?.toLowerCase()
  // without :// there is no telling what the first word is: it may be a password, so it is not shown
  if (given === undefined) {
    const words = known.filter((s) => s.form === 'word').map((s) => s.name)
    const nearest = didYouMean(text.slice(0, 20), words)
    throw new Unclear(`The address of the database has no scheme.${nearest ? ` Did you mean '${nearest}'?` : ''}`, example)
  }
  const scheme = known.find((s) => s.name === given)
  if (!scheme) {
    const nearest = didYouMean(
      given,
      known.map((s) => s.name),
    )
    throw new Unclear(`Godwit knows no database of the kind '${given}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`, example)
  }
  if (scheme.form === 'word') throw new Unclear(`'${scheme.name}' stands alone: nothing follows it.`, `Write database: '${scheme.name}'.`)
  return scheme
}

function serverParts(text: string, scheme: Scheme): Parts {
  const url = urlOf(text)
  const parameters = url.searchParams
  const parameter = (name: string) => parameters.get(name) || undefined
  const password = decoded(url.password, 'password') ?? parameter('password')
  const parts: Parts = {
    scheme: scheme.name,
    engine: scheme.engine,
    url: new Secret(text),
    user: decoded(url.username, 'user') ?? parameter('user'),
    password: password === undefined ? undefined : new Secret(password),
    host: decoded(url.hostname, 'host') ?? parameter('host'),
    port: portOf(url.port || parameter('port')),
    database: decoded(url.pathname.slice(1), 'database') ?? parameter('dbname'),
  }
  registerPasswords([password, url.password, parameter('sslpassword')], parts)
  return parts
}

function urlOf(text: string): URL {
  if (/[\u0000-\u0020\u007f]/.test(text)) throw new Unclear('The address of the database has a space or a line break in it.', encodeIt)
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(text)![1]!
  if (authority.slice(authority.lastIndexOf('@') + 1).includes(',')) {
    throw new Unclear('The address of the database names several hosts.', 'Name the one that takes writes.')
  }
  const url = URL.parse(text)
  // a password with / ? or # ends the host early: what follows is then taken for path, parameters or fragment
  const behind = text.slice(text.indexOf('://') + 3 + authority.length)
  const path = behind.split('?')[0]!.slice(1)
  const cutShort = /[@#]/.test(behind) || path.includes('/')
  if (!url || cutShort) {
    throw new Unclear(
      'The address of the database is not a URL that can be read. Most often its password has a character that must be encoded.',
      encodeIt,
    )
  }
  return url
}

function decoded(text: string, part: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Unclear(`The ${part} in the address of the database has a % that is not followed by two hexadecimal digits.`, encodeIt)
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new Unclear('The port in the address of the database is not a number from 1 to 65535.', encodeIt)
  return port
}

function registerPasswords(passwords: readonly (string | undefined)[], parts: Parts): void {
  // a password that is also the user, host or database (postgres:postgres@…) is on the screen in any case: hiding it would only hide those
  const shown = new Set([parts.scheme, parts.engine, parts.user, parts.host, parts.database])
  for (const password of passwords) if (password && !shown.has(password)) registerSecret(password)
}
