// What to make of a null: ask for it, refuse it, put something in its place, or make one.

import { isText } from '../../schema/type.ts'
import { make, type Node, type Word } from '../node.ts'
import { as, common } from '../unify.ts'
import { isNullLiteral } from './literal.ts'
import { resultsOf } from './match.ts'

export const isNullWord: Word = {
  name: 'isNull',
  write: (node, w) => ({ sql: `(${w.value(node.args[0]!).sql} is null)`, type: { name: 'bool' }, nullable: false }),
}

export const requiredWord: Word = {
  name: 'required',
  write(node, w) {
    const of = w.again(w.value(node.args[0]!))
    if (!of.nullable) return of
    w.refuse(`${of.sql} is null`, { code: 'NULL_NOT_ALLOWED', columns: w.columnsOf(node), at: node.at, says: 'is missing' })
    return { ...of, nullable: false }
  },
  values: (node) => node.args[0]!.word.values?.(node.args[0]!),
}

export const orElseWord: Word = {
  name: 'orElse',
  write(node, w) {
    const [of, other] = node.args as [Node, Node]
    const first = w.again(w.value(of))
    const second = w.under(`${first.sql} is null`, other)
    const type = isNullLiteral(other) ? first.type : common([first.type, second.type], node.at)
    return { sql: `coalesce(${as(first, type, w)}, ${as(second, type, w)})`, type, nullable: second.nullable }
  },
  values: (node) => resultsOf(node.args),
}

export const nullIfWord: Word = {
  name: 'nullIf',
  write(node, w) {
    const [given, ...values] = node.args.map((a) => w.value(a))
    const of = w.again(given!)
    const held = isText(of.type) ? w.sql.bytewise(of.sql) : of.sql
    const tests = values.map((v) => `${held} = ${w.sql.cast(v.sql, common([of.type, v.type], node.at))}`)
    return { sql: `case when ${tests.join(' or ')} then null else ${of.sql} end`, type: of.type, nullable: true }
  },
}

export const isNull = (of: Node): Node => make(isNullWord, [of])
export const required = (of: Node, at?: string): Node => make(requiredWord, [of], {}, at)
export const orElse = (of: Node, other: Node, at?: string): Node => make(orElseWord, [of, other], {}, at)
export const nullIf = (of: Node, values: readonly Node[]): Node => make(nullIfWord, [of, ...values])
