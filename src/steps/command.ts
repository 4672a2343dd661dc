// A program that is run as a part of the change: a deployment, a switch, a cache that is emptied. What takes it back stands beside it.
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import { doOnce, patiently } from './begun.ts'
import type { Hands } from './hands.ts'
import { mannerParams, type Program, type ProgramManner, ranWell, refuseSecretsIn } from './program.ts'
import type { Done, Irreversible, Step } from './step.ts'

export interface CommandGiven extends ProgramManner {
  /** The program and its arguments: no shell reads them. */
  readonly run: Program
  /** Null where there is nothing to take back. */
  readonly undo: Program | Irreversible | null
  /** Ends with 0 where it is done already. */
  readonly there?: Program
  /** No harm is done where it is run twice. Without it, and without `there`, one that was broken off is not run again. */
  readonly repeatable?: true
  /** How often it is tried again when it fails; only what is repeatable. */
  readonly retries?: number
  /** Before the first of them; doubles each time. Default '1s'. */
  readonly pause?: string
}

export function command(title: string, given: CommandGiven): Step {
  const at = origin()
  const { run, undo, there, repeatable = false, retries = 0, pause = '1s' } = given
  const back = isProgram(undo) ? undo : undefined
  for (const program of [run, back, there]) if (program) refuseSecretsIn(program, title, at)
  refuseUnsafe(title, retries, repeatable, at)
  const patience = { retries, pauseMs: milliseconds(pause) }
  return {
    kind: 'command',
    title,
    at,
    params: { run, undo, there: there ?? null, repeatable, ...mannerParams(given) },
    doing: {
      says: [`runs ${run.join(' ')}`, ...(there ? [`unless ${there.join(' ')} ends with 0`] : [])],
      do: (hands) =>
        doOnce(
          {
            title,
            what: run[0],
            safeTwice: repeatable,
            ...(there ? { there: (h: Hands) => endsWell(there, given, title, h) } : {}),
            act: (h) => patiently(patience, h, run[0], () => ran(run, given, title, h)),
          },
          hands,
        ),
      ...(undo === null
        ? {}
        : {
            undo: back ? async (hands: Hands) => void (await ranWell(back, given, `taking back ${title}`, hands)) : (undo as Irreversible),
          }),
    },
  }
}

const isProgram = (undo: CommandGiven['undo']): undo is Program => Array.isArray(undo)

export function refuseUnsafe(title: string, retries: number, safe: boolean, at: string | undefined): void {
  if (retries > 0 && !safe)
    throw cannotPlan({
      what: title,
      why: 'it is to be tried again, and nothing says that it does no harm twice',
      hint: 'Say repeatable: true if so; else leave retries out.',
      at,
    })
}

async function ran(run: Program, given: ProgramManner, title: string, hands: Hands): Promise<Done> {
  const began = hands.clock.now()
  await ranWell(run, given, title, hands)
  return { done: `${run[0]} ended with 0`, detail: { ms: hands.clock.now() - began } }
}

async function endsWell(run: Program, { timeout = '5 min', cwd }: ProgramManner, title: string, hands: Hands): Promise<boolean> {
  hands.tell(`${title}: looking whether it is done`)
  return (await hands.command({ run, timeoutMs: milliseconds(timeout), ...(cwd === undefined ? {} : { cwd }) })).exit === 0
}
