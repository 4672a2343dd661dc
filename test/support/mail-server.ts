// A mail server as small as one can be and still speak SMTP: it keeps what it is given, and refuses what it is told to.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { certificate, key } from './certificate.ts'

export interface Behaviour {
  /** From the first byte on. */
  readonly tls?: boolean
  readonly startTls?: boolean
  /** More is said in the clear after STARTTLS was agreed to, as somebody in between would. */
  readonly injects?: string
  readonly auth?: 'PLAIN' | 'LOGIN'
  readonly eightBit?: boolean
  /** The answer to a command, by how it begins, instead of the usual one. */
  readonly answers?: Readonly<Record<string, string>>
  /** After the mail was taken: no answer, and the line is cut. */
  readonly silent?: boolean
}

export interface Delivered {
  readonly from: string
  readonly to: readonly string[]
  /** Between DATA and the dot, the doubled dots as they came. */
  readonly text: string
  readonly secure: boolean
}

export interface MailServer extends AsyncDisposable {
  readonly port: number
  readonly mails: readonly Delivered[]
  /** Every line that a client said. */
  readonly said: readonly string[]
  behaviour: Behaviour
}

export async function mailServer(first: Behaviour = {}): Promise<MailServer> {
  const mails: Delivered[] = []
  const said: string[] = []
  const open = new Set<Socket>()
  const welcome = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
    const speak = new Conversation(socket, self, mails, said, first.tls === true)
    speak.answer('220 mail.example ready')
  }
  const server = first.tls ? createTlsServer({ key, cert: certificate }, welcome) : createServer(welcome)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const self: MailServer = {
    port: (server.address() as AddressInfo).port,
    mails,
    said,
    behaviour: first,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of open) socket.destroy()
      }),
  }
  return self
}

class Conversation {
  private socket: Socket
  private readonly server: MailServer
  private readonly mails: Delivered[]
  private readonly said: string[]
  private secure: boolean
  private text = ''
  private data = false
  private login: 'user' | 'password' | undefined
  private mail: { from: string; to: string[] } = { from: '', to: [] }

  constructor(socket: Socket, server: MailServer, mails: Delivered[], said: string[], secure: boolean) {
    this.socket = socket
    this.server = server
    this.mails = mails
    this.said = said
    this.secure = secure
    this.listen()
  }

  answer(text: string): void {
    this.socket.write(`${text}\r\n`)
  }

  private listen(): void {
    this.socket.on('data', (block: Buffer) => {
      this.text += block.toString('utf8')
      this.read()
    })
  }

  private read(): void {
    for (;;) {
      const end = this.text.indexOf(this.data ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const piece = this.text.slice(0, end)
      this.text = this.text.slice(end + (this.data ? 5 : 2))
      if (this.data) this.taken(piece)
      else this.command(piece)
    }
  }

  private taken(text: string): void {
    this.data = false
    this.mails.push({ ...this.mail, text, secure: this.secure })
    if (this.server.behaviour.silent) this.socket.destroy()
    else this.answer(this.server.behaviour.answers?.['.'] ?? '250 taken')
  }

  private command(line: string): void {
    this.said.push(line)
    const own = Object.entries(this.server.behaviour.answers ?? {}).find(([begin]) => line.startsWith(begin))
    if (line === 'STARTTLS' && !own) this.secured()
    else this.answer(own?.[1] ?? this.usual(line))
  }

  private usual(line: string): string {
    if (this.login) return this.loggedIn()
    if (line.startsWith('EHLO')) return this.offers()
    if (line.startsWith('AUTH PLAIN')) return '235 welcome'
    if (line.startsWith('MAIL FROM')) this.mail = { from: line.slice(10), to: [] }
    if (line.startsWith('RCPT TO')) this.mail.to.push(line.slice(8))
    if (line === 'AUTH LOGIN') this.login = 'user'
    if (line === 'DATA') this.data = true
    return { 'AUTH LOGIN': '334 VXNlcm5hbWU6', DATA: '354 go on', QUIT: '221 bye' }[line] ?? '250 ok'
  }

  private offers(): string {
    const { auth, eightBit, startTls } = this.server.behaviour
    const offers = [
      'mail.example',
      ...(startTls && !this.secure ? ['STARTTLS'] : []),
      ...(auth ? [`AUTH ${auth}`] : []),
      ...(eightBit ? ['8BITMIME'] : []),
    ]
    return [...offers.map((o) => `250-${o}`), '250 HELP'].join('\r\n')
  }

  private loggedIn(): string {
    this.login = this.login === 'user' ? 'password' : undefined
    return this.login ? '334 UGFzc3dvcmQ6' : '235 welcome'
  }

  private secured(): void {
    const { injects } = this.server.behaviour
    this.socket.write(`220 go ahead\r\n${injects ?? ''}`)
    this.socket.removeAllListeners('data')
    const secure = new TLSSocket(this.socket, { isServer: true, key, cert: certificate })
    secure.on('error', () => {})
    this.socket = secure
    this.secure = true
    this.listen()
  }
}
