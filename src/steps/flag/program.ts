// A flag that a program is in charge of: one command says it, another sets it.
import { flagUnreadable } from '../../errors/cutover.ts'
import { milliseconds } from '../../events/duration.ts'
import { filling, lastLines } from '../filled.ts'
import type { Command, Hands } from '../hands.ts'
import type { FlagPlace } from './store.ts'

type Program = Command['run']

export interface FlagProgram {
  /** Prints the value; nothing printed is a flag that is not set. */
  readonly get: Program
  readonly set: (value: string) => Program
  /** Takes it away again, where it was not set before. */
  readonly unset?: Program
  /** Beside the environment of this process; `${NAME}` is looked up. */
  readonly env?: Readonly<Record<string, string>>
  /** Default '30s'. */
  readonly timeout?: string
}

export function flagCommand({ get, set, unset, env = {}, timeout = '30s' }: FlagProgram): FlagPlace {
  const timeoutMs = milliseconds(timeout)
  const said = async (flag: string, run: Program, hands: Hands): Promise<string> => {
    const f = filling(hands, flag)
    const named = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, f.fill(text)]))
    const { exit, out, err, timedOut } = await hands.command({ run, env: named, timeoutMs })
    const how = timedOut ? `was not done within ${timeout}` : `ended with ${exit === null ? 'a signal' : `exit ${exit}`}`
    if (exit !== 0) throw flagUnreadable({ flag, place: run[0], said: `${how}: ${lastLines(err || out, f)}` })
    return out.trim()
  }
  return {
    says: get[0],
    params: { get, set: set('VALUE'), unset: unset ?? null, env },
    canUnset: unset !== undefined,
    get: async (flag, hands) => (await said(flag, get, hands)) || null,
    set: async (flag, value, hands) => void (await said(flag, value === null ? unset! : set(value), hands)),
  }
}
