// A decision table over several columns. The first line that fits wins; a row that fits none is refused.

import { isText } from '../../schema/type.ts'
import { make, type Node, type Value, type Word, type Writer } from '../node.ts'
import { as, common } from '../unify.ts'
import { isNullLiteral, type Plain } from './literal.ts'
import { resultsOf } from './match.ts'

/** Fits whatever stands there, null too. */
export const any: unique symbol = Symbol('any')

/** What a cell of the table says: nothing (anything fits), or the values that fit. */
export type Cell = readonly Plain[] | '*'

export const decideWord: Word = {
  name: 'decide',
  write(node, w) {
    const lines = node.params['lines'] as Cell[][]
    const width = node.params['width'] as number
    const subjects = node.args.slice(0, width).map((n) => plainly(w.value(n), w))
    const results = node.args.slice(width)
    const tests = lines.map(
      (cells) =>
        cells
          .map((cell, i) => fits(cell, subjects[i]!, w))
          .filter((t) => t !== undefined)
          .join(' and ') || 'true',
    )
    const values = lines.map((_, i) =>
      w.under([...tests.slice(0, i).map((t) => `(${t}) is not true`), `(${tests[i]})`].join(' and '), results[i]!),
    )
    const open = results.length === lines.length
    const fitsNone = `(${tests.map((t) => `(${t})`).join(' or ')}) is not true`
    const otherwise = open ? undefined : w.under(fitsNone, results.at(-1)!)
    const columns = node.args.slice(0, width).flatMap((n) => w.columnsOf(n))
    if (open) w.refuse(fitsNone, { code: 'ENUM_UNKNOWN', columns, at: node.at, says: 'has no line in the decision table' })
    const type = common(
      [...values, ...(otherwise ? [otherwise] : [])].filter((_, i) => !isNullLiteral(results[i]!)).map((v) => v.type),
      node.at,
    )
    return {
      sql: `case ${values.map((v, i) => `when ${tests[i]} then ${as(v, type, w)}`).join(' ')}${otherwise ? ` else ${as(otherwise, type, w)}` : ''} end`,
      type,
      nullable: values.some((v) => v.nullable) || (otherwise?.nullable ?? false),
    }
  },
  values: (node) => resultsOf(node.args.slice(node.params['width'] as number)),
}

const plainly = (v: Value, w: Writer): Value => w.again(v.type.name === 'enum' ? { ...v, sql: w.sql.cast(v.sql, { name: 'text' }) } : v)

function fits(cell: Cell, subject: Value, w: Writer): string | undefined {
  if (cell === '*') return undefined
  const values = cell.filter((v) => v !== null)
  const held = isText(subject.type) ? w.sql.bytewise(subject.sql) : subject.sql
  const listed =
    values.length === 0
      ? undefined
      : values.length === 1
        ? `${held} = ${w.sql.literal(values[0])}`
        : `${held} in (${values.map((v) => w.sql.literal(v)).join(', ')})`
  if (!cell.includes(null)) return listed
  return listed ? `(${subject.sql} is null or ${listed})` : `${subject.sql} is null`
}

export const decide = (
  on: readonly Node[],
  lines: readonly { cells: readonly Cell[]; to: Node }[],
  otherwise: Node | undefined,
  at?: string,
): Node =>
  make(
    decideWord,
    [...on, ...lines.map((l) => l.to), ...(otherwise ? [otherwise] : [])],
    { width: on.length, lines: lines.map((l) => l.cells) },
    at,
  )
