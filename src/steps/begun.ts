// A thing done outside of any transaction: begun is noted first, so that whoever comes after a process that died knows that it may have happened.
import { callRefused, commandFailed, outcomeUnknown } from '../errors/cutover.ts'
import { commandMissing } from '../errors/steps.ts'
import type { Hands, Plain } from './hands.ts'
import type { Done } from './step.ts'

export interface OnceOnly {
  readonly title: string
  /** What is done, for people. */
  readonly what: string
  /** It may be done twice: no harm is done by that. */
  readonly safeTwice: boolean
  /** Whether it is done already, where that can be seen. */
  there?(hands: Hands): Promise<boolean>
  act(hands: Hands): Promise<Done>
}

export async function doOnce({ title, what, safeTwice, there, act }: OnceOnly, hands: Hands): Promise<Done> {
  if (there && (await there(hands))) return { done: 'it is done already' }
  if (!safeTwice && !there && isOpen(await hands.memory.read())) throw outcomeUnknown({ step: title, what })
  await hands.memory.write({ begun: hands.clock.now() })
  try {
    return await act(hands)
  } catch (error) {
    // it has said no itself: that is an outcome, and whoever has mended it may ask again
    if (saidNo.has((error as { code?: string }).code ?? '')) await hands.memory.write({ ended: hands.clock.now() })
    throw error
  }
}

const saidNo = new Set([commandFailed.code, callRefused.code, commandMissing.code])
const isOpen = (kept: Plain | undefined): boolean => typeof kept === 'object' && kept !== null && 'begun' in kept

export interface Patience {
  readonly retries: number
  readonly pauseMs: number
}

/** Tried again after a pause that doubles. */
export async function patiently<T>(patience: Patience, hands: Hands, what: string, attempt: () => Promise<T>): Promise<T> {
  for (let left = patience.retries, pause = patience.pauseMs; ; left--, pause *= 2) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0 || hands.signal.aborted) throw error
      hands.tell(`${what} failed, ${left} more ${left === 1 ? 'try' : 'tries'}`)
      await hands.clock.sleep(pause, hands.signal)
    }
  }
}
