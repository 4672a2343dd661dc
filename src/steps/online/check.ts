// A condition for all rows: for new ones at once, for those that are there once they have been looked at, beside everybody.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Step } from '../step.ts'
import { boundMoves } from './bound.ts'
import { online, reasonsOf } from './move.ts'
import { constraintThere, idOf, named, reason, reasonFor, relation, short } from './words.ts'

export interface CheckOptions {
  /** For new rows only: those that are there are looked at some other time. */
  readonly notYet?: boolean
}

export function check(table: Table | string, name: string, condition: string, { notYet = false }: CheckOptions = {}): Step {
  const id = idOf(table)
  return online({
    kind: 'online check',
    title: `${short(id)}: ${condition}`,
    at: origin(),
    changes: [id],
    params: { table: id, name, condition, ...(notYet ? { notYet } : {}) },
    elsewhere: (words) => words.check(id, name, condition),
    moves: boundMoves(id, name, `check (${condition})`, notYet),
    against: async (hands) => {
      const plain = await reasonsOf(
        hands,
        [
          reason(`${relation(id)} is null`, `there is no table ${short(id)}`),
          reason(constraintThere(id, name), `${short(id)} has a constraint ${name} already`),
        ].join(' union all '),
      )
      return plain.length || notYet
        ? plain
        : reasonsOf(
            hands,
            reasonFor(
              `select count(*) as n from ${named(id)} where not (${condition})`,
              'row does not hold to it',
              'rows do not hold to it',
            ),
          )
    },
  })
}
