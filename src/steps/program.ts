// A program that a step runs: within its time, its exit looked at, what it says shown without secrets.
import { commandFailed } from '../errors/cutover.ts'
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { filledAll, filling, lastLines } from './filled.ts'
import type { Command, CommandSaid, Hands } from './hands.ts'

export type Program = Command['run']

export interface ProgramManner {
  /** Default '5 min'. */
  readonly timeout?: string
  readonly cwd?: string
  /** Beside those of this process. `${NAME}` is looked up; arguments are read by everyone on the machine, and take no secrets. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

export function refuseSecretsIn(run: Program, title: string, at: string | undefined): void {
  const named = run.find((word) => /\$\{\w+\}/.test(word))
  if (named !== undefined)
    throw cannotPlan({
      what: title,
      why: `${named} stands in the arguments of a program, which everyone on the machine can read`,
      hint: 'Put it into env, and let the program read it there.',
      at,
    })
}

/** What it printed, where it ended well. */
export async function ranWell(run: Program, manner: ProgramManner, title: string, hands: Hands): Promise<string> {
  const { timeout = '5 min', cwd, env = {}, input } = manner
  const f = filling(hands, title)
  const said = await hands.command({
    run,
    env: filledAll(env, f),
    timeoutMs: milliseconds(timeout),
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input: f.fill(input) }),
  })
  if (said.exit !== 0)
    throw commandFailed({ step: title, program: run[0], how: ended(said, timeout), said: lastLines(said.err || said.out, f) })
  return f.hide(said.out)
}

function ended({ exit, timedOut }: CommandSaid, timeout: string): string {
  if (timedOut) return `was not done within ${timeout} and was ended`
  return exit === null ? 'was ended by a signal' : `ended with exit ${exit}`
}

export const mannerParams = ({ timeout, cwd, env, input }: ProgramManner) => ({
  timeout: timeout ?? null,
  cwd: cwd ?? null,
  env: env ?? {},
  input: input ?? null,
})
