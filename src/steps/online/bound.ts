// Constraints that are looked at after they are made: the lock is short, and looking through the rows stands in nobody's way.
import { brief, type Move } from './move.ts'
import { constraintThere, constraintValid, named, quote } from './words.ts'

/** `notYet`: rows that are there are looked at some other time. */
export const boundMoves = (id: string, name: string, definition: string, notYet = false): Move[] => [
  brief({
    name: 'bound',
    sql: `alter table ${named(id)} add constraint ${quote(name)} ${definition} not valid`,
    there: constraintThere(id, name),
    back: [`alter table if exists ${named(id)} drop constraint if exists ${quote(name)}`],
  }),
  ...(notYet ? [] : [lookMove(id, name)]),
]

export const lookMove = (id: string, name: string): Move =>
  brief({
    name: 'look',
    sql: `alter table ${named(id)} validate constraint ${quote(name)}`,
    there: constraintValid(id, name),
    looks: true,
  })
