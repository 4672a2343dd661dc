// How long the new way takes, in times of what it is held against.
import { compare, type Decimal, decimal, isZero, times as product, quotient, shown } from '../decimal.ts'
import type { Measured, RuleSaid, WatchRule } from './rule.ts'

export interface Latency {
  readonly times: number | string
  /** The value that tells it; left out, the time that a side takes to answer. */
  readonly value?: string
}

export function latency({ times, value }: Latency): WatchRule {
  const most = decimal(String(times)) ?? { digits: 0n, scale: 0 }
  const of = (side: { readonly values: Measured['values']; readonly ms: number } | null): Decimal | undefined =>
    side ? decimal(value === undefined ? String(Math.round(side.ms)) : (side.values[value] ?? '')) : undefined
  return {
    name: 'latency',
    says: `latency beyond ${shown(most)} ×`,
    judge(measures) {
      const last = measures.at(-1)!
      if (last.state === 'failed') return []
      const [now, before] = [of(last), of(last.against)]
      if (!now || !before || isZero(before))
        return [{ rule: 'latency', verdict: 'not verified', says: 'there is nothing to hold it against' }]
      return [saidOf(now, before, most)]
    },
  }
}

function saidOf(now: Decimal, before: Decimal, most: Decimal): RuleSaid {
  const allowed = product(most, before)
  return {
    rule: 'latency',
    verdict: compare(now, allowed) > 0 ? 'failed' : 'passed',
    says: `${shown(now)} against ${shown(before)}, allowed ≤ ${shown(most)} ×`,
    ...(isZero(allowed) ? {} : { share: shown(quotient(now, allowed, 4)) }),
  }
}
