// A program that prints what it has computed.
import { milliseconds } from '../../events/duration.ts'
import { outputOfText, Unreadable } from '../../shadow/output.ts'
import type { CommandSaid } from '../hands.ts'
import { refuseSecretsIn } from '../program.ts'
import { type Asked, allFilled, placed, ranBy, type Side } from './side.ts'

export interface CommandSide {
  /** The program and its arguments: no shell reads them, and everyone on the machine can. */
  readonly command: readonly [string, ...string[]]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Default 5 min. */
  readonly timeout?: string
}

export function commandSide({ command, cwd, env = {}, timeout = '5 min' }: CommandSide, title: string, at: string | undefined): Side {
  refuseSecretsIn(command, title, at)
  const timeoutMs = milliseconds(timeout)
  const by = `command ${JSON.stringify([command, cwd ?? '', Object.entries(env).toSorted()])}`
  return {
    says: `command ${command.join(' ')}`,
    by,
    params: { command, cwd: cwd ?? null, env, timeout },
    run: (asked) =>
      ranBy(by, asked, async () => {
        const said = await asked.hands.command({
          run: command.map((word) => placed(word, asked)) as [string, ...string[]],
          ...(cwd === undefined ? {} : { cwd }),
          env: { ...allFilled(env, asked), ...toldTo(asked) },
          timeoutMs,
        })
        if (said.exit !== 0) throw new Unreadable(whyFailed(said, timeout))
        return { output: outputOfText(said.out, asked.told), ms: said.ms }
      }),
  }
}

const toldTo = ({ n, at, input }: Asked): Record<string, string> => ({
  GODWIT_PAIR: String(n),
  GODWIT_AT: new Date(at).toISOString(),
  ...(input === undefined ? {} : { GODWIT_INPUT_SHA256: input }),
})

function whyFailed({ exit, err, timedOut }: CommandSaid, timeout: string): string {
  if (timedOut) return `it was not done within ${timeout}`
  const last = err.trim().split('\n').at(-1)
  return `it ended with ${exit === null ? 'a signal' : `exit ${exit}`}${last ? `: ${last}` : ''}`
}
