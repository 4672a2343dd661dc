// Values that move away from what they are held against.
import { judged, limitOf, type Tolerance } from '../tolerance.ts'
import type { RuleSaid, WatchRule } from './rule.ts'

/** By value: '5 %', or a tolerance. */
export type Drift = Readonly<Record<string, string | Tolerance>>

export function drift(given: Drift, at?: string): WatchRule {
  const limits = Object.entries(given).map(([name, rule]) => {
    const tolerance = typeof rule === 'string' ? { within: rule } : rule
    return [name, limitOf({ strict: false, ...tolerance }, name, at)] as const
  })
  return {
    name: 'drift',
    says: `drift beyond ${limits.map(([name, limit]) => `${name} ${limit.says}`).join(', ')}`,
    spoils: (values) => {
      const missing = limits.filter(([name]) => (values[name] ?? null) === null).map(([name]) => name)
      return missing.length ? `it has no ${missing.join(', ')}` : undefined
    },
    judge(measures) {
      const { state, values, against } = measures.at(-1)!
      if (state === 'failed') return []
      return limits.map(([name, limit]): RuleSaid => {
        const rule = `drift of ${name}`
        const { verdict, cause, off, share } = judged(limit, against?.values[name], values[name])
        const said = `${values[name]} against ${against?.values[name] ?? 'nothing'}${off === undefined ? '' : `, apart ${off}`}, allowed ${limit.says}`
        return { rule, verdict, says: cause ? `${cause}: ${said}` : said, ...(share === undefined ? {} : { share }) }
      })
    },
  }
}
