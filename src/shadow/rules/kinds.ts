// Rules by the word that they are said with. A new one adds its line here, and to `WatchRules`.
import { type Drift, drift } from './drift.ts'
import { failures } from './failures.ts'
import { type Latency, latency } from './latency.ts'
import type { WatchRule } from './rule.ts'
import { type Written, written } from './written.ts'

export interface WatchRules {
  /** So many failed measures in a row are borne. */
  readonly failures?: number
  readonly drift?: Drift
  readonly latency?: Latency
  readonly written?: Written
}

const kinds = { failures, drift, latency, written } as const

export const rulesOf = (given: WatchRules, at: string | undefined): WatchRule[] =>
  Object.entries(given).map(([name, limit]) => (kinds[name as keyof typeof kinds] as (limit: unknown, at?: string) => WatchRule)(limit, at))
