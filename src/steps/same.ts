// Two numbers, each asked of the data, that should agree: exactly, or within a part of the left one.
import type { SqlWords } from '../expr/node.ts'
import { origin } from '../expr/origin.ts'
import { type Asking, asked } from './asking.ts'
import type { Step } from './step.ts'

export function same(title: string, left: Asking, right: Asking, options: { readonly within?: number } = {}): Step {
  const at = origin()
  const within = options.within ?? 0
  const [l, r] = [asked(left, title, at), asked(right, title, at)]
  const plain = (s: string) => s.replace(/\s+/g, ' ').trim().toLowerCase()
  const alike = plain(l.says) === plain(r.says)
  const constant = [l.says, r.says].find((s) => !/\bfrom\b/i.test(s))
  const both = (sql: SqlWords) => `select (${l.sql(sql)})::numeric as l, (${r.sql(sql)})::numeric as r`
  return {
    kind: 'same',
    title,
    at,
    params: { left: l.says, right: r.says, within },
    reads: [...l.reads, ...r.reads],
    ask: ({ sql }) => ({
      title,
      at,
      // null or zero on both sides says that there was nothing to compare
      examined: `select case when l is null or r is null or (l = 0 and r = 0) then 0 else 1 end from (${both(sql)}) x`,
      wrong: `select l as left, r as right, r - l as difference from (${both(sql)}) x where abs(r - l) > abs(l) * ${within}`,
      ...(alike ? { vacuous: 'both sides are the same question' } : constant ? { vacuous: `one side asks no table: ${constant}` } : {}),
    }),
  }
}
