// Constraints that are looked at after they are made: the lock is short, and looking through the rows stands in nobody's way.
import { brief, type Move } from './move.ts'
import { constraintThere, constraintValid, named, quote } from './words.ts'

export const boundMoves = (id: string, name: string, definition: string): Move[] => [
  brief({
    name: 'bound',
    sql: `alter table ${named(id)} add constraint ${quote(name)} ${definition} not valid`,
    there: constraintThere(id, name),
    back: [`alter table if exists ${named(id)} drop constraint if exists ${quote(name)}`],
  }),
  brief({
    name: 'look',
    sql: `alter table ${named(id)} validate constraint ${quote(name)}`,
    there: constraintValid(id, name),
    looks: true,
  }),
]
