// A query that finds the rows that are wrong: none found among those that were looked at, it passes.
import { origin } from '../expr/origin.ts'
import type { Table } from '../schema/table.ts'
import type { Step } from './step.ts'

/** `of`: what was looked at, a table or a query that counts; a check over nothing proves nothing. */
export function none(title: string, find: { readonly rows: string; readonly of: Table | string }): Step {
  const at = origin()
  const { rows, of } = find
  return {
    kind: 'none',
    title,
    at,
    params: { rows, of: typeof of === 'string' ? of : of.id },
    ask: ({ sql }) => ({ title, at, wrong: rows, examined: typeof of === 'string' ? of : `select count(*) from ${sql.table(of.id)}` }),
  }
}
