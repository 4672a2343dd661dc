// A program of one's own: the notice as JSON on its standard input.
import { GodwitError } from '../../errors/error.ts'
import { runCommand } from '../../run/hands/command.ts'
import { plainText } from '../../text.ts'
import { type ChannelKind, Undelivered, wholeLines } from '../channel.ts'
import { bodyOf } from './webhook.ts'

export interface CommandChannel {
  /** The program and its arguments, beginning in the folder of the configuration; no shell reads them. Exit 0 means that it was taken. */
  readonly command: readonly string[]
}

const timeoutMs = 30_000

export const command: ChannelKind<CommandChannel> = {
  kind: 'command',
  keys: { command: wholeLines('a list: the program and its arguments') },
  needs: [],
  open({ command: run }, { root }) {
    const program = run[0]!
    return {
      to: program,
      secrets: [],
      async send(letter, { signal }) {
        const input = `${bodyOf(letter)}\n`
        const what = { run: run as [string, ...string[]], env: { GODWIT_NOTICE: letter.id }, input, timeoutMs }
        const said = await runCommand(what, root, signal).catch((error: unknown) => {
          throw new Undelivered(error instanceof GodwitError ? error.message : `${program} could not be run`)
        })
        if (said.exit === 0) return
        const why = said.timedOut ? `was ended after ${timeoutMs / 1000} s` : said.exit === null ? 'was ended' : `exited with ${said.exit}`
        const words = plainText(said.err.trim().split('\n').at(-1) ?? '').slice(0, 200)
        throw new Undelivered(`${program} ${why}${words ? `: ${words}` : ''}`)
      },
    }
  },
}
