// Rows that were written, and rows that were computed: as many, and not none.
import { compare, decimal, isZero } from '../decimal.ts'
import type { WatchRule } from './rule.ts'

/** Names of the two values. */
export type Written = readonly [written: string, computed: string]

export const written = ([name, computed]: Written): WatchRule => ({
  name: 'written',
  says: `${name} other than ${computed}`,
  spoils: (values) => {
    const [w, c] = [decimal(values[name] ?? ''), decimal(values[computed] ?? '')]
    if (!w || !c) return `it has no ${w ? computed : name}`
    return isZero(w) && isZero(c) ? 'it wrote nothing: none is no success' : undefined
  },
  judge(measures) {
    const { values } = measures.at(-1)!
    const [w, c] = [decimal(values[name] ?? ''), decimal(values[computed] ?? '')]
    if (!w || !c) return []
    const says = `${name} ${values[name]}, ${computed} ${values[computed]}`
    return [{ rule: 'written', verdict: compare(w, c) === 0 ? 'passed' : 'failed', says }]
  },
})
