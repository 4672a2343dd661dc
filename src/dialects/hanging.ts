// Rows that are not ours and point at rows about to go: nothing is taken from under them.
import { type ForeignKey, foreignKeysTo } from '../schema/schema.ts'
import { type OutputShape, owned, type Setting, type Shape } from './shape.ts'

/** The rows that go, as `t`. */
interface Going {
  readonly from: string
  readonly where: string
  /** Rows that point there and will not, once they are told. */
  readonly told?: (f: ForeignKey) => string
}

/** A row for each reference that somebody else's rows have there: how many, and one of those that they point at. */
export function hangingOn(o: OutputShape, { from, where, told }: Going, shapes: readonly Shape[], { sql, schema }: Setting): string[] {
  return foreignKeysTo(schema, o.table.id).map((f) => {
    const points = f.columns.map((c, i) => `c.${sql.quote(c)} = t.${sql.quote(f.toColumns[i]!)}`).join(' and ')
    const theirs = [owned(f.table, 'c', shapes, sql), ...(told ? [told(f)] : [])].map((ours) => ` and not ${ours}`).join('')
    return `select ${sql.literal(f.table)} as child, ${sql.literal(o.table.id)} as parent, count(*)::text as n, min((t.${sql.quote(f.toColumns[0]!)})::text) as example from ${from} join ${sql.table(f.table)} c on ${points} where ${where}${theirs} having count(*) > 0`
  })
}
