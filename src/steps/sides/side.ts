// One of the two ways of a pair: how it is run, and what it has put out. Each kind is a file beside this one, and its line in `kinds.ts`.
import { type Output, type Told, Unreadable } from '../../shadow/output.ts'
import type { Ran } from '../../shadow/pair.ts'
import type { Filling } from '../filled.ts'
import type { Hands, Plain } from '../hands.ts'

export interface Asked {
  readonly hands: Hands
  /** Which pair it is, from 1 on, and when. */
  readonly n: number
  readonly at: number
  /** The digest of the input, where it is declared. */
  readonly input: string | undefined
  readonly told: Told
  /** Files that were in earlier pairs. */
  readonly used: ReadonlySet<string>
  /** The input that the other side had, where the sides tell it themselves. */
  readonly wanted?: string | undefined
  readonly filling: Filling
}

export interface Side {
  /** For the plan: `SQL`, `command python v1.py`. */
  readonly says: string
  /** Two sides with one of these are one side. */
  readonly by: string
  readonly params: Plain
  /** Why it can tell nothing, if so: it asks no table. */
  readonly vacuous?: string
  run(asked: Asked): Promise<Ran | NotYet>
}

/** It has not put out anything new. */
export interface NotYet {
  readonly notYet: string
}
export const isNotYet = (v: object): v is NotYet => 'notYet' in v

export interface Read {
  readonly output: Output
  /** Where it is known better than by the clock. */
  readonly ms?: number
  readonly mark?: string
}

/** A side that fails is half of a pair that does not hold; a database that has gone away is none. */
export async function ranBy(by: string, asked: Asked, body: () => Promise<Read | NotYet>): Promise<Ran | NotYet> {
  const began = asked.hands.clock.now()
  const took = () => asked.hands.clock.now() - began
  try {
    const read = await body()
    if ('notYet' in read) return read
    const { output, ms = took(), mark } = read
    return { by, ms, input: asked.told.input === undefined ? asked.input : output.input, output, ...(mark === undefined ? {} : { mark }) }
  } catch (error) {
    if (asked.hands.signal.aborted || !isItsOwn(error)) throw error
    return { by, ms: took(), input: asked.input, output: undefined, failed: (error as Error).message.split('\n')[0]!.slice(0, 300) }
  }
}

/** What it gave was wrong, and not the way to it. */
function isItsOwn(error: unknown): boolean {
  const { code, sqlstate } = error as { code?: string; sqlstate?: string }
  if (error instanceof Unreadable) return true
  return sqlstate === undefined ? itsOwn.has(code ?? '') || code?.startsWith('ER_') === true : !/^(08|40|53|57P)/.test(sqlstate)
}
const itsOwn = new Set(['GW_CALL_FAILED', 'GW_OUTPUT_TOO_LONG', 'GW_FILE_BROKEN', 'GW_FILE_HEADER', 'ERR_SQLITE_ERROR'])

/** {n}, {at} and {input} of the pair. */
export function placed(text: string, { n, at, input }: Asked): string {
  const of: Readonly<Record<string, string>> = { n: String(n), at: new Date(at).toISOString(), input: input ?? '' }
  return text.replace(/\{(n|at|input)\}/g, (_, name: string) => of[name]!)
}

/** The same, and what the environment has under ${NAME}. */
export const filled = (text: string, asked: Asked): string => asked.filling.fill(placed(text, asked))

export const allFilled = (of: Readonly<Record<string, string>>, asked: Asked): Record<string, string> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, filled(value, asked)]))
