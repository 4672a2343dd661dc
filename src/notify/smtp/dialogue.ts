// The two sides of SMTP taking turns: a line out, an answer of one or more lines back.
import type { Socket } from 'node:net'
import { plainText } from '../../text.ts'
import { Undelivered } from '../channel.ts'

export interface Answer {
  readonly code: number
  readonly lines: readonly string[]
}

const longestAnswer = 64 * 1024

export class Dialogue {
  private socket: Socket
  private readonly host: string
  private text = ''
  private ended: Undelivered | undefined
  private wake: (() => void) | undefined

  constructor(socket: Socket, host: string) {
    this.host = host
    this.socket = socket
    this.listen(socket)
  }

  /** From now on over another socket around the first: what has come in the clear is not to be taken for what comes in secret. */
  over(wrap: (plain: Socket) => Socket): void {
    if (this.text !== '') throw new Undelivered(`${this.host} went on talking before TLS began`, { final: true })
    this.socket.removeAllListeners('data')
    this.socket = wrap(this.socket)
    this.listen(this.socket)
  }

  /** Says a line (nothing: only listens) and gives the answer; one with another first digit than `wanted` is a refusal. */
  async say(words: string | undefined, wanted: 2 | 3, about = words?.split(/[ :]/)[0] ?? 'the connection'): Promise<Answer> {
    if (words !== undefined) this.write(`${words}\r\n`)
    const answer = await this.answer()
    if (Math.floor(answer.code / 100) === wanted) return answer
    const said = plainText(answer.lines.join(' ')).slice(0, 200)
    throw new Undelivered(`${this.host} refused ${about}: ${answer.code} ${said}`, { final: answer.code >= 500 })
  }

  write(text: string): void {
    if (this.ended) throw this.ended
    this.socket.write(text)
  }

  close(): void {
    this.socket.destroy()
  }

  end(why: string): void {
    this.ended ??= new Undelivered(`${this.host}: ${why}`)
    this.socket.destroy()
    this.wake?.()
  }

  private listen(socket: Socket): void {
    socket.on('data', (block: Buffer) => {
      this.text += block.toString('latin1')
      if (this.text.length > longestAnswer) this.end('its answer has no end')
      this.wake?.()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => this.end(error.code ?? error.message))
    socket.on('close', () => this.end('the connection was closed'))
  }

  private async answer(): Promise<Answer> {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(this.text)
      if (whole) return this.taken(whole[0], Number(whole[1]))
      if (this.ended) throw this.ended
      if (/^[^\n]*\n/.test(this.text) && !/^\d{3}[- \r\n]/.test(this.text)) this.end('does not speak SMTP')
      else await new Promise<void>((done) => (this.wake = done))
    }
  }

  private taken(text: string, code: number): Answer {
    this.text = this.text.slice(text.length)
    const lines = Buffer.from(text, 'latin1').toString('utf8').trimEnd().split(/\r?\n/)
    return { code, lines: lines.map((l) => l.slice(4)) }
  }
}
