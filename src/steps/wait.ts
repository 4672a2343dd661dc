// A gate for time: it opens when so much has gone by, whatever was restarted meanwhile.
import { waitWithoutCutover } from '../errors/gates.ts'
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import type { Hands } from './hands.ts'
import type { Done, Step, Waiting } from './step.ts'
import { moment, span } from './times.ts'

type Since = 'cutover' | 'step'

/** `since`: when the cutover began, or when the run first came to this step, which is what it is unless said. */
export function wait(time: string, options: { readonly why: string; readonly since?: Since }): Step {
  const at = origin()
  const { why, since = 'step' } = options
  const ms = milliseconds(time, at)
  if (ms === 0) throw cannotPlan({ what: `wait ${time}`, why: 'it waits for nothing', hint: 'Leave it out, or say how long.', at })
  if (!why.trim()) throw cannotPlan({ what: `wait ${time}`, why: 'it has no reason', hint: 'Say why: somebody will ask, weeks later.', at })
  return {
    kind: 'wait',
    title: `wait ${time}: ${why}`,
    at,
    params: { ms, since, why },
    doing: {
      says: [`opens ${span(ms)} after ${since === 'cutover' ? 'the cutover began' : 'the run came here'}`],
      gate: true,
      do: (hands) => ask(hands, { ms, since, time, at }),
    },
  }
}

interface Terms {
  readonly ms: number
  readonly since: Since
  readonly time: string
  readonly at: string | undefined
}

async function ask(hands: Hands, terms: Terms): Promise<Done | Waiting> {
  const { ms } = terms
  const from = await began[terms.since](hands, terms)
  const now = hands.clock.now()
  if (now < from)
    return {
      waits: `the clock of this machine has gone back: it is ${moment(now)} by it, and the waiting began ${moment(from)}`,
      next: ['mend the clock; the gate does not open before'],
    }
  if (now - from >= ms) return { done: `${span(ms)} have gone by since ${moment(from)}`, detail: { from, ms } }
  return { waits: `${span(from + ms - now)} of ${span(ms)} are left, since ${moment(from)}`, next: [], until: from + ms }
}

const began: { readonly [S in Since]: (hands: Hands, terms: Terms) => Promise<number> } = {
  step: async (hands) => {
    const kept = (await hands.memory.read()) as { readonly from: number } | undefined
    if (kept) return kept.from
    const from = hands.clock.now()
    await hands.memory.write({ from })
    return from
  },
  cutover: async (hands, { time, at }) => {
    const from = await hands.cutOverAt()
    if (from === undefined) throw waitWithoutCutover({ time, at })
    return from
  },
}
