// A query that finds the rows that are wrong: none found among those that were looked at, it passes.
import { origin } from '../expr/origin.ts'
import type { Table } from '../schema/table.ts'
import { type Asking, asked } from './asking.ts'
import type { Step } from './step.ts'

/** `of`: what was looked at, a table or a query that counts; a check over nothing proves nothing. */
export function none(title: string, find: { readonly rows: Asking; readonly of: Table | Asking }): Step {
  const at = origin()
  const rows = asked(find.rows, title, at)
  const { of } = find
  const counted = asked(typeof of === 'object' ? (named) => `select count(*) from ${named(of)}` : of, title, at)
  return {
    kind: 'none',
    title,
    at,
    params: { rows: rows.says, of: typeof of === 'object' ? of.id : counted.says },
    reads: [...rows.reads, ...counted.reads],
    ask: ({ sql }) => ({ title, at, wrong: rows.sql(sql), examined: counted.sql(sql), ...cannotFail(rows.says) }),
  }
}

/** The commonest of checks that are always well: a count that is not below zero. */
const belowZero = /\bcount\s*\([^()]*\)\s*(<\s*0(?![.\d])|>=\s*0(?![.\d]))/i

const cannotFail = (rows: string): { readonly vacuous?: string } =>
  belowZero.test(rows) ? { vacuous: `no count is ever below zero: ${rows}` } : {}
