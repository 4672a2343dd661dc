// What a step with a history keeps: where its own part of it begins, and lines in which no secret stands.
import type { Filling } from '../filled.ts'
import type { Hands } from '../hands.ts'

export interface Begun {
  /** Lines before this belong to a cutover that was taken back. */
  readonly since: number
  readonly at: number
}

/** Its memory goes with the cutover that is taken back; its history stays. */
export async function begun(hands: Hands): Promise<Begun> {
  const there = (await hands.memory.read()) as unknown as Begun | undefined
  if (there) return there
  const fresh = { since: (await hands.history.read()).length, at: hands.clock.now() }
  await hands.memory.write(fresh)
  return fresh
}

export const kept = <T>(line: T, { hide }: Filling): T =>
  JSON.parse(JSON.stringify(line, (_, value: unknown) => (typeof value === 'string' ? hide(value) : value))) as T
