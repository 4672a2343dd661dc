// An error says what happened, where, and what to do now. `means` is what `godwit explain CODE` prints.

/** Exit codes, one meaning each; the same in every command. */
export const exit = { done: 0, failed: 1, usage: 2, waiting: 3, no: 4, locked: 5, resumable: 6, interrupted: 130 } as const
export type Exit = (typeof exit)[keyof typeof exit]

interface Said {
  readonly message: string
  /** What to do now. One or more lines. */
  readonly hint: string
  /** Where: `migration.ts:41`, `godwit.config.ts: environments.qa.url`. */
  readonly at?: string | undefined
  readonly cause?: unknown
}

export class GodwitError extends Error {
  readonly code: string
  readonly hint: string
  readonly at: string | undefined
  readonly exit: Exit
  constructor(code: string, exitCode: Exit, said: Said) {
    super(said.message, { cause: said.cause })
    this.name = 'GodwitError'
    this.code = code
    this.hint = said.hint
    this.at = said.at
    this.exit = exitCode
  }
}

export interface ErrorKind<F> {
  (facts: F): GodwitError
  readonly code: string
  readonly means: string
}

/** One kind of error: its code, what it means at length, and how it is said with the facts of a case. */
export function defineError<F = void>(code: string, kind: { means: string; exit?: Exit; say: (facts: F) => Said }): ErrorKind<F> {
  const make = (facts: F) => new GodwitError(code, kind.exit ?? exit.failed, kind.say(facts))
  return Object.assign(make, { code, means: kind.means })
}
