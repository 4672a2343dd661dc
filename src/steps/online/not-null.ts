// A column that must have a value from now on: by a check that is looked at beside everybody, so that the last word is a short one.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Step } from '../step.ts'
import { brief, holds, type Move, online, reasonsOf } from './move.ts'
import { columnThere, constraintThere, constraintValid, idOf, isNotNull, named, nameFor, quote, reason, reasonFor, short } from './words.ts'

export function notNull(table: Table | string, column: string): Step {
  const id = idOf(table)
  return online({
    kind: 'online not null',
    title: `${short(id)}.${column} must have a value`,
    at: origin(),
    changes: [id],
    params: { table: id, column },
    elsewhere: (words) => words.notNull(id, column),
    moves: notNullMoves(id, column),
    already: (hands) => holds(hands, isNotNull(id, column)),
    against: async (hands) => {
      const missing = await reasonsOf(hands, reason(`not ${columnThere(id, column)}`, `there is no column ${short(id)}.${column}`))
      return missing.length ? missing : reasonsOf(hands, without(id, column))
    },
  })
}

export const without = (id: string, column: string): string =>
  reasonFor(
    `select count(*) as n from ${named(id)} where ${quote(column)} is null`,
    'row has none: give it one, or take it out',
    'rows have none: give them one, or take them out',
  )

export function notNullMoves(id: string, column: string): Move[] {
  const table = named(id)
  const bound = nameFor('godwit', column, 'is_there')
  const dropBound = `alter table if exists ${table} drop constraint if exists ${quote(bound)}`
  return [
    brief({
      name: 'bound',
      sql: `alter table ${table} add constraint ${quote(bound)} check (${quote(column)} is not null) not valid`,
      there: `${constraintThere(id, bound)} or ${isNotNull(id, column)}`,
      back: [dropBound],
    }),
    brief({
      name: 'look',
      sql: `alter table ${table} validate constraint ${quote(bound)}`,
      there: `${constraintValid(id, bound)} or ${isNotNull(id, column)}`,
      looks: true,
    }),
    brief({
      name: 'not null',
      sql: `alter table ${table} alter column ${quote(column)} set not null`,
      there: isNotNull(id, column),
      back: [`alter table if exists ${table} alter column ${quote(column)} drop not null`],
    }),
    brief({ name: 'tidy', sql: dropBound, there: `not ${constraintThere(id, bound)}` }),
  ]
}
