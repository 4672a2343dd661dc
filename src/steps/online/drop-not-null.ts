// A column that may be left without a value from now on; an undo looks at the rows beside everybody before it asks for values again.
import { undoRefused } from '../../errors/run.ts'
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Hands } from '../hands.ts'
import type { Step } from '../step.ts'
import { brief, holds, online, reasonsOf, wasBefore } from './move.ts'
import { notNullMoves, without } from './not-null.ts'
import { columnThere, idOf, isNotNull, literal, named, quote, reason, relation, short } from './words.ts'

export function dropNotNull(table: Table | string, column: string): Step {
  const id = idOf(table)
  return online({
    kind: 'online drop not null',
    title: `${short(id)}.${column} may be without a value`,
    at: origin(),
    changes: [id],
    params: { table: id, column },
    elsewhere: (words) => words.dropNotNull(id, column),
    moves: [
      {
        ...brief({
          name: 'drop',
          sql: `alter table ${named(id)} alter column ${quote(column)} drop not null`,
          there: `not ${isNotNull(id, column)}`,
        }),
        undo: (hands) => back(hands, id, column),
      },
    ],
    already: (hands) => holds(hands, `${columnThere(id, column)} and not ${isNotNull(id, column)}`),
    against: (hands) => against(hands, id, column),
    was: async (hands) => ({ name: await nameOf(hands, id, column) }),
  })
}

const numberOf = (id: string, column: string): string =>
  `(select attnum from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)} and not attisdropped)`

const against = (hands: Hands, id: string, column: string): Promise<readonly string[]> =>
  reasonsOf(
    hands,
    [
      reason(`not ${columnThere(id, column)}`, `there is no column ${short(id)}.${column}`),
      `select 'it is part of the key ' || conname as reason from pg_constraint where conrelid = ${relation(id)} and contype = 'p' and ${numberOf(id, column)} = any (conkey)`,
      reason(
        `exists (select from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)} and attidentity <> '')`,
        'its numbers come from a sequence of its own',
      ),
      reason(
        `exists (select from pg_class where oid = ${relation(id)} and relispartition)`,
        'it is a partition: say the table that it belongs to',
      ),
    ].join(' union all '),
  )

/** From Postgres 18 on it is a constraint with a name. */
async function nameOf(hands: Hands, id: string, column: string): Promise<string | null> {
  const [row] = await hands.target.ask(
    `select (select conname from pg_constraint where conrelid = ${relation(id)} and contype = 'n' and conkey = array[${numberOf(id, column)}]) as name`,
  )
  return row!['name']!
}

async function back(hands: Hands, id: string, column: string): Promise<void> {
  const reasons = await reasonsOf(hands, without(id, column))
  if (reasons.length)
    throw undoRefused({
      reasons: reasons.map((r) => `${short(id)}.${column}: ${r}`),
      hint: 'It was without a value for nobody before; then undo again.',
    })
  for (const move of notNullMoves(id, column)) if (!(await move.there(hands))) await move.do(hands)
  const [{ name }, is] = [await wasBefore(hands), await nameOf(hands, id, column)]
  if (name && is && name !== is) await hands.schema.reshape([`alter table ${named(id)} rename constraint ${quote(is)} to ${quote(name)}`])
}
