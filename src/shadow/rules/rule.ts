// Rules of a watch: each looks at the measures so far, and says whether the last of them may stand. At exactly the limit it may.
import type { Verdict } from '../../events/event.ts'
import type { Texts } from '../output.ts'

export interface Measured {
  /** Whether the new way came to a result. */
  readonly state: 'succeeded' | 'failed'
  readonly values: Texts
  readonly ms: number
  /** What it is held against; null where that could not be had. */
  readonly against: { readonly values: Texts; readonly ms: number } | null
}

export interface RuleSaid {
  readonly rule: string
  /** 'failed': the cutover is taken back. */
  readonly verdict: Verdict
  readonly says: string
  /** In parts of what is allowed. For drawings. */
  readonly share?: string
}

export interface WatchRule {
  readonly name: string
  /** For the plan. */
  readonly says: string
  /** Why a measure is no success, whatever it says of itself. */
  spoils?(values: Texts): string | undefined
  judge(measures: readonly Measured[]): readonly RuleSaid[]
}
