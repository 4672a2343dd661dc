// What the target's constraints would say, asked of each row beforehand: one row that breaks one does not stop the others.
import type { Node } from '../expr/node.ts'
import { walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import { isNullLiteral } from '../expr/words/literal.ts'
import { type CheckConstraint, column, type ForeignKey, type LiveTable } from '../schema/schema.ts'
import { isOwn } from './keys.ts'
import type { OutputShape, Shape } from './shape.ts'
import type { RowWriter } from './writer.ts'

/** The values that an output gives its columns, as SQL, by name. */
export type Given = ReadonlyMap<string, string>

export const nodeOf = (o: Guarded, column: string): Node | undefined => o.output.values[column]
/** The source columns that the values of these target columns are made of. */
export const readBy = (o: Guarded, columns: readonly string[], w: RowWriter): readonly string[] => [
  ...new Set(
    columns.flatMap((c) => {
      const n = nodeOf(o, c)
      return n ? w.columnsOf(n) : []
    }),
  ),
]

/** What is written, as far as constraints are concerned. */
export interface Guarded {
  readonly table: LiveTable
  readonly output: { readonly values: Readonly<Record<string, Node>>; readonly at: string | undefined }
}

export function guardChecks(o: Guarded, given: Given, w: RowWriter): void {
  for (const check of o.table.checks) if (check.columns.every((c) => given.has(c))) guardCheck(check, o, given, w)
}

function guardCheck(check: CheckConstraint, o: Guarded, given: Given, w: RowWriter): void {
  const columns = check.columns.map((c) => `${given.get(c)} as ${w.sql.quote(c)}`)
  const holds = columns.length ? `(select ${check.sql} from (select ${columns.join(', ')}) as ${w.sql.quote(o.table.name)})` : check.sql
  w.refuse(`${holds} is false`, {
    code: 'CHECK_FAILED',
    columns: readBy(o, check.columns, w),
    at: o.output.at,
    says: `breaks ${check.name} of ${o.table.id}: ${check.sql}`,
  })
}

export function guardForeignKeys(s: Shape, o: Guarded, given: Given, w: RowWriter): void {
  const written = new Set(s.outputs.map((x) => x.table.id))
  for (const f of o.table.foreignKeys) {
    if (!f.columns.every((c) => given.has(c)) || f.columns.every((c) => surelyPoints(nodeOf(o, c), f))) continue
    // rows that are made in the same statement are not there yet when it is asked; the constraint itself looks after them
    if (written.has(f.to) && !f.columns.some((c) => pointsAround(s, o, c))) continue
    guardForeignKey(f, o, given, w)
  }
}

function guardForeignKey(f: ForeignKey, o: Guarded, given: Given, w: RowWriter): void {
  const values = f.columns.map((c) => given.get(c)!)
  const agree = (a: string) => values.map((v, i) => `${a}.${w.sql.quote(f.toColumns[i]!)} = ${v}`).join(' and ')
  const [there] = w.layers.join(
    (a) => `left join ${w.sql.table(f.to)} ${a} on ${agree(a)}`,
    (a) => [`(${a}.${w.sql.quote(f.toColumns[0]!)} is not null)`],
  )
  const asked = values.map((v) => `${v} is not null`).join(f.match === 'full' ? ' or ' : ' and ')
  w.refuse(`(${asked}) and not ${there}`, {
    code: 'FK_ORPHAN',
    columns: readBy(o, f.columns, w),
    at: o.output.at,
    says: `is not in ${f.to} (${f.name})`,
  })
}

/** A value that was looked up in the very table that the foreign key points at need not be looked up again. */
function surelyPoints(n: Node | undefined, f: ForeignKey): boolean {
  if (!n) return false
  if (isNullLiteral(n) || n.word.name === 'key') return true
  if (n.word.name === 'lookup') return (n.params['relation'] as { id: string }).id === f.to && n.params['take'] === f.toColumns[0]
  if (n.word.name === 'orWarn' || n.word.name === 'required' || n.word.name === 'orElse') return n.args.every((a) => surelyPoints(a, f))
  return false
}

/** Values that name another row of the same mapping: they can only be filled once that row is there. */
export function looksAround(n: Node, s: Shape): boolean {
  let found = false
  walk(n, (x) => {
    if (x.word.name === 'key' && (x.params['slot'] as { mapping: string }).mapping === s.name && !isOwn(s, x.params['slot'] as never, x))
      found = true
  })
  return found
}

/** Kept keys of other rows of the same mapping, written as plain values: these rows may come later too. */
export function pointsAround(s: Shape, o: Guarded, name: string): boolean {
  if (!column(o.table, name)!.nullable) return false
  return o.table.foreignKeys.some(
    (f) =>
      f.columns.includes(name) &&
      !f.columns.every((c) => surelyPoints(nodeOf(o, c), f)) &&
      s.outputs.some((to) => to.table.id === f.to && to.key.keying === 'given' && !sameRow(o, to, f)),
  )
}

/** Both ends are made of the same columns of the same source row. */
const sameRow = (o: Guarded, to: OutputShape, f: ForeignKey): boolean =>
  f.columns.every((c, i) => {
    const [from, at] = [nodeOf(o, c), nodeOf(to, f.toColumns[i]!)]
    return (
      from !== undefined &&
      at !== undefined &&
      (from === at || (isColumn(from) && isColumn(at) && from.params['name'] === at.params['name']))
    )
  })
