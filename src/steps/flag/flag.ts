// A flag set where the application reads it: what stood there is kept first, what was set is read back, and an undo puts back what stood there.
import { flagChangedSince, flagDidNotStick, flagMissing } from '../../errors/cutover.ts'
import { milliseconds } from '../../events/duration.ts'
import { origin } from '../../expr/origin.ts'
import type { Hands } from '../hands.ts'
import type { Done, Step } from '../step.ts'
import type { FlagPlace } from './store.ts'

export interface FlagTo {
  readonly to: string | number | boolean
  readonly in: FlagPlace
  /** How long it may take until what was set can be read; default '10s'. */
  readonly within?: string
}

export interface FlagStep extends FlagTo {
  readonly name: string
  /** A look at the new way once the flag is set: `smoke(…)`. */
  readonly smoke: Step
}

interface Flag {
  readonly name: string
  readonly to: string
  readonly place: FlagPlace
  readonly withinMs: number
}

interface Kept {
  readonly before: string | null
}

const pauseMs = 250

export function flag(name: string, { to, in: place, within = '10s' }: FlagTo): Step {
  const f: Flag = { name, to: String(to), place, withinMs: milliseconds(within) }
  return {
    kind: 'flag',
    title: `${name} = ${f.to} in ${place.says}`,
    at: origin(),
    params: { name, to: f.to, place: place.params },
    doing: {
      says: [`reads ${name} in ${place.says} and keeps it`, `sets it to ${f.to} and reads it back`],
      do: (hands) => set(f, hands),
      undo: (hands) => putBack(f, hands),
    },
  }
}

/** One after the other, and after each a look whether the new way holds: a switch endpoint by endpoint. */
export const flags = (all: readonly FlagStep[]): readonly Step[] => all.flatMap((f) => [flag(f.name, f), f.smoke])

async function set(f: Flag, hands: Hands): Promise<Done> {
  const { name, to, place } = f
  const now = await place.get(name, hands)
  if (now === null && !place.canUnset) throw flagMissing({ flag: name, place: place.says, why: 'does not have it' })
  const kept = (await hands.memory.read()) as unknown as Kept | undefined
  // somebody may have changed it between a process that died and this one: what stands there now is what they want back
  const before = kept && (now === to || now === kept.before) ? kept.before : now
  if (!kept || kept.before !== before) await hands.memory.write({ before })
  if (now !== to) await place.set(name, to, hands)
  const is = await readBack(f, to, hands)
  if (is !== to) throw flagDidNotStick({ flag: name, place: place.says, to, is })
  return { done: before === to ? `it was ${to} already` : `${before ?? 'not set'} → ${to}, read back`, detail: { before, to } }
}

async function putBack(f: Flag, hands: Hands): Promise<void> {
  const { name, to, place } = f
  const kept = (await hands.memory.read()) as unknown as Kept | undefined
  if (!kept) return
  const { before } = kept
  const now = await place.get(name, hands)
  if (now === before) return
  if (now !== to) throw flagChangedSince({ flag: name, place: place.says, to, before, is: now })
  await place.set(name, before, hands)
  const is = await readBack(f, before, hands)
  if (is !== before) throw flagDidNotStick({ flag: name, place: place.says, to: before, is })
}

/** Services take a moment until all of them say the same. */
async function readBack({ name, place, withinMs }: Flag, wanted: string | null, hands: Hands): Promise<string | null> {
  const until = hands.clock.now() + withinMs
  for (;;) {
    const is = await place.get(name, hands)
    if (is === wanted || hands.clock.now() >= until || hands.signal.aborted) return is
    hands.tell(`${name} is ${is ?? 'not set'} still`)
    await hands.clock.sleep(pauseMs, hands.signal)
  }
}
