// A table that may be copied while writers wait, where an engine has no gentler way.
import type { Hands } from '../../hands.ts'
import type { Step } from '../../step.ts'

/** `upTo`: rows that the table has at most. */
export function copying(step: Step, { upTo }: { readonly upTo: number }): Step {
  const { doing } = step
  if (!doing) return step
  const more = (hands: Hands): Hands => ({ ...hands, copyUpTo: upTo })
  const { undo } = doing
  return {
    ...step,
    params: { ...step.params, copyUpTo: upTo },
    doing: {
      ...doing,
      do: (hands) => doing.do(more(hands)),
      ...(typeof undo === 'function' ? { undo: (hands) => undo(more(hands)) } : {}),
    },
  }
}
