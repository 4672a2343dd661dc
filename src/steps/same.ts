// Two numbers, each asked of the data, that should agree: exactly, or within a part of the left one.
import { origin } from '../expr/origin.ts'
import type { Step } from './step.ts'

export function same(title: string, left: string, right: string, options: { readonly within?: number } = {}): Step {
  const at = origin()
  const within = options.within ?? 0
  const plain = (s: string) => s.replace(/\s+/g, ' ').trim().toLowerCase()
  const alike = plain(left) === plain(right)
  const constant = [left, right].find((s) => !/\bfrom\b/i.test(s))
  return {
    kind: 'same',
    title,
    at,
    params: { left, right, within },
    ask: () => ({
      title,
      at,
      // null or zero on both sides says that there was nothing to compare
      examined: `select case when l is null or r is null or (l = 0 and r = 0) then 0 else 1 end from (select (${left})::numeric as l, (${right})::numeric as r) x`,
      wrong: `select l as left, r as right, r - l as difference from (select (${left})::numeric as l, (${right})::numeric as r) x where abs(r - l) > abs(l) * ${within}`,
      ...(alike ? { vacuous: 'both sides are the same question' } : constant ? { vacuous: `one side asks no table: ${constant}` } : {}),
    }),
  }
}
