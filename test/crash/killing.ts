// SIGKILL at moments that a seed decides, and the next process right after.
import { setTimeout as pause } from 'node:timers/promises'
import type { SmallPlan } from './plans.ts'
import { startRunner } from './runner.ts'

/** Mulberry32: the same numbers for the same seed. */
export function dice(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Killing {
  readonly seed: number
  /** How many times at most; then it may finish. */
  readonly most: number
  readonly workers: number
}

export async function killedUntilDone(
  small: SmallPlan,
  url: string,
  { seed, most, workers }: Killing,
): Promise<{ kills: number; wrong: string[] }> {
  const next = dice(seed)
  const wrong: string[] = []
  let kills = 0
  for (let tries = 0; tries < most * 10; tries++) {
    const runner = startRunner(url, small.name, workers)
    if (kills < most)
      void runner
        .says((l) => l.begun !== undefined)
        .then(() => pause(next() * 250))
        .then(
          () => runner.signal('SIGKILL'),
          () => {},
        )
    const end = await runner.gone
    if (end.signal === 'SIGKILL') kills++
    else if (end.ended === 'done') return { kills, wrong }
    // the server may not have seen yet that the last one is gone
    else if (end.ended !== 'GW_LOCKED') wrong.push(`${end.ended}: ${end.message}`)
  }
  return { kills, wrong: [...wrong, 'it was never done'] }
}
