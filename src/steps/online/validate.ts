// Rows that were there before a constraint, looked at beside everybody. What has been looked at needs no way back.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Step } from '../step.ts'
import { lookMove } from './bound.ts'
import { holds, online, reasonsOf } from './move.ts'
import { constraintThere, constraintValid, idOf, reason, short } from './words.ts'

export function validate(table: Table | string, name: string): Step {
  const id = idOf(table)
  return online({
    kind: 'online validate',
    title: `${short(id)}: all rows hold to ${name}`,
    at: origin(),
    changes: [id],
    params: { table: id, name },
    elsewhere: (words) => words.validate(id, name),
    moves: [lookMove(id, name)],
    already: (hands) => holds(hands, constraintValid(id, name)),
    against: (hands) => reasonsOf(hands, reason(`not ${constraintThere(id, name)}`, `${short(id)} has no constraint ${name}`)),
  })
}
