// Before and after, held against each other: by one percentile, exactly at the limit still holds.
import type { Measured } from './measure.ts'

export type Percentile = 50 | 95 | 99

export interface Terms {
  /** How much slower it may be, as a part of a hundred. */
  readonly limit: number
  readonly percentile: Percentile
  /** What takes no longer than this is fast enough, whatever it took before. */
  readonly leastMs: number
}

export interface Compared {
  readonly title: string
  readonly slower: boolean
  /** `p95 12 ms → 31 ms (+158 %); its plan was …, and is …` */
  readonly says: string
}

const at = (m: Measured, percentile: Percentile): number => m[`p${percentile}`]

export function compared(title: string, before: Measured, after: Measured, { limit, percentile, leastMs }: Terms): Compared {
  const [was, is] = [at(before, percentile), at(after, percentile)]
  const slower = is > leastMs && micro(is) * 100 > micro(was) * (100 + limit)
  const change = was === 0 ? '' : ` (${is >= was ? '+' : ''}${Math.round(((is - was) / was) * 100)} %)`
  const others = `p50 ${before.p50} → ${after.p50}, p99 ${before.p99} → ${after.p99} ms`
  return { title, slower, says: `${title}: p${percentile} ${was} ms → ${is} ms${change}; ${others}${planChange(before, after)}` }
}

/** Whole numbers, so that a limit is met exactly where it is met. */
const micro = (ms: number): number => Math.round(ms * 1000)

function planChange({ plan: was }: Measured, { plan: is }: Measured): string {
  const gone = was.filter((node) => !is.includes(node))
  const come = is.filter((node) => !was.includes(node))
  if (!gone.length && !come.length) return ''
  return `; its plan had ${gone.join(', ') || 'nothing else'}, and has ${come.join(', ') || 'nothing instead'}`
}
