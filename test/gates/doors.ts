// A run with a gate before its cutover, and a clock that stands until a test moves it.
import { answerSigned, approve, type People, type Reply, type RunOptions, reject, signReply, type View } from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { quickClock } from '../crash/process.ts'
import { setup, things, World } from '../life/doors.ts'
import { type Opened, type Place, place } from '../targets/place.ts'

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

export class HandClock {
  private ms: number
  constructor(at = '2026-12-01T00:00:00Z') {
    this.ms = Date.parse(at)
  }
  now = () => this.ms
  sleep = quickClock.sleep
  pass(ms: number): void {
    this.ms += ms
  }
}

export const people: People = {
  ada: { roles: ['dba'], accounts: ['alovelace'], key: { variable: 'ADA_KEY', value: 'the-key-of-ada-1815' } },
  bob: { roles: ['business'] },
  cyn: { roles: ['dba', 'business'] },
  kim: { roles: ['dba'], key: { variable: 'KIM_KEY', value: undefined } },
}

export interface Gated extends AsyncDisposable {
  readonly place: Place
  readonly clock: HandClock
  readonly world: World
  migration(...gates: readonly Step[]): Migration
  /** By another process, as it were. */
  run(migration: Migration, options?: RunOptions): Promise<View>
  approve(by: string, more?: Partial<Parameters<typeof approve>[1]>): ReturnType<typeof approve>
  reject(by: string, note: string, more?: Partial<Parameters<typeof reject>[1]>): ReturnType<typeof reject>
  /** A reply to what is asked, as it was signed elsewhere. */
  reply(view: View, more?: Partial<Reply>, key?: string): ReturnType<typeof signReply>
  take(reply: ReturnType<typeof signReply>, withinMs?: number): ReturnType<typeof answerSigned>
}

export async function gated(open: () => Promise<Opened>): Promise<Gated> {
  const p = await place(open, setup)
  const clock = new HandClock()
  const world = new World()
  world.open = true
  let nonce = 0
  return {
    place: p,
    clock,
    world,
    migration: (...gates) => things(p.kind, world, { gates: [...gates] }),
    run: async (m, options = {}) => {
      await p.again()
      return p.run(m, { clock, by: 'root', ...options })
    },
    approve: async (by, more = {}) => approve(await p.again(), { run: 'r1', by, people, clock, ...more }),
    reject: async (by, note, more = {}) => reject(await p.again(), { run: 'r1', by, note, people, clock, ...more }),
    reply: ({ plan }, more = {}, key = people['ada']!.key!.value!) =>
      signReply(key, {
        run: 'r1',
        step: 'cutover.1',
        plan,
        verdict: 'approved',
        by: 'ada',
        at: new Date(clock.now()).toISOString(),
        nonce: `nonce-of-a-test-${++nonce}`,
        ...more,
      }),
    take: async (reply, withinMs) =>
      answerSigned(await p.again(), reply, { people, clock, ...(withinMs === undefined ? {} : { withinMs }) }),
    [Symbol.asyncDispose]: () => p[Symbol.asyncDispose](),
  }
}
