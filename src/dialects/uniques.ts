// Unique keys and indexes of the target, plain, partial or over expressions: whom a row would meet there.
import { type Node, walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import { column, type Unique } from '../schema/schema.ts'
import { type Given, nodeOf, readBy } from './guards.ts'
import { isOwn } from './keys.ts'
import { type OutputShape, owned, type Shape } from './shape.ts'
import type { RowWriter } from './writer.ts'

export interface TwinQuestion {
  readonly output: OutputShape
  readonly unique: Unique
}

/** Rows that are not ours are asked directly; rows of the source among themselves are found beforehand, as twins. */
export function guardUniques(s: Shape, o: OutputShape, given: Given, shapes: readonly Shape[], w: RowWriter): readonly TwinQuestion[] {
  const twins: TwinQuestion[] = []
  for (const unique of o.table.uniques) {
    const uses = usedBy(unique)
    if (!uses.length || !uses.every((c) => given.has(c))) continue
    // a key that Godwit hands out is nobody else's
    if (unique.columns.some((c) => nodeOf(o, c) === undefined)) continue
    guardNatives(unique, o, given, shapes, w)
    if (!unique.columns.some((c) => tellsRowsApart(nodeOf(o, c), s))) twins.push({ output: o, unique })
  }
  return twins
}

export const usedBy = (unique: Unique): readonly string[] => [...new Set([...unique.columns, ...(unique.uses ?? [])])]

/** What a row is told by in a unique key, and whether the key looks at the row at all; `at` gives a column's value. */
export function told(unique: Unique, o: OutputShape, at: (column: string) => string, quote: (name: string) => string) {
  const overRow = (sql: string) =>
    `(select ${sql} from (select ${usedBy(unique)
      .map((c) => `${at(c)} as ${quote(c)}`)
      .join(', ')}) as ${quote(o.table.name)})`
  const values = unique.parts ? unique.parts.map(overRow) : unique.columns.map((c) => collated(o, c, at(c)))
  const looks = [
    ...(unique.where === undefined ? [] : [`${overRow(unique.where)} is true`]),
    ...(unique.nullsNotDistinct ? [] : values.map((v) => `${v} is not null`)),
  ]
  return { values, looks: looks.join(' and ') || 'true' }
}

/** Two texts that a column's collation takes for one are twins, whatever their bytes. */
function collated(o: OutputShape, name: string, value: string): string {
  const collation = column(o.table, name)!.collation
  return collation === undefined ? value : `(${value}) collate ${collation}`
}

function guardNatives(unique: Unique, o: OutputShape, given: Given, shapes: readonly Shape[], w: RowWriter): void {
  // a key that Godwit made cannot be another's
  if (unique.columns.some((c) => nodeOf(o, c)?.word.name === 'key')) return
  const { sql } = w
  const { values, looks } = told(unique, o, (c) => given.get(c)!, sql.quote)
  const agree = unique.parts
    ? unique.parts.map((p, i) => `(${p}) = ${values[i]}`)
    : unique.columns.map((c) => `t.${sql.quote(c)} = ${given.get(c)}`)
  // said of both, so that the server sees that the index will do
  const where = unique.where === undefined ? [] : [`(${unique.where})`, looks]
  const key = sql.quote(o.key.columns[0]!.name)
  const [foreign] = w.layers.join(
    // row by row through the unique index: the target grows, and would be read whole for every unit
    (a) =>
      `left join lateral (select t.* from ${sql.table(o.table.id)} t where ${[...agree, ...where].join(' and ')} limit 1) ${a} on true`,
    (a) => [`case when ${a}.${key} is not null then not ${owned(o.table.id, a, shapes, sql)} end`],
  )
  w.refuse(foreign!, {
    code: unique.primary ? 'TARGET_FOREIGN_ROW' : 'UNIQUE_CONFLICT',
    columns: readBy(o, usedBy(unique), w),
    at: o.output.at,
    says: `is taken in ${o.table.id} (${unique.name}) by a row that is not ours`,
  })
}

/** Different source rows give different values, so that no two of them can meet in a unique key. */
function tellsRowsApart(n: Node | undefined, s: Shape): boolean {
  if (!n) return false
  const name = n.word.name
  if (isColumn(n)) return s.key.length === 1 && s.key[0]!.name === n.params['name']
  if (name === 'key')
    return (
      isOwn(s, n.params['slot'] as never, n) &&
      !s.outputs.some((x) => x.output.name === (n.params['slot'] as { name: string }).name && x.output.per)
    )
  if (name === 'asText' || name === 'required' || name === 'padLeft') return tellsRowsApart(n.args[0], s)
  if (name === 'concat')
    return n.args.filter((a) => !/^(literal|whole)$/.test(a.word.name)).length === 1 && n.args.some((a) => tellsRowsApart(a, s))
  return false
}

/** Is a value of this unique key the key of a row that several share? Such twins only show once these rows are there. */
export const hangsOnShared = (t: TwinQuestion, s: Shape): boolean =>
  usedBy(t.unique).some((c) => {
    let found = false
    const node = nodeOf(t.output, c)
    if (node)
      walk(node, (n) => {
        const slot = n.params['slot'] as { mapping: string; name: string } | undefined
        if (n.word.name === 'key' && slot?.mapping === s.name && s.outputs.some((o) => o.output.per && o.output.name === slot.name))
          found = true
      })
    return found
  })
