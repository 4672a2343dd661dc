// Mail, by any server that takes it for delivery.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { aLine, type ChannelKind, isLine, type Key, type Letter, Unfit } from '../channel.ts'
import { handOver, type MailServer } from '../smtp/client.ts'

export interface MailChannel {
  /**
   * `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host` (TLS from the first byte). May hold `${NAME}`. `?tls=none` for a
   * server within one's own walls that has none: then without a password.
   */
  readonly mail: string
  /** Whose name it bears: an address. */
  readonly from: string
  /** One address, or several. */
  readonly to: string | readonly string[]
  /** A file with the certificates (PEM) that a server of one's own is known by. */
  readonly ca?: string | undefined
}

const address = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i
const isAddress = (value: unknown): value is string => typeof value === 'string' && address.test(value)
const receivers: Key = {
  must: 'an address, or a list of them',
  holds: (v) => (Array.isArray(v) ? v.length > 0 && v.every(isLine) : isLine(v)),
}

export const mail: ChannelKind<MailChannel> = {
  kind: 'mail',
  keys: {
    mail: aLine(`smtp://… or smtps://… (it may hold \${NAME})`),
    from: aLine('an address'),
    to: receivers,
    ca: aLine('a file name'),
  },
  needs: ['from', 'to'],
  open(said, { root }) {
    const to = typeof said.to === 'string' ? [said.to] : said.to
    if (!isAddress(said.from)) throw new Unfit('from', 'must be a plain mail address')
    if (!to.every(isAddress)) throw new Unfit('to', 'must be plain mail addresses')
    const server = serverOf(said.mail, certificates(said.ca, root))
    return {
      to: `${to.join(', ')} by ${server.host}`,
      secrets: [said.mail, ...(server.password ? [server.password] : [])],
      send: (letter, { now, signal }) => handOver(server, { from: said.from, to, at: now(), ...wordsOf(letter) }, signal),
    }
  },
}

const thisMachine = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/

function serverOf(text: string, ca: string | undefined): MailServer {
  const url = URL.parse(text.trim())
  if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname) throw new Unfit('mail', 'must be smtp://… or smtps://… with a host')
  const clear = url.searchParams.get('tls') === 'none'
  const [user, password] = [url.username, url.password].map(decoded)
  if ((user === undefined) !== (password === undefined)) throw new Unfit('mail', 'must have both a user and a password, or neither')
  if (clear && password !== undefined && !thisMachine.test(url.hostname)) throw new Unfit('mail', 'must not send a password without TLS')
  const atOnce = url.protocol === 'smtps:'
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : atOnce ? 465 : 587,
    tls: atOnce ? 'at once' : clear ? 'none' : 'needed',
    user,
    password,
    ca,
  }
}

function decoded(part: string): string | undefined {
  try {
    return part === '' ? undefined : decodeURIComponent(part)
  } catch {
    throw new Unfit('mail', 'must have %25 for a % in its user or password')
  }
}

function certificates(file: string | undefined, root: string): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(resolve(root, file), 'utf8')
  } catch {
    throw new Unfit('ca', 'must be a file that can be read')
  }
}

export function wordsOf({ id, notice: n }: Letter): { id: string; subject: string; text: string } {
  const next = n.next.length ? ['', 'Next:', ...n.next.map((l) => `  ${l}`)] : []
  const facts = ['', `run ${n.run}, plan ${n.plan}`, `${n.environment}, ${n.database}`, n.at]
  return { id, subject: `[godwit] ${n.migration}: ${n.title}`, text: [n.title, '', ...n.says, ...next, ...facts, ''].join('\n') }
}
