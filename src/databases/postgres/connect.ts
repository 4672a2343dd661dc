// Opening a connection, and saying in plain words why there is none.
import pg from 'pg'
import { type Address, addressOf } from './address.ts'
import { connectFailure, offersNoTls } from './trouble.ts'

export interface ConnectOptions {
  readonly url: string
  readonly applicationName?: string | undefined
  /** Milliseconds. */
  readonly connectTimeout?: number | undefined
}

export interface Connected {
  readonly client: pg.Client
  /** `app@host:5432/name` */
  readonly shown: string
  /** Another one, to the same server, in the same way. */
  again(timeout: number): Promise<pg.Client>
}

/** Every value as the text that the server wrote. */
export const raw = { getTypeParser: () => (text: unknown) => text } as unknown as pg.CustomTypesConfig

export async function connect(options: ConnectOptions): Promise<Connected> {
  const address = addressOf(options.url)
  const through =
    (url: string): Connected['again'] =>
    (timeout) =>
      clientFor(url, { ...options, connectTimeout: timeout })
  const done = (url: string, client: pg.Client): Connected => ({ client, shown: address.shown, again: through(url) })
  try {
    return done(address.url, await clientFor(address.url, options))
  } catch (problem) {
    if (!address.withoutTls || !offersNoTls(problem)) throw connectFailure(address.shown, problem)
    return done(address.withoutTls, await plainly(address, address.withoutTls, options))
  }
}

const plainly = (address: Address, url: string, options: ConnectOptions): Promise<pg.Client> =>
  clientFor(url, options).catch((problem: unknown) => Promise.reject(connectFailure(address.shown, problem)))

async function clientFor(url: string, options: ConnectOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: options.applicationName ?? 'godwit',
    connectionTimeoutMillis: options.connectTimeout ?? 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: raw,
  })
  // without a listener an error on an idle connection would end the process
  client.on('error', () => {})
  await client.connect()
  return client
}
