// Exact arithmetic. It is done in numbers without a limit, so that nothing overflows on the way; what is too large
// for its column is refused there.
import { isInteger } from '../../schema/type.ts'
import { exact, exactly } from '../exact.ts'
import { make, type Node, type Word } from '../node.ts'

export type Operator = '+' | '-' | '*' | '/'

export const arithmeticWord: Word = {
  name: 'arithmetic',
  write(node, w) {
    const [left, right] = node.args.map((a) => w.value(a)) as [ReturnType<typeof w.value>, ReturnType<typeof w.value>]
    const [l, r] = [left, right].map((v) => exactly(v, w.sql)) as [string, string]
    const op = node.params['op'] as Operator
    const nullable = left.nullable || right.nullable
    if (op !== '/') return { sql: `(${l} ${op} ${r})`, type: exact, nullable }
    w.refuse(`${right.sql} = 0`, {
      code: 'DIV_BY_ZERO',
      columns: w.columnsOf(node.args[1]!),
      at: node.at,
      says: 'is zero, and something is divided by it',
    })
    return { sql: `(${l} / nullif(${r}, 0))`, type: exact, nullable }
  },
}

export const roundWord: Word = {
  name: 'round',
  write(node, w) {
    const of = w.value(node.args[0]!)
    const places = node.params['places'] as number
    if (isInteger(of.type) && places >= 0) return of
    return { sql: `round(${exactly(of, w.sql)}, ${places})`, type: exact, nullable: of.nullable }
  },
}

export const negateWord: Word = {
  name: 'negate',
  write(node, w) {
    const of = w.value(node.args[0]!)
    return { sql: `(- ${exactly(of, w.sql)})`, type: exact, nullable: of.nullable }
  },
}

export const arithmetic = (op: Operator, left: Node, right: Node, at?: string): Node => make(arithmeticWord, [left, right], { op }, at)
export const round = (of: Node, places: number): Node => make(roundWord, [of], { places })
export const negate = (of: Node): Node => make(negateWord, [of])
