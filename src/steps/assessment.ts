// The audit of the data as a step: made before anything is written, kept with the run, and a no where it finds too much.
import { notReady } from '../errors/assess.ts'
import { origin } from '../expr/origin.ts'
import { plural } from '../text.ts'
import type { AssessedData, Hands } from './hands.ts'
import type { Done, Step } from './step.ts'

export interface AssessmentOptions {
  /** From which grade on it says no. Left out: from an error on. */
  readonly failOn?: 'error' | 'warning'
}

/** All that `godwit assess` asks. For the phase assess. */
export function assessment({ failOn = 'error' }: AssessmentOptions = {}): Step {
  return {
    kind: 'assessment',
    title: 'audit of the data',
    at: origin(),
    params: { failOn },
    doing: {
      says: [
        'asks every table that the migration touches, as godwit assess does; writes nothing there',
        `says no from ${failOn === 'error' ? 'an error' : 'a warning'} on`,
      ],
      gate: true,
      do: (hands) => assess(hands, failOn),
    },
  }
}

async function assess(hands: Hands, failOn: 'error' | 'warning'): Promise<Done> {
  const found = await hands.assess()
  await hands.memory.write(found.kept)
  const { outcome, says, errors, warnings } = found
  if (fails(found, failOn)) throw notReady({ outcome, says, worst: [...errors, ...(failOn === 'warning' ? warnings : [])].slice(0, most) })
  return {
    done: `${outcome}: ${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}`,
    detail: { outcome, errors: errors.length, warnings: warnings.length },
  }
}

const most = 5

const fails = ({ outcome, errors, warnings }: AssessedData, failOn: 'error' | 'warning'): boolean =>
  outcome === 'nothing to migrate' || errors.length > 0 || (failOn === 'warning' && warnings.length > 0)
