// What an engine must be able to say so that tables and columns can be put out of sight there, and come back.
import type { TargetHands } from '../hands.ts'

export interface LookedFor {
  /** `schema.name` */
  readonly table: string
  readonly column?: string
}

/** One thing as it was when it was retired. */
export interface Retired extends LookedFor {
  readonly rows: string
  readonly bytes: string | null
  /** A column that had to have a value: it may be empty as long as nobody sees it. */
  readonly needed?: true
}

export interface Found {
  readonly inSight: boolean
  readonly away: boolean
}

export interface Shelf {
  find(what: LookedFor, target: TargetHands): Promise<Found>
  /** Who needs it and is not retired with it, each in words. */
  needing(what: LookedFor, together: readonly LookedFor[], target: TargetHands): Promise<readonly string[]>
  /** Of what is in sight. */
  measure(what: LookedFor, target: TargetHands): Promise<Retired>
  putAway(all: readonly Retired[]): readonly string[]
  /** Why it cannot come back as it was, if so. */
  hindering(what: Retired, target: TargetHands): Promise<string | undefined>
  bringBack(all: readonly Retired[]): readonly string[]
  /** After all have come back, or gone: what was made to hold them. */
  tidy(target: TargetHands): Promise<readonly string[]>
  drop(all: readonly Retired[]): readonly string[]
}
