// Where everything that a command says goes out: without secrets, and with colours only where they are wanted.
import picocolors from 'picocolors'
import { scrubKnown } from '../../config/secret.ts'

export type Paint = ReturnType<typeof picocolors.createColors>

export interface Screen {
  /** --json: one object on stdout and nothing else there. */
  readonly json: boolean
  readonly paint: Paint
  /** The same for stderr, which may go somewhere else. */
  readonly paintBeside: Paint
  readonly width: number
  /** A terminal on which lines can be drawn anew. */
  readonly live: boolean
  /** Somebody is there to answer. */
  readonly canAsk: boolean
  /** A result, for people: nothing where an object was asked for. */
  say(text?: string): void
  /** Beside the result: on stderr, always. Where an object was asked for, as one too. */
  note(text: string): void
  /** One line of JSON on stderr. */
  event(value: object): void
  /** The one object. */
  object(value: object): void
  /** Bytes of a result, whatever was asked for: an export. */
  raw(text: string): void
  /** Draws over the line that was drawn last; nothing takes it away. */
  draw(line: string): void
  ask(question: string): Promise<string | undefined>
}

const isTTY = (stream: { readonly isTTY?: boolean }): boolean => stream.isTTY === true
const capable = (): boolean => process.env.TERM !== 'dumb'

/** NO_COLOR and --no-color say no, FORCE_COLOR says yes; else it hangs on where the text goes. */
export function wantsColour(stream: { isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv, flag: boolean): boolean {
  if (!flag || (env.NO_COLOR ?? '') !== '') return false
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** Secrets are taken out of the texts, not out of the JSON: a password of digits must not take the digits out of a number. */
function lineOf(value: object): string {
  const bare = (_: string, v: unknown) => (typeof v === 'string' ? scrubKnown(v) : typeof v === 'bigint' ? String(v) : v)
  return `${JSON.stringify(value, bare)}\n`
}

export function makeScreen(wanted: { json: boolean; color: boolean }): Screen {
  const { stdout, stderr, stdin } = process
  const { json } = wanted
  const live = !json && isTTY(stdout) && capable()
  let drawn = false
  const clear = () => {
    if (drawn) stdout.write('\r\u001b[2K')
    drawn = false
  }
  return {
    json,
    live,
    canAsk: !json && isTTY(stdin) && isTTY(stderr),
    paint: picocolors.createColors(!json && wantsColour(stdout, process.env, wanted.color)),
    paintBeside: picocolors.createColors(!json && wantsColour(stderr, process.env, wanted.color)),
    // some terminals do not say how wide they are
    width: Math.max(50, Math.min(100, (isTTY(stdout) && stdout.columns) || 100)),
    say(text = '') {
      if (json) return
      clear()
      stdout.write(`${scrubKnown(text)}\n`)
    },
    note(text) {
      clear()
      stderr.write(json ? lineOf({ godwit: 1, note: text }) : `${scrubKnown(text)}\n`)
    },
    event: (value) => void stderr.write(lineOf(value)),
    object: (value) => void stdout.write(lineOf(value)),
    raw: (text) => void stdout.write(scrubKnown(text)),
    draw(line) {
      if (!live) return
      clear()
      if (line) stdout.write(scrubKnown(line))
      drawn = line !== ''
    },
    async ask(question) {
      clear()
      const { createInterface } = await import('node:readline/promises')
      const reader = createInterface({ input: stdin, output: stderr })
      const closed = new Promise<undefined>((done) => reader.once('close', () => done(undefined)))
      try {
        return await Promise.race([reader.question(`${scrubKnown(question)} `), closed])
      } finally {
        reader.close()
      }
    },
  }
}
