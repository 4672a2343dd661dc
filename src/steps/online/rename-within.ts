// Another name for an index or a constraint: nobody says it but those who change the schema.
import { origin } from '../../expr/origin.ts'
import { partsOf } from '../engine-words.ts'
import type { Step } from '../step.ts'
import { brief, online, reasonsOf } from './move.ts'
import { constraintThere, named, quote, reason, relation } from './words.ts'

interface Way {
  readonly there: string
  readonly taken: string
  readonly forward: string
  readonly back: string
}

const ways = {
  constraint: (id: string, from: string, to: string): Way => ({
    there: constraintThere(id, from),
    taken: constraintThere(id, to),
    forward: `alter table ${named(id)} rename constraint ${quote(from)} to ${quote(to)}`,
    back: `alter table ${named(id)} rename constraint ${quote(to)} to ${quote(from)}`,
  }),
  index: (id: string, from: string, to: string): Way => {
    const at = (name: string) => `${partsOf(id).schema}.${name}`
    return {
      there: `${relation(at(from))} is not null`,
      taken: `${relation(at(to))} is not null`,
      forward: `alter index ${named(at(from))} rename to ${quote(to)}`,
      back: `alter index ${named(at(to))} rename to ${quote(from)}`,
    }
  },
}

/** `id`: of the table whose constraint it is; of the index itself. */
export function renameWithin(kind: keyof typeof ways, id: string, from: string, to: string): Step {
  const { there, taken, forward, back } = ways[kind](id, from, to)
  return online({
    kind: `online rename ${kind}`,
    title: `${kind} ${from} is called ${to}`,
    at: origin(),
    params: { id, from, to },
    moves: [brief({ name: 'rename', sql: forward, there: `${taken} and not ${there}`, back: [back] })],
    against: (hands) =>
      reasonsOf(
        hands,
        [reason(`not ${there}`, `there is no ${kind} ${from}`), reason(taken, `there is something called ${to} already`)].join(
          ' union all ',
        ),
      ),
  })
}
