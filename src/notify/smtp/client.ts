// Hands one mail to a server (RFC 5321): TLS before anything that matters, all receivers or none.
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Undelivered } from '../channel.ts'
import { Dialogue } from './dialogue.ts'
import { type Mail, wireText } from './message.ts'

export interface MailServer {
  readonly host: string
  readonly port: number
  /** `at once`: the port speaks nothing else. `needed`: STARTTLS, and nothing is said without it. `none`: in the clear. */
  readonly tls: 'at once' | 'needed' | 'none'
  readonly user: string | undefined
  readonly password: string | undefined
  /** Certificates to trust beside those that the system trusts. */
  readonly ca: string | undefined
}

const patienceMs = 30_000

export async function handOver(server: MailServer, mail: Mail, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Undelivered('broken off')
  const dialogue = opened(server)
  const stop = () => dialogue.end('broken off')
  const timer = setTimeout(() => dialogue.end(`no answer within ${patienceMs / 1000} s`), patienceMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    await talk(dialogue, server, mail)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    dialogue.close()
  }
}

function opened({ host, port, tls, ca }: MailServer): Dialogue {
  const socket = tls === 'at once' ? connectTls({ host, port, ...trust(host, ca) }) : connect({ host, port })
  return new Dialogue(socket, host)
}

const trust = (host: string, ca: string | undefined) => ({
  // a name, never an address: that is what SNI is about
  ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
  ...(ca === undefined ? {} : { ca }),
})

async function talk(dialogue: Dialogue, server: MailServer, mail: Mail): Promise<void> {
  await dialogue.say(undefined, 2)
  const offers = await greeted(dialogue, server)
  await authenticated(dialogue, server, offers)
  const eightBit = offers.has('8BITMIME')
  await dialogue.say(`MAIL FROM:<${mail.from}>${eightBit ? ' BODY=8BITMIME' : ''}`, 2, `the sender ${mail.from}`)
  // one that is refused ends it here: sent to some, it would have to be sent to them again
  for (const to of mail.to) await dialogue.say(`RCPT TO:<${to}>`, 2, `the receiver ${to}`)
  await dialogue.say('DATA', 3)
  await dialogue.say(`${wireText(mail, eightBit).replace(/^\./gm, '..')}\r\n.`, 2, 'the mail')
  dialogue.write('QUIT\r\n')
}

async function greeted(dialogue: Dialogue, server: MailServer): Promise<ReadonlyMap<string, string>> {
  const offers = await hello(dialogue)
  if (server.tls !== 'needed') return offers
  if (!offers.has('STARTTLS')) throw new Undelivered(`${server.host} offers no TLS, and nothing is sent without`, { final: true })
  await dialogue.say('STARTTLS', 2)
  dialogue.over((socket) => connectTls({ socket, host: server.host, ...trust(server.host, server.ca) }))
  // what was offered before counts no more: anybody could have said it
  return hello(dialogue)
}

/** What the server offers, by name. */
async function hello(dialogue: Dialogue): Promise<ReadonlyMap<string, string>> {
  const { lines } = await dialogue.say('EHLO [127.0.0.1]', 2)
  return new Map(lines.slice(1).map((l) => [l.split(/[ =]/)[0]!.toUpperCase(), l.slice(l.split(/[ =]/)[0]!.length + 1)]))
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

async function authenticated(dialogue: Dialogue, server: MailServer, offers: ReadonlyMap<string, string>): Promise<void> {
  const { user, password } = server
  if (user === undefined || password === undefined) return
  const ways = (offers.get('AUTH') ?? '').toUpperCase().split(/\s+/)
  if (ways.includes('PLAIN')) await dialogue.say(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 2, 'the password')
  else if (ways.includes('LOGIN')) {
    await dialogue.say('AUTH LOGIN', 3, 'the password')
    await dialogue.say(base64(user), 3, 'the password')
    await dialogue.say(base64(password), 2, 'the password')
  } else throw new Undelivered(`${server.host} takes passwords neither by PLAIN nor by LOGIN`, { final: true })
}
