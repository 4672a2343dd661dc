// Where a flag stands. A new kind of place is a file beside this one.
import type { Hands, Plain } from '../hands.ts'

export interface FlagPlace {
  /** `.env.production`, for people. */
  readonly says: string
  /** What the plan's id is made of. */
  readonly params: Readonly<Record<string, Plain>>
  /** Null where it has none. What has no such flag at all throws. */
  get(flag: string, hands: Hands): Promise<string | null>
  /** Null takes it away again; only said where it was null before. */
  set(flag: string, value: string | null, hands: Hands): Promise<void>
  /** Whether a flag that is not there may be set, because it can be taken away again. */
  readonly canUnset: boolean
}
